package visionpb

import (
	"zhihui/models"
)

// The bounds of vision.proto, in bytes or pieces.
const (
	Version        = 1
	MaxMessage     = 5 << 20
	MaxUnit        = 4 << 20
	MaxJPEG        = 1 << 20
	MaxCredit      = 256
	MaxMotionBoxes = 32
	MaxObjects     = 64
	SightWidth     = 64 // cells of a Sight's grid
	SightHeight    = 36

	maxAgent    = 128
	maxList     = 16
	maxCodec    = 16
	maxNetwork  = 64
	maxMissing  = 512
	maxLabel    = 32
	maxSentence = 256
)

// Check returns an Invalid error that names the first field of the request that is absent or out of its bound.
func (r *Request) Check() error {
	switch k := r.GetKind().(type) {
	case *Request_Hello:
		return k.Hello.check()
	case *Request_Configure:
		if err := codec("configure", k.Configure.GetCodec()); err != nil {
			return err
		}
		return camera("configure", k.Configure.GetCamera())
	case *Request_Unit:
		if err := size("unit.data", 1, len(k.Unit.GetData()), MaxUnit); err != nil {
			return err
		}
		return camera("unit", k.Unit.GetCamera())
	case *Request_Forget:
		return camera("forget", k.Forget.GetCamera())
	case *Request_Snapshot:
		if err := objects("snapshot.boxes", k.Snapshot.GetBoxes()); err != nil {
			return err
		}
		return camera("snapshot", k.Snapshot.GetCamera())
	case *Request_Glance:
		return k.Glance.check()
	}
	return models.FieldError("kind", "the request holds nothing that version %d knows", Version)
}

// Check returns an Invalid error that names the first field of the reply that is absent or out of its bound.
func (r *Reply) Check() error {
	switch k := r.GetKind().(type) {
	case *Reply_Hello:
		return k.Hello.check()
	case *Reply_Result:
		return k.Result.check()
	case *Reply_Picture:
		if err := size("picture.jpeg", 0, len(k.Picture.GetJpeg()), MaxJPEG); err != nil {
			return err
		}
		if err := size("picture.sentence", 0, len(k.Picture.GetSentence()), maxSentence); err != nil {
			return err
		}
		return camera("picture", k.Picture.GetCamera())
	case *Reply_Sight:
		return k.Sight.check()
	}
	return models.FieldError("kind", "the reply holds nothing that version %d knows", Version)
}

// Speaks returns an Invalid error unless the other side's version is ours.
func (h *Hello) Speaks() error {
	if h.GetVersion() != Version {
		return models.FieldError("hello.version", "the other side speaks version %d, this one %d: update the older of them", h.GetVersion(), Version)
	}
	return nil
}

func (h *Hello) check() error {
	if err := size("hello.agent", 0, len(h.GetAgent()), maxAgent); err != nil {
		return err
	}
	if err := size("hello.network", 0, len(h.GetNetwork()), maxNetwork); err != nil {
		return err
	}
	if err := texts("hello.codecs", h.GetCodecs(), maxCodec); err != nil {
		return err
	}
	if err := size("hello.credit", 0, int(h.GetCredit()), MaxCredit); err != nil {
		return err
	}
	return texts("hello.missing", h.GetMissing(), maxMissing)
}

func (r *Result) check() error {
	if err := size("result.motion_boxes", 0, len(r.GetMotionBoxes()), MaxMotionBoxes); err != nil {
		return err
	}
	for _, b := range r.GetMotionBoxes() {
		if !b.inside() {
			return models.FieldError("result.motion_boxes", "a box leaves the picture")
		}
	}
	if !share(r.GetMotion()) {
		return models.FieldError("result.motion", "must lie in 0…1")
	}
	if err := size("result.sentence", 0, len(r.GetSentence()), maxSentence); err != nil {
		return err
	}
	if err := objects("result.objects", r.GetObjects()); err != nil {
		return err
	}
	return camera("result", r.GetCamera())
}

func (g *Glance) check() error {
	if err := codec("glance", g.GetCodec()); err != nil {
		return err
	}
	if err := size("glance.data", 1, len(g.GetData()), MaxUnit); err != nil {
		return err
	}
	return camera("glance", g.GetCamera())
}

func (s *Sight) check() error {
	const cells = SightWidth * SightHeight
	if n := len(s.GetLuma()); n != len(s.GetEnergy()) || n != 0 && n != cells {
		return models.FieldError("sight.luma", "has %d cells and the energy %d, both must have %d or none", n, len(s.GetEnergy()), cells)
	}
	if err := size("sight.jpeg", 0, len(s.GetJpeg()), MaxJPEG); err != nil {
		return err
	}
	if err := size("sight.sentence", 0, len(s.GetSentence()), maxSentence); err != nil {
		return err
	}
	return camera("sight", s.GetCamera())
}

func codec(in string, c Codec) error {
	if c != Codec_CODEC_H264 && c != Codec_CODEC_H265 {
		return models.FieldError(in+".codec", "must be H264 or H265")
	}
	return nil
}

func camera(in, id string) error {
	if !models.ValidID(id) {
		return models.FieldError(in+".camera", "must be 1 to %d of a-z A-Z 0-9 . _ -", models.MaxID)
	}
	return nil
}

func size(field string, low, n, high int) error {
	if n < low || n > high {
		return models.FieldError(field, "is %d, must be %d to %d", n, low, high)
	}
	return nil
}

func texts(field string, list []string, high int) error {
	if err := size(field, 0, len(list), maxList); err != nil {
		return err
	}
	for _, s := range list {
		if err := size(field, 0, len(s), high); err != nil {
			return err
		}
	}
	return nil
}

func objects(field string, list []*Object) error {
	if err := size(field, 0, len(list), MaxObjects); err != nil {
		return err
	}
	for _, o := range list {
		if err := size(field+".label", 0, len(o.GetLabel()), maxLabel); err != nil {
			return err
		}
		if !o.GetBox().inside() || !share(o.GetScore()) {
			return models.FieldError(field, "a box leaves the picture, or a score 0…1")
		}
	}
	return nil
}

// inside allows for what float32 loses at the edges. A NaN is nowhere inside.
func (b *Box) inside() bool {
	const loss = 1e-3
	return b != nil && b.X >= 0 && b.Y >= 0 && b.W >= 0 && b.H >= 0 && b.X+b.W <= 1+loss && b.Y+b.H <= 1+loss
}

func share(f float32) bool { return f >= 0 && f <= 1 }
