//go:build cgo

package vision

import (
	"time"

	"zhihui/detect/vision/blackbox"
	"zhihui/detect/vision/cv"
	"zhihui/detect/vision/decode"
	"zhihui/detect/vision/infer"
	"zhihui/detect/visionpb"
	"zhihui/models"
)

// eyes hold the cameras of one stream and look at their pictures, in one goroutine.
type eyes struct {
	box     *blackbox.Box
	network *infer.Network // nil = no objects
	moving  *cv.Motion
	cameras map[string]*camera
	canvas  []byte // for snapshots
	rests   int    // of decoders
}

// trimEvery is after how many rests of decoders the memory that they left is given back: with a hundred cameras, each 20 s.
const trimEvery = 1024

// camera is what eyes keep of one camera.
type camera struct {
	decoder    *decode.Decoder
	background *cv.Background // nil until motion is wanted
	next       uint64         // Seq that a unit without key must have; 0 = only a key unit will do
	scene      scene
	keys       int // key units since one that was not; a new camera is taken for one that is asleep
}

func newEyes(box *blackbox.Box, network *infer.Network) (*eyes, error) {
	moving, err := cv.NewMotion()
	if err != nil {
		return nil, err
	}
	e := &eyes{box: box, network: network, moving: moving, cameras: map[string]*camera{}, canvas: make([]byte, 3*cv.MaxWidth*cv.MaxHeight)}
	return e, nil
}

func (e *eyes) close() {
	for id := range e.cameras {
		e.forget(id)
	}
	e.moving.Close()
}

func (e *eyes) forget(id string) {
	c, ok := e.cameras[id]
	if !ok {
		return
	}
	c.decoder.Close()
	if c.background != nil {
		c.background.Close()
	}
	delete(e.cameras, id)
}

// configure begins a camera anew.
func (e *eyes) configure(r *visionpb.Configure) error {
	e.forget(r.GetCamera())
	if len(e.cameras) >= maxCameras {
		return models.Errorf(models.TooMany, "%d cameras are here already, no worker holds more", maxCameras)
	}
	d, err := decode.Open(codecOf(r.GetCodec()))
	if err != nil {
		return err
	}
	e.cameras[r.GetCamera()] = &camera{decoder: d, keys: 1}
	return nil
}

func codecOf(c visionpb.Codec) models.Codec {
	if c == visionpb.Codec_CODEC_H265 {
		return models.H265
	}
	return models.H264
}

// look answers one unit. objects are looked for only where the worker is not behind.
func (e *eyes) look(u *visionpb.Unit, objects bool) *visionpb.Result {
	r := answer(u)
	c := e.cameras[u.GetCamera()]
	switch {
	case c == nil:
		return faulty(r, visionpb.Fault_FAULT_UNKNOWN_CAMERA, "the camera was not configured before its first unit")
	case !u.GetKey() && (c.next == 0 || u.GetSeq() != c.next):
		c.next = 0
		return faulty(r, visionpb.Fault_FAULT_NEEDS_KEY, "the unit does not follow the last one that was decoded")
	}
	defer e.box.Leave()
	if !e.decode(c, u, r) {
		return r
	}
	if u.GetMotion() {
		e.motion(c, u, r)
	}
	if objects && u.GetObjects() && e.network != nil {
		e.objects(c, u, r)
	}
	e.rest(c, u)
	return r
}

// answer returns the beginning of a unit's result.
func answer(u *visionpb.Unit) *visionpb.Result {
	return &visionpb.Result{Camera: u.GetCamera(), Seq: u.GetSeq(), ReceivedAtMs: u.GetReceivedAtMs()}
}

// rest frees what the decoder of a camera holds that is asleep: of it come key units only, and those need no state. Now
// and then what all have freed is given back to the machine: after a wake of many cameras that is hundreds of megabytes.
func (e *eyes) rest(c *camera, u *visionpb.Unit) {
	if !u.GetKey() {
		c.keys = 0
		return
	}
	if c.keys++; c.keys == 1 {
		return
	}
	c.decoder.Rest(u.GetData())
	e.rested()
}

func (e *eyes) rested() {
	if e.rests++; e.rests%trimEvery == 0 {
		decode.Trim()
	}
}

