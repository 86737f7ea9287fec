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

// balance is what has become of what cameras sent.
type balance struct{ sent, accepted, lost, redials int64 }

// balance stops the simulator, lets zhihui take what is on its way, and compares: before is what the simulator had reported
// before zhihui came. The simulator goes first, because a unit on its way to a reader that leaves is nobody's loss.
func (d *bed) balance(sim *process, h *hall, cameras []string, before report) (b balance, err error) {
	if err := sim.stop(); err != nil {
		return b, err
	}
	r, err := d.report()
	if err != nil {
		return b, err
	}
	total, each, err := h.drained(d.ctx)
	if err != nil {
		return b, err
	}
	sum := int64(0)
	for _, n := range each {
		sum += n
	}
	if sum != total {
		return b, fmt.Errorf("zhihui counts %d units in all, %d by camera", total, sum)
	}
	given, old := r.sent(), before.sent()
	for id := range given {
		given[id] -= old[id]
	}
	b.sent, b.accepted, b.lost, err = d.compare(cameras, given, each)
	b.redials = r.redials(cameras, before)
	return b, err
}

// compare counts, camera by camera, what was sent, accepted and lost.
func (d *bed) compare(cameras []string, given, taken map[string]int64) (sent, accepted, lost int64, err error) {
	for _, id := range cameras {
		missed := given[id] - taken[id]
		if missed < 0 {
			return 0, 0, 0, fmt.Errorf("camera %s has sent %d units and zhihui counts %d", id, given[id], taken[id])
		}
		if missed > 0 {
			d.note("camera %s: %d of %d units are lost", id, missed, given[id])
		}
		sent, accepted, lost = sent+given[id], accepted+taken[id], lost+missed
	}
	return sent, accepted, lost, nil
}
