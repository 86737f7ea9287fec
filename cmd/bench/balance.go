package main

import (
	"fmt"
	"time"
)

// parts are zhihui itself, and its pixel workers.
func (h *hall) parts() []part {
	return []part{
		{"zhihui", func() (time.Duration, error) { return itself(h.pid) }},
		{"zhihui-vision", func() (time.Duration, error) { return offspring(h.pid) }},
	}
}

// balance stops the simulator, lets zhihui take what is on its way, and compares, camera by camera: before is what a camera
// had sent before zhihui came. The simulator goes first, because a unit on its way to a reader that leaves is nobody's loss.
func (d *bed) balance(sim *process, h *hall, before map[string]int64) (sent, accepted, lost int64, err error) {
	if err := sim.stop(); err != nil {
		return 0, 0, 0, err
	}
	r, err := d.report()
	if err != nil {
		return 0, 0, 0, err
	}
	total, each, err := h.drained(d.ctx)
	if err != nil {
		return 0, 0, 0, err
	}
	for id, n := range r.sent() {
		n -= before[id]
		if each[id] > n {
			return 0, 0, 0, fmt.Errorf("camera %s has sent %d units and zhihui counts %d", id, n, each[id])
		}
		if missed := n - each[id]; missed > 0 {
			d.note("camera %s: %d of %d units are lost", id, missed, n)
			lost += missed
		}
		sent += n
		accepted += each[id]
	}
	if accepted != total {
		return 0, 0, 0, fmt.Errorf("zhihui counts %d units in all, %d by camera", total, accepted)
	}
	return sent, accepted, lost, nil
}
