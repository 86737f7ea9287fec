//go:build cgo

package vision

import (
	"time"

	"zhihui/detect/vision/blackbox"
	"zhihui/detect/visionpb"
	"zhihui/models"
)

// lookEvery is how often at least the network looks at a camera on which nothing moves, by the camera's time: what stands
// still and was missed before is found by then.
const lookEvery = 2 * time.Second

// scene is what the network's last look at a camera left. It looks at the whole picture, or not at all: looks at parts,
// around what moves and what was there, saved a few percent of them and lost people and vehicles at night.
type scene struct {
	at    int64 // the camera's time of it, Unix milliseconds; 0 = never
	found bool  // there was something
}

// still tells that nothing moves in a picture, and that shortly before there was nothing in it.
func (s scene) still(r *visionpb.Result) bool {
	age := r.GetReceivedAtMs() - s.at
	return s.at > 0 && !s.found && r.GetHasMotion() && len(r.GetMotionBoxes()) == 0 && age >= 0 && age < lookEvery.Milliseconds()
}

// objects has the network look at the camera's newest picture, unless it knows that there is nothing.
func (e *eyes) objects(c *camera, u *visionpb.Unit, r *visionpb.Result) {
	if c.scene.still(r) && !u.GetWhole() {
		r.HasObjects = true
		return
	}
	e.box.Enter(u.GetCamera(), u.GetSeq(), blackbox.Infer)
	begun := time.Now()
	found, err := e.find(c)
	if err == nil {
		err = c.decoder.Look() // boxes are drawn where they were found
	}
	r.InferMs = since(begun)
	if err != nil {
		faulty(r, visionpb.Fault_FAULT_ENGINE, err.Error())
		return
	}
	c.scene = scene{at: r.GetReceivedAtMs(), found: len(found) > 0}
	r.HasObjects, r.Objects = true, visionpb.ObjectsOf(found)
}

func (e *eyes) find(c *camera) ([]models.Object, error) {
	pixels, stride, w, h := e.network.Place(c.decoder.Size())
	if err := c.decoder.BGR(pixels, stride, w, h); err != nil {
		return nil, err
	}
	return e.network.Find()
}
