package detect

import (
	"slices"
	"time"
)

// standing is how far a camera is trusted not to end its worker.
type standing uint8

// The standings. A worker's death has one name, that of the camera whose unit it was looking at: that camera becomes
// suspect and is looked at by a worker of its own, where it can hurt nobody else, until it has come through its
// probation. The third death in an hour puts it in quarantine, from which it returns to probation.
const (
	trusted standing = iota
	underSuspicion
	onProbation
	inQuarantine
)

const (
	deathsToQuarantine = 3
	deathsRemembered   = time.Hour
)

// record is what is held against a camera.
type record struct {
	standing standing
	deaths   []time.Time // of workers, oldest first; fewer than deathsToQuarantine after forgetting
	until    time.Time   // when probation or quarantine ends
}

// blame notes a worker's death.
func (r *record) blame(now time.Time, quarantine time.Duration) {
	r.deaths = slices.DeleteFunc(r.deaths, func(t time.Time) bool { return now.Sub(t) >= deathsRemembered })
	r.deaths = append(r.deaths, now)
	r.standing = underSuspicion
	if n := len(r.deaths); n >= deathsToQuarantine {
		r.deaths = r.deaths[n-deathsToQuarantine:]
		r.standing, r.until = inQuarantine, now.Add(quarantine)
	}
}

// begin notes that the camera got a worker of its own.
func (r *record) begin(now time.Time, probation time.Duration) {
	r.standing, r.until = onProbation, now.Add(probation)
}

// elapse does what time alone brings about; it tells whether the standing changed.
func (r *record) elapse(now time.Time) bool {
	switch {
	case now.Before(r.until):
		return false
	case r.standing == onProbation:
		r.standing = trusted
	case r.standing == inQuarantine:
		r.standing = underSuspicion
	default:
		return false
	}
	return true
}
