package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// flatness tells whether zhihui grows: figures at the beginning and at the end of what was measured.
type flatness struct {
	GoroutinesFirst  float64 `json:"goroutines_first"`
	GoroutinesLast   float64 `json:"goroutines_last"`
	DescriptorsFirst float64 `json:"descriptors_first"`
	DescriptorsLast  float64 `json:"descriptors_last"`
}

func (f *flatness) table(w io.Writer) {
	row(w, "goroutines (first, last)", fmt.Sprintf("%.0f %.0f", f.GoroutinesFirst, f.GoroutinesLast))
	row(w, "descriptors (first, last)", fmt.Sprintf("%.0f %.0f", f.DescriptorsFirst, f.DescriptorsLast))
}

// ruler follows what must not grow.
type ruler struct {
	ctx                                   context.Context
	hall                                  *hall
	main, vision, goroutines, descriptors trace // memory in megabytes
}

// sample takes a sample of everything.
func (r *ruler) sample() error {
	m, err := r.hall.metrics(r.ctx)
	if err != nil {
		return err
	}
	r.goroutines.add(m[goroutines])
	open, err := descriptors(r.hall.pid)
	if errors.Is(err, fs.ErrPermission) { // zhihui keeps its memory private, so that root alone may look
		open, err = m["process_open_fds"], nil
	}
	if err != nil {
		return err
	}
	r.descriptors.add(open)
	mb, err := anonymous(r.hall.pid)
	if err != nil {
		return err
	}
	r.main.add(mb)
	workers, err := children(r.hall.pid)
	if err != nil {
		return err
	}
	sum := 0.0
	for _, id := range workers {
		if mb, err := anonymous(id); err == nil { // it may just have ended
			sum += mb
		}
	}
	r.vision.add(sum)
	return nil
}

func (r *ruler) flatness() flatness {
	return flatness{r.goroutines.first(), r.goroutines.last(), r.descriptors.first(), r.descriptors.last()}
}
