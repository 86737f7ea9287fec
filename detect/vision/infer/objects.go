package infer

import (
	"math"
	"slices"

	"zhihui/models"
)

// most objects that one picture gives.
const maxObjects = 64

// fit returns the size that a w×h picture takes at the top left of the input when its shape is kept.
func fit(w, h int, in Input) (fw, fh int) {
	ratio := min(float64(in.Width)/float64(w), float64(in.Height)/float64(h))
	whole := func(n, most int) int { return min(max(int(math.Round(float64(n)*ratio)), 1), most) }
	return whole(w, in.Width), whole(h, in.Height)
}

// objects turns candidates into fractions of the picture, which took fw×fh pixels of the input, and keeps the best of
// those that are one thing.
func objects(list []candidate, fw, fh int, m *Manifest) []models.Object {
	all := make([]models.Object, 0, len(list))
	for _, c := range list {
		if o, ok := object(c, float64(fw), float64(fh), m.Labels[c.class]); ok {
			all = append(all, o)
		}
	}
	slices.SortStableFunc(all, func(a, b models.Object) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	kept := all[:0]
	for _, o := range all {
		same := func(k models.Object) bool { return alike(k.Label, o.Label) && k.Box.IoU(o.Box) >= m.NMS }
		if len(kept) < maxObjects && !slices.ContainsFunc(kept, same) {
			kept = append(kept, o)
		}
	}
	return kept
}

// object is false for what lies beside the picture or is not a number.
func object(c candidate, fw, fh float64, label string) (models.Object, bool) {
	x0, y0 := max(c.x0/fw, 0), max(c.y0/fh, 0)
	x1, y1 := min(c.x1/fw, 1), min(c.y1/fh, 1)
	if !(x1 > x0) || !(y1 > y0) || math.IsNaN(c.score) {
		return models.Object{}, false
	}
	return models.Object{Label: label, Score: min(c.score, 1), Box: models.Box{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}}, true
}

// alike tells whether one thing may be taken for either: a van is found as car and as truck at once.
func alike(a, b string) bool { return kin(a) == kin(b) }

func kin(label string) string {
	switch label {
	case "bus", "truck":
		return "car"
	case "motorcycle":
		return "bicycle"
	}
	return label
}

// planes writes BGR pixels as the network wants them: blue, then green, then red, each by its table.
func planes(dst []float32, pixels []byte, tables *[3][256]float32) {
	n := len(pixels) / 3
	b, g, r := dst[:n], dst[n:2*n], dst[2*n:3*n]
	for i := range n {
		p := pixels[3*i : 3*i+3 : 3*i+3]
		b[i], g[i], r[i] = tables[0][p[0]], tables[1][p[1]], tables[2][p[2]]
	}
}

func tablesOf(m *Manifest) (t [3][256]float32) {
	for c := range t {
		for v := range t[c] {
			t[c][v] = float32((float64(v) - m.Mean[c]) / m.Scale[c])
		}
	}
	return t
}
