package visionpb

import (
	"strings"

	"zhihui/models"
)

// BoxOf returns b cut to the picture.
func BoxOf(b models.Box) *Box {
	x0, y0 := unit(b.X), unit(b.Y)
	return &Box{X: x0, Y: y0, W: max(0, unit(b.X+b.W)-x0), H: max(0, unit(b.Y+b.H)-y0)}
}

// ObjectsOf returns at most MaxObjects of list, cut to the bounds of the protocol.
func ObjectsOf(list []models.Object) []*Object {
	out := make([]*Object, 0, len(list))
	for _, o := range list[:min(len(list), MaxObjects)] {
		out = append(out, &Object{Label: cut(o.Label, maxLabel), Score: unit(o.Score), Box: BoxOf(o.Box)})
	}
	return out
}

// Model returns the box in the words of models.
func (b *Box) Model() models.Box {
	return models.Box{X: float64(b.GetX()), Y: float64(b.GetY()), W: float64(b.GetW()), H: float64(b.GetH())}
}

// Model returns the object in the words of models.
func (o *Object) Model() models.Object {
	return models.Object{Label: o.GetLabel(), Score: float64(o.GetScore()), Box: o.GetBox().Model()}
}

// Sentence returns s cut to what a Result or Picture may say.
func Sentence(s string) string { return cut(s, maxSentence) }

// cut keeps the text valid, as protobuf wants it.
func cut(s string, n int) string { return strings.ToValidUTF8(s[:min(len(s), n)], "") }

func unit(f float64) float32 {
	if !(f > 0) { // NaN too
		return 0
	}
	return float32(min(f, 1))
}

// AnnexB joins NALUs as a Unit carries them: each behind a start code of four bytes.
func AnnexB(nalus [][]byte) []byte {
	n := 0
	for _, b := range nalus {
		n += 4 + len(b)
	}
	out := make([]byte, 0, n)
	for _, b := range nalus {
		out = append(append(out, 0, 0, 0, 1), b...)
	}
	return out
}