// decode tells whether there is a picture to look at.
func (e *eyes) decode(c *camera, u *visionpb.Unit, r *visionpb.Result) bool {
	e.box.Enter(u.GetCamera(), u.GetSeq(), blackbox.Decode)
	begun := time.Now()
	got, err := c.decoder.Decode(u.GetData(), u.GetKey())
	r.DecodeMs = since(begun)
	if err != nil {
		c.next = 0
		faulty(r, visionpb.Fault_FAULT_BROKEN, err.Error())
		return false
	}
	c.next, r.Decoded = u.GetSeq()+1, got
	return got
}

func (e *eyes) motion(c *camera, u *visionpb.Unit, r *visionpb.Result) {
	e.box.Enter(u.GetCamera(), u.GetSeq(), blackbox.Motion)
	begun := time.Now()
	if c.background == nil {
		b, err := cv.NewBackground()
		if err != nil {
			faulty(r, visionpb.Fault_FAULT_ENGINE, err.Error())
			return
		}
		c.background = b
	}
	if err := c.decoder.Gray(e.moving.Pixels(), cv.MotionWidth, cv.MotionHeight); err != nil {
		faulty(r, visionpb.Fault_FAULT_ENGINE, err.Error())
		return
	}
	share, boxes := e.moving.Look(c.background)
	r.HasMotion, r.Motion, r.MotionMs = true, float32(share), since(begun)
	for _, b := range boxes {
		r.MotionBoxes = append(r.MotionBoxes, visionpb.BoxOf(b))
	}
}

// snapshot answers one Snapshot, with a picture no wider than the bound: with boxes that which the network looked at last,
// because who was found there has walked on since; without boxes the newest.
func (e *eyes) snapshot(s *visionpb.Snapshot) *visionpb.Picture {
	p := &visionpb.Picture{Camera: s.GetCamera(), Request: s.GetRequest()}
	c := e.cameras[s.GetCamera()]
	if c == nil {
		p.Sentence = "no unit of this camera has come here yet"
		return p
	}
	defer e.box.Leave()
	e.box.Enter(s.GetCamera(), 0, blackbox.Draw)
	if err := c.decoder.Wake(); err != nil {
		p.Sentence = visionpb.Sentence(err.Error())
		return p
	}
	picture := c.decoder.BGR
	if len(s.GetBoxes()) > 0 {
		picture = c.decoder.Looked
	}
	jpeg, err := e.draw(c.decoder, picture, modelObjects(s.GetBoxes()), s.GetColour())
	if p.Jpeg = jpeg; err != nil {
		p.Sentence = visionpb.Sentence(err.Error())
	}
	return p
}

// draw makes a JPEG of one of the decoder's pictures, with boxes.
func (e *eyes) draw(d *decode.Decoder, picture func(dst []byte, stride, w, h int) error, boxes []models.Object, colour uint32) ([]byte, error) {
	w, h := d.Size()
	if w == 0 || h == 0 {
		return nil, models.Errorf(models.NotFound, "no picture of this camera has been decoded yet")
	}
	w, h = within(w, h)
	pixels := e.canvas[:3*w*h]
	if err := picture(pixels, 3*w, w, h); err != nil {
		return nil, err
	}
	return cv.JPEG(pixels, w, h, boxes, colour)
}

// within returns the size of a w×h picture that keeps its shape and is no larger than a snapshot may be.
func within(w, h int) (int, int) {
	ratio := min(1, float64(cv.MaxWidth)/float64(w), float64(cv.MaxHeight)/float64(h))
	return max(int(float64(w)*ratio), 1), max(int(float64(h)*ratio), 1)
}

func modelObjects(list []*visionpb.Object) []models.Object {
	out := make([]models.Object, 0, len(list))
	for _, o := range list {
		out = append(out, o.Model())
	}
	return out
}

func faulty(r *visionpb.Result, f visionpb.Fault, sentence string) *visionpb.Result {
	r.Fault, r.Sentence = f, visionpb.Sentence(sentence)
	return r
}

func since(t time.Time) float32 { return float32(time.Since(t).Seconds() * 1000) }
