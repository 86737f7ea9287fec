//go:build cgo

package cv

import (
	"image"

	"gocv.io/x/gocv"

	"zhihui/models"
)

// The size that motion is looked for at, in pixels, and what counts.
const (
	MotionWidth  = 320
	MotionHeight = 180

	openPixels  = 9  // fewer than an opening by 3×3 leaves nothing of
	leastPixels = 30 // of one blob; a person 60 pixels high in a 360 line picture has about 300
	mergeGap    = 4
	maxBlobs    = 400 // before merging; a picture with more shows noise or rain, the largest are kept
	maxBoxes    = 32
	sceneShare  = 0.6 // more than this moving is another scene, or the light: learnt anew, not reported as boxes
)

// Motion finds what moves in pictures of any number of cameras. It is used by one goroutine at a time.
type Motion struct {
	mask    gocv.Mat
	kernel  gocv.Mat
	labels  gocv.Mat
	stats   gocv.Mat
	centres gocv.Mat
	inside  []byte // of mask
	pixels  []byte
}

// NewMotion returns a Motion; an Unavailable error means that OpenCV has no memory.
func NewMotion() (*Motion, error) {
	m := &Motion{
		mask:    gocv.NewMatWithSize(MotionHeight, MotionWidth, gocv.MatTypeCV8U),
		kernel:  gocv.GetStructuringElement(gocv.MorphRect, image.Pt(3, 3)),
		labels:  gocv.NewMat(),
		stats:   gocv.NewMat(),
		centres: gocv.NewMat(),
		pixels:  make([]byte, MotionWidth*MotionHeight),
	}
	inside, err := m.mask.DataPtrUint8()
	if err != nil {
		m.Close()
		return nil, models.Errorf(models.Unavailable, "OpenCV gave no picture of %d×%d: %v", MotionWidth, MotionHeight, err)
	}
	m.inside = inside
	return m, nil
}

// Close frees what OpenCV holds.
func (m *Motion) Close() {
	m.inside = nil
	for _, mat := range []*gocv.Mat{&m.mask, &m.kernel, &m.labels, &m.stats, &m.centres} {
		mat.Close()
	}
}

// Pixels is where the next picture goes: MotionWidth·MotionHeight gray values, row by row.
func (m *Motion) Pixels() []byte { return m.pixels }

// Look compares what lies in Pixels with a camera's background, learns it, and returns the share of the picture that moves,
// 0…1, and boxes around what moves, the largest first. A first picture shows no motion; one that is all different shows a
// large share and no boxes.
func (m *Motion) Look(b *Background) (float64, []models.Box) {
	foreign := b.apply(m.pixels, m.inside)
	if b.seen == 1 || foreign < openPixels {
		return 0, nil
	}
	gocv.MorphologyEx(m.mask, &m.mask, gocv.MorphOpen, m.kernel)
	share := float64(gocv.CountNonZero(m.mask)) / (MotionWidth * MotionHeight)
	if share > sceneShare {
		b.begin()
		return share, nil
	}
	if share == 0 {
		return 0, nil
	}
	return share, m.boxes()
}

func (m *Motion) boxes() []models.Box {
	gocv.MorphologyEx(m.mask, &m.mask, gocv.MorphClose, m.kernel)
	gocv.Dilate(m.mask, &m.mask, m.kernel)
	n := min(gocv.ConnectedComponentsWithStats(m.mask, &m.labels, &m.stats, &m.centres), maxBlobs)
	var blobs []image.Rectangle
	for i := 1; i < n; i++ { // 0 is the background
		at := func(c gocv.ConnectedComponentsTypes) int { return int(m.stats.GetIntAt(i, int(c))) }
		if at(gocv.CC_STAT_AREA) < leastPixels {
			continue
		}
		x, y := at(gocv.CC_STAT_LEFT), at(gocv.CC_STAT_TOP)
		blobs = append(blobs, image.Rect(x, y, x+at(gocv.CC_STAT_WIDTH), y+at(gocv.CC_STAT_HEIGHT)))
	}
	var out []models.Box
	for _, r := range merge(blobs, mergeGap, maxBoxes) {
		out = append(out, models.Box{X: float64(r.Min.X) / MotionWidth, Y: float64(r.Min.Y) / MotionHeight,
			W: float64(r.Dx()) / MotionWidth, H: float64(r.Dy()) / MotionHeight})
	}
	return out
}
