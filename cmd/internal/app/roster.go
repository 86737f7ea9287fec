package app

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"zhihui/models"
	"zhihui/models/store"
)

// maxEdited is how many cameras are read one by one; beyond it all are read again.
const maxEdited = 500

// roster is the cameras of the site as they were read last, so that an edit of one costs the reading of one, and not of 33,000
// with their passwords.
type roster struct {
	cameras map[string]models.Camera // nil = all have to be read
	edited  map[string]bool          // since then
}

// note remembers the camera that a change has edited; that its state is another is no edit.
func (r *roster) note(c models.Change) error {
	if c.Topic != models.TopicCamera || r.cameras == nil {
		return nil
	}
	var is struct{ Revision int64 } // stays 0 for one that is gone
	if err := json.Unmarshal(c.Data, &is); err != nil {
		return fmt.Errorf("read a change of camera %s: %w", c.Entity, err)
	}
	if known, ok := r.cameras[c.Entity]; ok && known.Revision == is.Revision {
		return nil
	}
	r.edited[c.Entity] = true
	if len(r.edited) > maxEdited {
		r.forget()
	}
	return nil
}

// forget makes the next read take everything.
func (r *roster) forget() { r.cameras, r.edited = nil, nil }

// read returns the cameras of the site, in no order.
func (r *roster) read(ctx context.Context, s *store.Store) ([]models.Camera, error) {
	var (
		fresh []models.Camera
		err   error
	)
	if r.cameras == nil {
		fresh, err = s.AllCameras(ctx)
	} else {
		fresh, err = s.SomeCameras(ctx, slices.Collect(maps.Keys(r.edited)))
	}
	if err != nil {
		return nil, err
	}
	if r.cameras == nil {
		r.cameras = make(map[string]models.Camera, len(fresh))
	}
	for id := range r.edited {
		delete(r.cameras, id)
	}
	for _, c := range fresh {
		r.cameras[c.ID] = c
	}
	r.edited = map[string]bool{}
	return slices.AppendSeq(make([]models.Camera, 0, len(r.cameras)), maps.Values(r.cameras)), nil
}
