//go:build cgo

// Package cv looks at pixels with OpenCV and is the only importer of gocv. It runs inside zhihui-vision only: OpenCV's
// exceptions are not caught on the way to Go and end the process, so every size is checked before a call.
package cv

// #cgo pkg-config: opencv4
// #include "threads.h"
import "C"

// OneThread keeps OpenCV from starting a pool of threads. To be called once, before anything else of this package.
func OneThread() { C.zv_one_thread() }
