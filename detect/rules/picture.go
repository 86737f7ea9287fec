package rules

import (
	"math"

	"zhihui/models"
)

// What is wrong with a picture, in Facts.Reason.
const (
	Black       Reason = "black"
	Flat        Reason = "flat"         // of one colour, as a camera shows it whose sensor gives nothing
	Covered     Reason = "covered"      // without structure where there usually is some
	Blurred     Reason = "blurred"      // its edges are soft beside what they usually are
	Shifted     Reason = "shifted"      // what is usually seen is there, at another place
	AnotherView Reason = "another_view" // it is not there
	ViewLearnt  Reason = "view_learnt"  // closes a camera_moved: what it shows now is what it usually shows
)

// Limits of a picture, each with the one at which an event closes again.
const (
	blackLuma, blackLumaHeld         = 16.0, 22.0
	blackContrast, blackContrastHeld = 12.0, 16.0 // a lamp or a lit window at night has more, a line of text has not
	flatContrast, flatContrastHeld   = 1.0, 1.5
	coveredShare, coveredShareHeld   = 0.32, 0.24
	softness, softnessHeld           = 0.70, 0.80
	shiftShare, shiftShareHeld       = 0.03, 0.02
)

func limit(held bool, open, closed float64) float64 {
	if held {
		return closed
	}
	return open
}

// cameraBlack holds while nothing can be seen for want of light, or of a picture. It needs no knowledge of what is usual: a
// camera that sees nothing at night is blind then.
func cameraBlack(_ Rule, in Input) Verdict {
	p := in.Picture
	if p.At.IsZero() {
		return Verdict{Unknown: true, Reason: CannotTell}
	}
	reason, measured, most := blank(p, in.Held)
	if reason == "" {
		return Verdict{Reason: Sound}
	}
	return Verdict{Holds: true, Reason: reason, Facts: models.Facts{Measured: twoDigits(measured), Limit: most, Reason: string(reason)}}
}

func blank(p models.PictureVital, held bool) (r Reason, measured, most float64) {
	luma, flat := limit(held, blackLuma, blackLumaHeld), limit(held, flatContrast, flatContrastHeld)
	switch {
	case p.Luma < luma && p.Contrast < limit(held, blackContrast, blackContrastHeld):
		return Black, p.Luma, luma
	case p.Contrast < flat:
		return Flat, p.Contrast, flat
	}
	return "", 0, 0
}

// cameraCovered holds while most of what usually has structure has none. Of a picture that is black it cannot be said.
func cameraCovered(_ Rule, in Input) Verdict {
	if !comparable(in.Picture) {
		return Verdict{Unknown: true, Reason: CannotTell}
	}
	return above(in.Picture.Covered, limit(in.Held, coveredShare, coveredShareHeld), Covered)
}

// cameraBlurred holds while edges are much softer than usual. Of a picture that is black or covered it cannot be said.
func cameraBlurred(_ Rule, in Input) Verdict {
	p := in.Picture
	if !comparable(p) || p.Covered >= coveredShare {
		return Verdict{Unknown: true, Reason: CannotTell}
	}
	most := limit(in.Held, softness, softnessHeld)
	if p.Sharpness >= most {
		return Verdict{Reason: Sound}
	}
	return Verdict{Holds: true, Reason: Blurred, Facts: models.Facts{Measured: twoDigits(p.Sharpness), Limit: most, Reason: string(Blurred)}}
}

// cameraMoved holds while the camera looks elsewhere. Of a picture that is black, covered or blurred it cannot be said.
func cameraMoved(_ Rule, in Input) Verdict {
	p := in.Picture
	if !comparable(p) || p.Covered >= coveredShareHeld || p.Sharpness < softness {
		return Verdict{Unknown: true, Reason: CannotTell}
	}
	reason := Shifted
	if p.Shift >= 1 {
		reason = AnotherView
	}
	return above(p.Shift, limit(in.Held, shiftShare, shiftShareHeld), reason)
}

// comparable tells whether a picture can be held against what is usual.
func comparable(p models.PictureVital) bool {
	black, _, _ := blank(p, false)
	return !p.At.IsZero() && p.Learnt && black == ""
}

func above(measured, limit float64, r Reason) Verdict {
	if measured < limit {
		return Verdict{Reason: Sound}
	}
	return Verdict{Holds: true, Reason: r, Facts: models.Facts{Measured: twoDigits(measured), Limit: limit, Reason: string(r)}}
}

// twoDigits keeps what a person reads, so that noise in the third digit is no news.
func twoDigits(v float64) float64 { return math.Round(v*100) / 100 }
