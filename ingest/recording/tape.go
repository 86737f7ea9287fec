package recording

import (
	"slices"
	"sync"

	"zhihui/models"
)

// tape is the recording of one camera. Its writer alone does its rounds; mu guards what others see.
type tape struct {
	rec *Recorder

	mu     sync.Mutex
	camera models.Camera
	gone   bool // from the site
	how    models.RecordState
	shown  []models.Segment // not in the index yet, oldest first
}

func newTape(r *Recorder, c models.Camera) *tape {
	return &tape{rec: r, camera: c, how: models.RecordOff}
}

// apply takes the camera as it is now.
func (t *tape) apply(c models.Camera) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.camera, t.gone = c, false
}

func (t *tape) remove() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.gone = true
}

func (t *tape) open() []models.Segment {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.shown)
}

func (t *tape) state() models.RecordState {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.how
}
