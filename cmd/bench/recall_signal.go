package main

import (
	"io"
	"math"
	"slices"

	"zhihui/detect/coding"
)

// signalLine tells how what the units tell separates quiet from motion in one trial: by their energy, as an outsider would
// reckon it, and by the camera's own level, as the gate does.
type signalLine struct {
	Bench   string     `json:"bench"`
	Clip    string     `json:"clip"`
	Variant string     `json:"variant"`
	Quiet   [3]float64 `json:"quiet"`  // energy, 10th, 50th and 90th percentile where nothing is followed and nothing moves
	Moving  [3]float64 `json:"moving"` // and where something is
	Above   [2]float64 `json:"above"`  // the 90th percentile of the excess over the camera's own level, in bars, in quiet and in motion
	Bytes   [2]float64 `json:"bytes"`  // medians of the size alone
	Units   [2]int     `json:"units"`
}

func (t *trial) signal() signalLine {
	var level, size, above [2][]float64
	for _, s := range t.full.Steps {
		if s.Reading.Bytes == 0 {
			continue
		}
		k := -1
		switch {
		case s.Tracks > 0:
			k = 1
		case s.Motion == 0:
			k = 0
		}
		if k >= 0 {
			above[k] = append(above[k], s.Excess)
			level[k], size[k] = append(level[k], energy(s.Reading)), append(size[k], float64(s.Reading.Bytes))
		}
	}
	return signalLine{Bench: "signal", Clip: t.clip.name, Variant: t.variant.String(), Quiet: spread(level[0]), Moving: spread(level[1]),
		Above: [2]float64{spread(above[0])[2], spread(above[1])[2]},
		Bytes: [2]float64{spread(size[0])[1], spread(size[1])[1]}, Units: [2]int{len(level[0]), len(level[1])}}
}

// energy is the octaves of bytes × 2^(QP/6), some 8 to 24: about what the picture would take at a quantiser of zero.
func energy(r coding.Reading) float64 { return math.Log2(float64(r.Bytes)) + r.QP/6 }

// spread returns the 10th, 50th and 90th percentile; zeros for none.
func spread(all []float64) (s [3]float64) {
	if len(all) == 0 {
		return s
	}
	slices.Sort(all)
	for k, q := range []float64{0.1, 0.5, 0.9} {
		s[k] = rounded(all[int(q*float64(len(all)-1))])
	}
	return s
}

func (l signalLine) table(w io.Writer) {
	row(w, l.Clip, l.Variant, "quiet", l.Quiet, "moving", l.Moving, "above", l.Above, "bytes", l.Bytes, "units", l.Units)
}
