//go:build cgo

// Package decode turns access units into pixels with Debian's libavcodec. It runs inside zhihui-vision only: a hostile
// bitstream that ends the process ends nothing else.
package decode

// #cgo pkg-config: libavcodec libavutil libswscale
// #cgo CFLAGS: -O2 -Wall
// #include "decoder.h"
// #include <malloc.h>
import "C"

import (
	"unsafe"

	"zhihui/models"
)

// MaxSide bounds the width and height that a picture is scaled to, in pixels.
const MaxSide = 4096

// lookedLasts is for how many rests on end the picture of the last Look is kept.
const lookedLasts = 16

// Decoder holds one camera's decoder and its newest picture: some 2 MB for 640×360, nearly nothing while it rests. It is
// used by one goroutine at a time.
type Decoder struct {
	c     *C.zv_decoder
	key   []byte // while it rests, or holds no more than a picture: the unit that brings it back
	rests int    // since the last Look
}

// Open returns a Decoder for the codec; an Invalid or Unavailable error says why there is none.
func Open(codec models.Codec) (*Decoder, error) {
	if codec != models.H264 && codec != models.H265 {
		return nil, models.FieldError("codec", "is %.16q, only h264 and h265 are decoded", codec)
	}
	h265 := C.int(0)
	if codec == models.H265 {
		h265 = 1
	}
	c := C.zv_open(h265)
	if c == nil {
		return nil, models.Errorf(models.Unavailable, "libavcodec gave no decoder for %s: out of memory, or built without it", codec)
	}
	return &Decoder{c: c}, nil
}

// Roughly has the edges between blocks left as they are coded, which saves a tenth of the time: for key units that nothing
// builds on and no person sees. To be called before the first unit.
func (d *Decoder) Roughly() { C.zv_rough(d.c) }

// Close frees the decoder and its picture. It may be called again.
func (d *Decoder) Close() {
	C.zv_close(d.c)
	d.c = nil
}

// Decode feeds one access unit in Annex-B form and tells whether a new picture came out; key says that the unit needs none
// before it. After an error the decoder is empty and wants a key unit; the newest picture is still the last whole one.
func (d *Decoder) Decode(unit []byte, key bool) (bool, error) {
	if len(unit) == 0 {
		return false, models.FieldError("unit", "is empty")
	}
	rested := d.key
	n := -1
	if key {
		n = d.show(unit)
	} else if n = d.resume(); n >= 0 {
		n = d.decode(unit)
	}
	if n >= 0 {
		return n == 1, nil
	}
	if d.key = nil; key && rested != nil {
		d.Rest(rested)
	}
	return false, models.Errorf(models.Invalid, "the decoder refused a unit of %d bytes: it is damaged, or follows a picture that was lost", len(unit))
}

// show decodes a key unit and has its picture at once: with B pictures it would wait for the units after it, which may never
// be decoded. It is decoded again before one is.
func (d *Decoder) show(key []byte) int {
	d.key = nil
	n := d.decode(key)
	if n == 0 {
		d.key, n = key, int(C.zv_drain(d.c))
	}
	return n
}

// resume makes a decoder that rests ready for the unit after its key unit.
func (d *Decoder) resume() int {
	key := d.key
	if d.key = nil; key == nil {
		return 0
	}
	return d.decode(key)
}

func (d *Decoder) decode(unit []byte) int {
	return int(C.zv_decode(d.c, (*C.uint8_t)(unsafe.SliceData(unit)), C.int(len(unit))))
}

// Rest frees all that the decoder holds but the picture of the last Look, and that too once it has rested often. unit, which
// the decoder keeps, is the key unit that was decoded last: it brings the newest picture back when that is needed.
func (d *Decoder) Rest(unit []byte) {
	C.zv_rest(d.c)
	d.key = unit
	if d.rests++; d.rests == lookedLasts {
		C.zv_unlook(d.c)
	}
}

// Trim gives the memory that decoders have freed back to the machine. It takes some milliseconds.
func Trim() { C.malloc_trim(0) }

// Wake brings the newest picture of a decoder that rests back, at the price of decoding it again.
func (d *Decoder) Wake() error {
	if w, _ := d.Size(); w == 0 && d.key != nil && d.show(d.key) < 0 {
		return models.Errorf(models.Unavailable, "the decoder does not take up again what it decoded before")
	}
	return nil
}

// Size returns the newest picture's width and height in pixels, 0, 0 while there is none or the decoder rests.
func (d *Decoder) Size() (w, h int) { return int(C.zv_width(d.c)), int(C.zv_height(d.c)) }

// Gray writes the newest picture, scaled to w×h, to dst: one byte a pixel, w·h bytes.
func (d *Decoder) Gray(dst []byte, w, h int) error { return d.scale(0, 1, dst, w, w, h) }

// BGR writes the newest picture, scaled to w×h, to dst: three bytes a pixel, rows stride bytes apart.
func (d *Decoder) BGR(dst []byte, stride, w, h int) error { return d.scale(0, 0, dst, stride, w, h) }

// Look keeps the newest picture for Looked, without copying it; an Unavailable error means that there is none.
func (d *Decoder) Look() error {
	if C.zv_look(d.c) < 0 {
		return models.Errorf(models.Unavailable, "there is no picture to look at")
	}
	d.rests = 0
	return nil
}

// Looked writes the picture of the last Look, else the newest, as BGR does.
func (d *Decoder) Looked(dst []byte, stride, w, h int) error { return d.scale(1, 0, dst, stride, w, h) }

func (d *Decoder) scale(looked, gray C.int, dst []byte, stride, w, h int) error {
	row := 3 * w
	if gray == 1 {
		row = w
	}
	if w < 1 || h < 1 || w > MaxSide || h > MaxSide || stride < row || stride > 3*MaxSide || len(dst) < stride*(h-1)+row {
		return models.FieldError("size", "%d×%d with rows of %d bytes does not fit in %d bytes", w, h, stride, len(dst))
	}
	if C.zv_scale(d.c, looked, gray, C.int(w), C.int(h), (*C.uint8_t)(unsafe.SliceData(dst)), C.int(stride)) < 0 {
		return models.Errorf(models.Unavailable, "there is no picture to scale to %d×%d", w, h)
	}
	return nil
}
