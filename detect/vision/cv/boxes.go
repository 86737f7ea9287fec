package cv

import (
	"image"
	"slices"
)

// merge joins rectangles that overlap or are no more than gap pixels apart until none are, and returns at most n, the
// largest first.
func merge(list []image.Rectangle, gap, n int) []image.Rectangle {
	list = slices.Clone(list)
	for again := true; again; {
		again = false
		for i := 0; i < len(list); i++ {
			for j := i + 1; j < len(list); j++ {
				if !list[i].Inset(-gap).Overlaps(list[j]) {
					continue
				}
				list[i] = list[i].Union(list[j])
				list = slices.Delete(list, j, j+1)
				again = true
				j--
			}
		}
	}
	slices.SortStableFunc(list, func(a, b image.Rectangle) int { return b.Dx()*b.Dy() - a.Dx()*a.Dy() })
	return list[:min(len(list), n)]
}
