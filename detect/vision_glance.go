package detect

import (
	"context"

	"zhihui/detect/visionpb"
	"zhihui/models"
)

// maxGlances bounds those that one worker has not answered.
const maxGlances = 16

// Sight is how one key picture is, in each cell of a grid of 64×36, row by row.
type Sight struct {
	Luma   []byte // mean brightness, 0…255
	Energy []byte // four times the mean difference of neighbouring pixels, of the picture at 320×180
	JPEG   []byte // where it was asked for, at most 640 pixels wide
}

// Glance has one key unit looked at by itself, of any camera; jpeg says that the picture is wanted too. It waits for the
// worker until ctx ends; errors are Invalid, TooMany and Unavailable. Which camera ends a worker is held against it here too.
func (v *Vision) Glance(ctx context.Context, u *models.AccessUnit, jpeg bool) (Sight, error) {
	answer, err := v.askSight(u, jpeg)
	if err != nil {
		return Sight{}, err
	}
	select {
	case s := <-answer:
		if len(s.GetLuma()) == 0 {
			return Sight{}, models.Errorf(models.Unavailable, "camera %s cannot be looked at: %s", u.Camera, s.GetSentence())
		}
		return Sight{Luma: s.GetLuma(), Energy: s.GetEnergy(), JPEG: s.GetJpeg()}, nil
	case <-ctx.Done():
		return Sight{}, models.Errorf(models.Unavailable, "how the picture of camera %s is was not found out in time", u.Camera)
	}
}

func (v *Vision) askSight(u *models.AccessUnit, jpeg bool) (<-chan *visionpb.Sight, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	w := v.cameras[u.Camera]
	if w == nil {
		w = &looked{home: v.idlest(true), glanced: true}
	}
	switch {
	case !u.Key || !spoken(u):
		return nil, models.Errorf(models.Invalid, "unit %d of camera %.64q is no key unit that a pixel worker takes", u.Seq, u.Camera)
	case w.record.standing == inQuarantine || w.record.standing == underSuspicion:
		return nil, models.Errorf(models.Unavailable, "camera %s is not looked at: it is held to have ended its pixel worker", u.Camera)
	case w.home == nil || w.home.hello == nil:
		return nil, models.Errorf(models.Unavailable, "the pixel worker of camera %s is not up", u.Camera)
	case !w.home.hello.GetGlances():
		return nil, models.Errorf(models.Unavailable, "pixel worker %s %s", w.home.name, noGlances)
	case len(w.home.sights) >= maxGlances:
		return nil, models.Errorf(models.TooMany, "%d pictures are looked at already", maxGlances)
	}
	v.cameras[u.Camera] = w
	v.asked++
	answer := make(chan *visionpb.Sight, 1)
	w.home.sights[v.asked] = answer
	w.home.post(letter{request: &visionpb.Request{Kind: &visionpb.Request_Glance{Glance: &visionpb.Glance{
		Camera: u.Camera, Request: v.asked, Codec: codecOf(u.Codec), Data: visionpb.AnnexB(u.NALUs), Jpeg: jpeg}}}})
	return answer, nil
}

// noGlances is what is missing of a worker whose Hello does not speak of glances.
const noGlances = "does not tell whether pictures are black, covered, blurred or moved: update it"

func (i *instance) sight(s *visionpb.Sight) {
	i.v.mu.Lock()
	defer i.v.mu.Unlock()
	i.answers++
	i.v.metrics.spent.WithLabelValues("glance").Observe(float64(s.GetLookMs()) / 1000)
	if answer := i.sights[s.GetRequest()]; answer != nil {
		answer <- s // has room for its one answer
		delete(i.sights, s.GetRequest())
	}
}
