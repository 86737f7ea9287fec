package ingest

import (
	"slices"
	"time"

	"zhihui/models"
)

// Where most cameras agree how far ours is from the right time, it is ours that is wrong, or what has set them all: either
// way one fault, not one of each camera.
const (
	clocksLeast = 8               // that agree, to be no chance
	clocksApart = 2 * time.Second // and agree
	oursFrom    = 3 * time.Second // nearer is no matter
	msOf        = float64(time.Millisecond)
)

// Clocks are how far the clocks of most cameras are ahead of ours, where they agree, and how many do; 0 = they agree with
// ours, or not among each other.
func (h *Hub) Clocks() (ahead time.Duration, cameras int) {
	c := h.clocks.Load()
	if c == nil {
		return 0, 0
	}
	return c.ahead, c.cameras
}

// agreement is what most clocks say.
type agreement struct {
	ahead   time.Duration
	cameras int
}

// agree finds out whether our clock is wrong, and then tells of each camera how far it is from the others.
func (h *Hub) agree(all []models.StreamVital) {
	is := agreementOf(all)
	h.clocks.Store(&is)
	for i := range all {
		if off := all[i].OffsetMs; off != nil && is.ahead != 0 {
			*off -= float64(is.ahead) / msOf
		}
	}
}

func agreementOf(all []models.StreamVital) agreement {
	var told []time.Duration
	for _, v := range all {
		if v.OffsetMs != nil {
			told = append(told, time.Duration(*v.OffsetMs*msOf))
		}
	}
	if len(told) == 0 {
		return agreement{}
	}
	slices.Sort(told)
	is := agreement{ahead: told[len(told)/2]}
	for _, off := range told {
		if (off - is.ahead).Abs() <= clocksApart {
			is.cameras++
		}
	}
	if is.ahead.Abs() < oursFrom || is.cameras < clocksLeast || 2*is.cameras <= len(told) {
		return agreement{}
	}
	return is
}
