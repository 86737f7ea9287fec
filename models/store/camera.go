package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"zhihui/models"
)

type cameraRow struct {
	bun.BaseModel `bun:"table:cameras,alias:cameras"`
	ID            string `bun:",pk"`
	Area          string
	Analyse       bool
	Words         string // what a search looks through, folded
	Doc           string
	Secret        string
	State         models.CameraState
	Code          string
	Reason        string
	Since         models.Time
}

func (r cameraRow) view() (v models.CameraView, err error) {
	if err := json.Unmarshal([]byte(r.Doc), &v.Camera); err != nil {
		return v, fmt.Errorf("read camera %s: %w", r.ID, err)
	}
	v.State, v.Code, v.Reason, v.Since = r.State, r.Code, r.Reason, r.Since
	return v, nil
}

// CameraFilter chooses cameras; empty fields mean any.
type CameraFilter struct {
	Area  string // with all areas below it
	State models.CameraState
	After string // cursor of the page before
	Limit int    // 100 when ≤ 0, 1,000 at most
}

// Cameras returns a page of cameras by id, without credentials, and the cursor of the next page, "" at the end.
func (v Scope) Cameras(ctx context.Context, f CameraFilter) ([]models.CameraView, string, error) {
	q := v.rows().OrderExpr("id").Limit(int64(bounded(f.Limit)) + 1)
	if err := byID(q, f.After); err != nil {
		return nil, "", err
	}
	within(q, f.Area)
	equal(q, "state", f.State)
	views, err := cameraViews(ctx, q)
	views, next := cut(views, bounded(f.Limit), func(v models.CameraView) string { return v.ID })
	return views, next, err
}

// Camera returns the camera without credentials, or a NotFound error.
func (v Scope) Camera(ctx context.Context, id string) (models.CameraView, error) {
	return oneCamera(ctx, v.rows(), id)
}

func oneCamera(ctx context.Context, q *bun.SelectQuery, id string) (models.CameraView, error) {
	views, err := cameraViews(ctx, q.Where("id = ?", id))
	if err == nil && len(views) == 0 {
		err = notFound("camera", id)
	}
	if err != nil {
		return models.CameraView{}, err
	}
	return views[0], nil
}

func cameraRows(ctx context.Context, q *bun.SelectQuery) (rows []cameraRow, err error) {
	return rows, wrap("read cameras", q.Model(&rows).Scan(ctx))
}

func cameraViews(ctx context.Context, q *bun.SelectQuery) ([]models.CameraView, error) {
	rows, err := cameraRows(ctx, q)
	if err != nil {
		return nil, err
	}
	views := make([]models.CameraView, len(rows))
	for i, r := range rows {
		if views[i], err = r.view(); err != nil {
			return nil, err
		}
	}
	return views, nil
}

// AllCameras returns every camera by id with its credentials: for ingest alone. Credentials that cannot be decrypted are
// logged and left empty: that camera alone is refused, the hall goes on seeing the others.
func (s *Store) AllCameras(ctx context.Context) ([]models.Camera, error) {
	return s.wholeCameras(ctx, s.read.NewSelect())
}

// SomeCameras is AllCameras of those that there are of the ids.
func (s *Store) SomeCameras(ctx context.Context, ids []string) ([]models.Camera, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return s.wholeCameras(ctx, s.read.NewSelect().Where("id IN (?)", bun.List(ids)))
}

func (s *Store) wholeCameras(ctx context.Context, q *bun.SelectQuery) ([]models.Camera, error) {
	rows, err := cameraRows(ctx, q.OrderExpr("id"))
	if err != nil {
		return nil, err
	}
	cameras := make([]models.Camera, len(rows))
	for i, r := range rows {
		v, err := r.view()
		if err != nil {
			return nil, err
		}
		cameras[i] = v.Camera
		if err := s.openCredentials(&cameras[i], r.Secret); err != nil {
			s.log.Error("store: cannot read the credentials of a camera, enter them again", "camera", r.ID, "err", err)
		}
	}
	return cameras, nil
}

// SetCameraStatus notes what ingest has found of a camera. A state and reason that are known already change nothing.
func (tx *Tx) SetCameraStatus(st models.CameraStatus) error {
	old, err := oneCamera(tx.ctx, tx.db.NewSelect(), st.Camera)
	if err != nil || old.State == st.State && old.Code == st.Code && old.Reason == st.Reason {
		return err
	}
	old.State, old.Code, old.Reason, old.Since = st.State, st.Code, st.Reason, st.Since
	_, err = tx.db.NewUpdate().Table("cameras").
		Set("state = ?, code = ?, reason = ?, since = ?", st.State, st.Code, st.Reason, st.Since).
		Where("id = ?", st.Camera).Exec(tx.ctx)
	if err != nil {
		return fmt.Errorf("write the state of camera %s: %w", st.Camera, err)
	}
	return tx.changeOf(models.TopicCamera, old.ID, old.Area, old)
}
