package detect

import (
	"slices"
	"strings"

	"zhihui/models"
)

// Workers counts the pixel workers that are up.
func (v *Vision) Workers() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	n := 0
	for _, i := range v.instances {
		if i.hello != nil {
			n++
		}
	}
	return n
}

// Health tells how picture analysis is now.
func (v *Vision) Health() models.VisionHealth {
	v.mu.Lock()
	defer v.mu.Unlock()
	h := models.VisionHealth{Instances: len(v.instances), Missing: []string{}, Probation: []string{}, Quarantined: []models.QuarantinedCamera{}}
	for _, i := range v.instances {
		if i.hello == nil {
			if i.trouble != "" {
				h.Missing = append(h.Missing, i.trouble)
			}
			continue
		}
		h.Up++
		h.Network = i.hello.GetNetwork()
		h.Missing = append(h.Missing, i.hello.GetMissing()...)
		if !i.hello.GetGlances() {
			h.Missing = append(h.Missing, "pixel worker "+i.name+" "+noGlances)
		}
	}
	for camera, w := range v.cameras {
		switch w.record.standing {
		case onProbation, underSuspicion:
			h.Probation = append(h.Probation, camera)
		case inQuarantine:
			h.Quarantined = append(h.Quarantined, models.QuarantinedCamera{Camera: camera, Until: models.At(w.record.until)})
		}
	}
	slices.Sort(h.Missing)
	h.Missing = slices.Compact(h.Missing)
	slices.Sort(h.Probation)
	slices.SortFunc(h.Quarantined, func(a, b models.QuarantinedCamera) int { return strings.Compare(a.Camera, b.Camera) })
	return h
}
