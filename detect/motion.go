package detect

import (
	"zhihui/detect/rules"
	"zhihui/models"
)

// Below this share of the picture a moving thing is not worth a track of its own.
const leastMotionBox = 0.02

// unnamed makes objects of the large moving boxes that the network has no name for: cars from straight above, above
// all. A box that shares a third of the smaller one with a named track is that track.
func unnamed(boxes []models.Box, named []models.Track) []models.Object {
	var objects []models.Object
next:
	for _, b := range boxes {
		if b.Area() < leastMotionBox {
			continue
		}
		for _, t := range named {
			if shared(b, t.Box) > 1.0/3 {
				continue next
			}
		}
		objects = append(objects, models.Object{Label: rules.Motion, Score: 1, Box: b})
	}
	return objects
}

// shared is the intersection of two boxes over the smaller of them, 0…1.
func shared(a, b models.Box) float64 {
	w := min(a.X+a.W, b.X+b.W) - max(a.X, b.X)
	h := min(a.Y+a.H, b.Y+b.H) - max(a.Y, b.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h / min(a.Area(), b.Area())
}
