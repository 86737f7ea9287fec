//go:build cgo

package cv

// #cgo CFLAGS: -O2 -Wall
// #include "background.h"
import "C"

import (
	"unsafe"

	"zhihui/models"
)

// history is how many pictures a background is made of.
const history = 300

// Background is what one camera shows when nothing moves, as a mixture of Gaussians a pixel: about 1 MB until Close. It is
// used by one goroutine at a time.
type Background struct {
	c     *C.zv_background
	light light
	seen  int // pictures since it was begun
}

// NewBackground returns a Background that knows nothing yet; an Unavailable error means that memory is missing.
func NewBackground() (*Background, error) {
	c := C.zv_background_new(MotionWidth * MotionHeight)
	if c == nil {
		return nil, models.Errorf(models.Unavailable, "there is no memory for the background of another camera")
	}
	return &Background{c: c}, nil
}

// Close frees the background. It may be called again.
func (b *Background) Close() {
	C.zv_background_free(b.c)
	b.c = nil
}

// apply learns a picture, whose brightness it evens, writes what is foreign to mask, and returns how many pixels are.
func (b *Background) apply(picture, mask []byte) int {
	b.light.even(picture)
	b.seen++
	return int(C.zv_background_apply(b.c, (*C.uint8_t)(unsafe.SliceData(picture)), (*C.uint8_t)(unsafe.SliceData(mask)),
		C.float(1/float64(min(2*b.seen, history)))))
}

// begin forgets what was learnt.
func (b *Background) begin() {
	C.zv_background_begin(b.c)
	b.light, b.seen = light{}, 0
}
