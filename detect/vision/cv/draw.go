//go:build cgo

package cv

import (
	"bytes"
	"fmt"
	"image"
	"image/color"

	"gocv.io/x/gocv"

	"zhihui/models"
)

// The bounds of a picture that is drawn on, in pixels, and its JPEG quality.
const (
	MaxWidth  = 640
	MaxHeight = 640
	quality   = 85
)

// JPEG draws boxes with their labels in the colour 0xRRGGBB on a BGR picture of w×h and returns it as a JPEG. The pixels
// are drawn on. An error says what is out of bounds.
func JPEG(pixels []byte, w, h int, boxes []models.Object, colour uint32) ([]byte, error) {
	if w < 1 || h < 1 || w > MaxWidth || h > MaxHeight || len(pixels) != 3*w*h {
		return nil, models.FieldError("picture", "is %d×%d in %d bytes, at most %d×%d can be drawn on", w, h, len(pixels), MaxWidth, MaxHeight)
	}
	mat := gocv.NewMatWithSize(h, w, gocv.MatTypeCV8UC3)
	defer mat.Close()
	inside, err := mat.DataPtrUint8()
	if err != nil {
		return nil, models.Errorf(models.Unavailable, "OpenCV gave no picture of %d×%d: %v", w, h, err)
	}
	copy(inside, pixels)
	ink := color.RGBA{R: byte(colour >> 16), G: byte(colour >> 8), B: byte(colour), A: 255}
	for _, o := range boxes {
		draw(&mat, w, h, o, ink)
	}
	buf, err := gocv.IMEncodeWithParams(gocv.JPEGFileExt, mat, []int{gocv.IMWriteJpegQuality, quality})
	if err != nil {
		return nil, models.Errorf(models.Unavailable, "OpenCV could not write a JPEG: %v", err)
	}
	defer buf.Close()
	return bytes.Clone(buf.GetBytes()), nil
}

func draw(mat *gocv.Mat, w, h int, o models.Object, ink color.RGBA) {
	r := rectangle(o.Box, w, h)
	if r.Empty() {
		return
	}
	gocv.Rectangle(mat, r, ink, 2)
	text := printable(o.Label)
	if text == "" {
		return
	}
	if o.Score > 0 {
		text = fmt.Sprintf("%s %.0f%%", text, min(o.Score, 1)*100)
	}
	size := gocv.GetTextSize(text, gocv.FontHersheySimplex, 0.4, 1)
	top := max(r.Min.Y-size.Y-6, 0)
	gocv.Rectangle(mat, image.Rect(r.Min.X, top, min(r.Min.X+size.X+6, w), top+size.Y+6), ink, -1)
	gocv.PutText(mat, text, image.Pt(r.Min.X+3, top+size.Y+3), gocv.FontHersheySimplex, 0.4, color.RGBA{A: 255}, 1)
}

// rectangle returns the box in pixels, cut to the picture; empty where a side is not a number or nothing is left.
func rectangle(b models.Box, w, h int) image.Rectangle {
	at := func(f float64, n int) int {
		if !(f > 0) {
			return 0
		}
		return int(min(f, 1)*float64(n) + 0.5)
	}
	return image.Rectangle{Min: image.Pt(at(b.X, w), at(b.Y, h)), Max: image.Pt(at(b.X+b.W, w), at(b.Y+b.H, h))}
}

// printable keeps what OpenCV's font has.
func printable(s string) string {
	out := make([]byte, 0, len(s))
	for _, c := range []byte(s[:min(len(s), 32)]) {
		if c >= ' ' && c < 0x7f {
			out = append(out, c)
		}
	}
	return string(out)
}
