package infer

import (
	"image"
	"slices"

	"zhihui/models"
)

// background is the gray around what does not fill the input.
const background = 114

// Picture is a picture in the size that Fit gave: three bytes a pixel, blue, green, red, row after row.
type Picture struct {
	Pixels []byte
	Size   image.Point
}

// Found is what was found in a picture.
type Found struct {
	Objects []models.Object // the surest first, at most 64
	Cut     bool            // something lies across the edge of a region, so that it is not known what it is
}

// cutBy is how near to the edge of a region a box may come before it is held to go on beyond it, in pixels.
const cutBy = 2.0

func (p Picture) holds(r image.Rectangle) bool {
	return !r.Empty() && r.In(image.Rectangle{Max: p.Size}) && len(p.Pixels) >= 3*p.Size.X*p.Size.Y
}

// planes writes a region as the network wants it: blue, then green, then red, each by its table, background beside it.
func planes(dst []float32, p Picture, region image.Rectangle, in Input, tables *[3][256]float32) {
	n, w, h := in.Width*in.Height, region.Dx(), region.Dy()
	b, g, r := dst[:n], dst[n:2*n], dst[2*n:3*n]
	if w < in.Width || h < in.Height {
		for c, plane := range [][]float32{b, g, r} {
			for i := range plane {
				plane[i] = tables[c][background]
			}
		}
	}
	for y := range h {
		row := p.Pixels[3*((region.Min.Y+y)*p.Size.X+region.Min.X):]
		at := y * in.Width
		for x := range w {
			v := row[3*x : 3*x+3 : 3*x+3]
			b[at+x], g[at+x], r[at+x] = tables[0][v[0]], tables[1][v[1]], tables[2][v[2]]
		}
	}
}

// back moves candidates from a region to its picture, of the given size, and parts those that lie across an edge of the
// region that is none of the picture from the others.
func back(list []candidate, region image.Rectangle, size image.Point) (inside, across []candidate) {
	dx, dy := float64(region.Min.X), float64(region.Min.Y)
	for _, c := range list {
		c.x0, c.x1, c.y0, c.y1 = c.x0+dx, c.x1+dx, c.y0+dy, c.y1+dy
		if cuts(region, c, size) {
			across = append(across, c)
		} else {
			inside = append(inside, c)
		}
	}
	return inside, across
}

func cuts(r image.Rectangle, c candidate, size image.Point) bool {
	return r.Min.X > 0 && c.x0 < float64(r.Min.X)+cutBy || r.Min.Y > 0 && c.y0 < float64(r.Min.Y)+cutBy ||
		r.Max.X < size.X && c.x1 > float64(r.Max.X)-cutBy || r.Max.Y < size.Y && c.y1 > float64(r.Max.Y)-cutBy
}

// found makes objects of candidates in a picture of the given size. What was cut counts only where nobody has seen the
// whole of it.
func found(whole, cut []candidate, size image.Point, m *Manifest) Found {
	f := Found{Objects: objects(whole, size, m)}
	f.Cut = slices.ContainsFunc(objects(cut, size, m), func(o models.Object) bool { return !m.among(f.Objects, o) })
	return f
}
