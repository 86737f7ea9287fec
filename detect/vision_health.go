package detect

import (
	"slices"
	"strings"

	"zhihui/models"
)

// VisionHealth is how picture analysis is, for the health page.
type VisionHealth struct {
	Instances   int                 `json:"instances"` // that there should be
	Up          int                 `json:"up"`        // that answer
	Network     string              `json:"network"`   // that finds people and vehicles; "" = none
	Missing     []string            `json:"missing"`   // sentences on what cannot be done and why
	Probation   []string            `json:"probation"` // cameras that ended a worker and are looked at by one of their own
	Quarantined []QuarantinedCamera `json:"quarantined"`
}

// QuarantinedCamera is a camera that is not looked at because three workers ended while they looked at it.
type QuarantinedCamera struct {
	Camera string      `json:"camera"`
	Until  models.Time `json:"until"` // then it is tried again
}

// Health tells how picture analysis is now.
func (v *Vision) Health() VisionHealth {
	v.mu.Lock()
	defer v.mu.Unlock()
	h := VisionHealth{Instances: len(v.instances), Missing: []string{}, Probation: []string{}, Quarantined: []QuarantinedCamera{}}
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
	}
	for camera, w := range v.cameras {
		switch w.record.standing {
		case onProbation, underSuspicion:
			h.Probation = append(h.Probation, camera)
		case inQuarantine:
			h.Quarantined = append(h.Quarantined, QuarantinedCamera{camera, models.At(w.record.until)})
		}
	}
	slices.Sort(h.Missing)
	h.Missing = slices.Compact(h.Missing)
	slices.Sort(h.Probation)
	slices.SortFunc(h.Quarantined, func(a, b QuarantinedCamera) int { return strings.Compare(a.Camera, b.Camera) })
	return h
}
