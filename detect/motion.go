package detect

import (
	"slices"

	"zhihui/detect/rules"
	"zhihui/models"
)

const (
	leastMotionBox = 0.02 // share of the picture; what is smaller is not worth a track of its own
	motionGap      = 0.08 // of width and height: moving parts this near to each other are one thing
)

// unnamed makes objects of the large moving boxes that nothing with a name covers: cars from straight above, above all.
func unnamed(boxes []models.Box, named func(models.Box) bool) []models.Object {
	var objects []models.Object
	for _, b := range whole(slices.DeleteFunc(slices.Clone(boxes), named)) {
		if b.Area() >= leastMotionBox && !named(b) {
			objects = append(objects, models.Object{Label: rules.Motion, Score: 1, Box: b})
		}
	}
	return objects
}

// whole joins the parts of what moves: of a slow car with an even roof only the edges seem to move.
func whole(parts []models.Box) []models.Box {
	var things []models.Box
	for _, b := range parts {
		for i := 0; i < len(things); {
			if !near(b, things[i]) {
				i++
				continue
			}
			b = union(b, things[i])
			things = slices.Delete(things, i, i+1)
			i = 0 // what has grown may touch what it did not
		}
		things = append(things, b)
	}
	return things
}

func near(a, b models.Box) bool {
	return max(a.X, b.X)-min(a.X+a.W, b.X+b.W) <= motionGap && max(a.Y, b.Y)-min(a.Y+a.H, b.Y+b.H) <= motionGap
}

func union(a, b models.Box) models.Box {
	x, y := min(a.X, b.X), min(a.Y, b.Y)
	return models.Box{X: x, Y: y, W: max(a.X+a.W, b.X+b.W) - x, H: max(a.Y+a.H, b.Y+b.H) - y}
}

// covers tells whether a third of b, or of a track in it, is a track's; one that is not believed yet counts as well.
func (t *tracker) covers(b models.Box) bool {
	return slices.ContainsFunc(t.tracks, func(k *track) bool { return shared(b, k.Box) > 1.0/3 })
}

// drop forgets tracks.
func (t *tracker) drop(which func(*track) bool) { t.tracks = slices.DeleteFunc(t.tracks, which) }

// shared is the intersection of two boxes over the smaller of them, 0…1.
func shared(a, b models.Box) float64 {
	w := min(a.X+a.W, b.X+b.W) - max(a.X, b.X)
	h := min(a.Y+a.H, b.Y+b.H) - max(a.Y, b.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h / min(a.Area(), b.Area())
}
