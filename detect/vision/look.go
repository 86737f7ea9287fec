//go:build cgo

package vision

import (
	"image"
	"time"

	"zhihui/detect/vision/blackbox"
	"zhihui/detect/vision/infer"
	"zhihui/detect/visionpb"
	"zhihui/models"
)

// wholeEvery is how often at least the network sees a camera's whole picture, by the camera's time: what stands still and
// was missed before is found by then.
const wholeEvery = 2 * time.Second

// scene is what the network's looks at one camera remember.
type scene struct {
	objects []models.Object // of the last look
	cut     bool            // it saw a part of something
	whole   int64           // the camera's time of the last look at the whole picture, Unix milliseconds; 0 = never
}

// regions returns what matters in a picture of the given size: what moves, and what was there at the last look. That may be
// nothing. It is false where the whole is to be looked at.
func (s *scene) regions(r *visionpb.Result, size image.Point) ([]image.Rectangle, bool) {
	if age := r.GetReceivedAtMs() - s.whole; s.whole == 0 || s.cut || !r.GetHasMotion() || age < 0 || age >= wholeEvery.Milliseconds() {
		return nil, false
	}
	var list []models.Box
	for _, b := range r.GetMotionBoxes() {
		list = append(list, b.Model())
	}
	for _, o := range s.objects {
		list = append(list, o.Box)
	}
	return infer.Regions(list, size)
}

func (s *scene) saw(f infer.Found, whole bool, at int64) {
	s.objects, s.cut = f.Objects, f.Cut
	if whole {
		s.whole = at
	}
}

// objects has the network look at the camera's newest picture, or at those regions of it that matter: its cost goes by
// their area.
func (e *eyes) objects(c *camera, u *visionpb.Unit, r *visionpb.Result) {
	e.box.Enter(u.GetCamera(), u.GetSeq(), blackbox.Infer)
	begun := time.Now()
	found, err := e.find(c, r, u.GetWhole())
	if err == nil {
		err = c.decoder.Look() // boxes are drawn where they were found
	}
	r.InferMs = since(begun)
	if err != nil {
		faulty(r, visionpb.Fault_FAULT_ENGINE, err.Error())
		return
	}
	r.HasObjects, r.Objects = true, visionpb.ObjectsOf(found.Objects)
}

func (e *eyes) find(c *camera, r *visionpb.Result, whole bool) (infer.Found, error) {
	size := e.network.Fit(c.decoder.Size())
	p := infer.Picture{Pixels: e.pixels[:3*size.X*size.Y], Size: size}
	if err := c.decoder.BGR(p.Pixels, 3*size.X, size.X, size.Y); err != nil {
		return infer.Found{}, err
	}
	regions, fewer := c.scene.regions(r, size)
	if fewer = fewer && !whole && e.network.Regional(); !fewer {
		regions = []image.Rectangle{{Max: size}}
	}
	found, err := e.network.Find(p, regions)
	if err == nil {
		c.scene.saw(found, !fewer, r.GetReceivedAtMs())
	}
	return found, err
}
