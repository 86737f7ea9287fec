package models

// Point is a place in a picture in fractions of its width and height, origin at the top left.
type Point [2]float64

// Polygon is a closed ring of at least three Points; the last joins the first by itself.
type Polygon []Point

// Contains tells whether p lies in the polygon, by the even-odd rule.
func (g Polygon) Contains(p Point) bool {
	in := false
	for i, j := 0, len(g)-1; i < len(g); j, i = i, i+1 {
		a, b := g[i], g[j]
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1])+a[0] {
			in = !in
		}
	}
	return in
}

// Box is a rectangle in fractions of the picture's width and height: X, Y the top left corner.
type Box struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
	W float64 `json:"w"`
	H float64 `json:"h"`
}

// Foot is the middle of the lower edge: where a person or a vehicle touches the ground.
func (b Box) Foot() Point { return Point{b.X + b.W/2, b.Y + b.H} }

// Centre is the middle of the box.
func (b Box) Centre() Point { return Point{b.X + b.W/2, b.Y + b.H/2} }

// Area is the share of the picture that the box covers, 0…1.
func (b Box) Area() float64 { return b.W * b.H }

// IoU is the intersection over the union of two boxes, 0…1.
func (b Box) IoU(c Box) float64 {
	w := min(b.X+b.W, c.X+c.W) - max(b.X, c.X)
	h := min(b.Y+b.H, c.Y+c.H) - max(b.Y, c.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h / (b.Area() + c.Area() - w*h)
}
