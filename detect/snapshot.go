package detect

import (
	"context"
	"time"

	"zhihui/models"
)

const (
	maxShots  = 64 // openings that wait for their snapshot; overflow: the newest goes without, and is counted
	shooters  = 4  // snapshots taken at the same time
	saveLimit = 5 * time.Second
)

// shot is an opening that wants a picture of a camera.
type shot struct {
	event  models.Event
	camera string
	unit   *models.AccessUnit // whose picture it is; nil = what the worker of the camera has
}

// shoot asks for the snapshot of an opening. The opening itself does not wait for it.
func (e *Engine) shoot(ev models.Event, camera string) { e.want(shot{event: ev, camera: camera}) }

// shootUnit asks for the picture of a key unit, of whatever camera, as the snapshot of an opening.
func (e *Engine) shootUnit(ev models.Event, u *models.AccessUnit) {
	e.want(shot{event: ev, camera: u.Camera, unit: u})
}

func (e *Engine) want(s shot) {
	if e.deps.Vision == nil {
		return
	}
	select {
	case e.shots <- s:
	default:
		e.metrics.snapshots.WithLabelValues("overflow").Inc()
	}
}

func (e *Engine) takeShots(ctx context.Context) {
	for {
		select {
		case s := <-e.shots:
			e.take(ctx, s)
		case <-ctx.Done():
			return
		}
	}
}

// take gets, stores and attaches one snapshot. A picture that comes late shows something else, so it has a limit.
func (e *Engine) take(ctx context.Context, s shot) {
	if c := e.camera(s.camera); c == nil || s.unit == nil && !c.analysed() {
		return
	}
	jpeg, err := e.picture(ctx, s)
	name := s.event.ID + ".jpg"
	if err == nil {
		err = e.save(ctx, name, jpeg)
	}
	if err != nil {
		e.metrics.snapshots.WithLabelValues("failed").Inc()
		e.log.Warn("event has no snapshot", "event", s.event.ID, "camera", s.camera, "error", err)
		return
	}
	e.metrics.snapshots.WithLabelValues("taken").Inc()
	if src := e.source(s.event); src != nil {
		src.attach(s.event, name, e.deps.Now())
	}
}

func (e *Engine) picture(ctx context.Context, s shot) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, e.cfg.SnapshotLimit.Std())
	defer cancel()
	if s.unit != nil {
		seen, err := e.deps.Vision.Glance(ctx, s.unit, true)
		if err == nil && len(seen.JPEG) == 0 {
			err = models.Errorf(models.Unavailable, "the pixel worker gave no picture of camera %s", s.camera)
		}
		return seen.JPEG, err
	}
	f := s.event.Facts
	boxes := make([]models.Object, len(f.Boxes))
	for i, b := range f.Boxes {
		boxes[i] = models.Object{Label: f.Label, Box: b}
		if i == 0 {
			boxes[i].Score = f.Score // the facts know no other
		}
	}
	return e.deps.Vision.Snapshot(ctx, s.camera, boxes)
}

func (e *Engine) save(ctx context.Context, name string, jpeg []byte) error {
	ctx, cancel := context.WithTimeout(ctx, saveLimit)
	defer cancel()
	return e.deps.SaveSnapshot(ctx, name, jpeg)
}
