package infer

import (
	"image"
	"slices"

	"zhihui/models"
)

// How regions are cut, in pixels of the picture as the network sees the whole of it.
const (
	step     = 32   // inputs have multiples of it as sides
	grid     = 8    // regions begin on it, so that the network's cells fall on them as on the whole picture
	context  = 0.25 // of a box's longer side is looked at beyond each of its edges,
	rim      = 8    // and so much besides
	most     = 24   // regions of one picture
	mostArea = 0.6  // share of the picture from which the whole is looked at
	start    = 512  // pixels that one more run costs as much as
)

// Regions returns the parts of a picture of the given size that hold the boxes with some context; they may overlap. It is
// false where they take up so much of the picture that the whole is to be looked at.
func Regions(list []models.Box, size image.Point) ([]image.Rectangle, bool) {
	var parts []image.Rectangle
	for _, b := range list {
		if r := region(b, size); !r.Empty() {
			parts = append(parts, r)
		}
	}
	parts = join(parts, size)
	area := 0
	for _, r := range parts {
		area += cost(r)
	}
	return parts, len(parts) <= most && float64(area) <= mostArea*float64(cost(image.Rectangle{Max: size}))
}

// region is empty for a box that is not in the picture.
func region(b models.Box, size image.Point) image.Rectangle {
	w, h := float64(size.X), float64(size.Y)
	x0, y0, x1, y1 := max(b.X, 0)*w, max(b.Y, 0)*h, min(b.X+b.W, 1)*w, min(b.Y+b.H, 1)*h
	if !(x1 > x0) || !(y1 > y0) {
		return image.Rectangle{}
	}
	around := context*max(x1-x0, y1-y0) + rim
	var r image.Rectangle
	r.Min.X, r.Max.X = span(x0-around, x1+around, size.X)
	r.Min.Y, r.Max.Y = span(y0-around, y1+around, size.Y)
	return r
}

// span returns a stretch of 0…most that holds from…to, as far as that lies in it, and is as long as an input may be.
func span(from, to float64, most int) (int, int) {
	from, to = max(from, 0), min(to, float64(most))
	length := steps(int(to-from) + grid)
	begin := int(from) / grid * grid
	if length >= most {
		return 0, most
	}
	return min(begin, most-length), min(begin, most-length) + length
}

func steps(n int) int { return (n + step - 1) / step * step }

// join replaces two regions by the one that holds both, where that costs no more.
func join(list []image.Rectangle, size image.Point) []image.Rectangle {
	for i := 0; i < len(list); i++ {
		for j := 0; j < len(list); j++ {
			if i == j {
				continue
			}
			both := list[i].Union(list[j])
			both.Min.X, both.Max.X = span(float64(both.Min.X), float64(both.Max.X), size.X)
			both.Min.Y, both.Max.Y = span(float64(both.Min.Y), float64(both.Max.Y), size.Y)
			if cost(both) <= cost(list[i])+cost(list[j]) {
				list[i] = both
				list = slices.Delete(list, j, j+1)
				i, j = -1, -1
				break
			}
		}
	}
	return list
}

// cost is what a look at a region costs, in pixels.
func cost(r image.Rectangle) int { return steps(r.Dx())*steps(r.Dy()) + start }
