package rules

import (
	"time"

	"zhihui/models"
)

// kind is what all rules of one kind have in common: where they apply, what a zero field stands for, how they judge.
type kind struct {
	ofSensor   bool
	pictures   bool // takes zone, min_size and hours
	counts     bool // takes count
	severity   models.Severity
	dwell      time.Duration
	gap        time.Duration
	closeDelay time.Duration
	count      int
	judge      func(Rule, Input) Verdict
}

// kindOf is the one table of kinds. A network misses a person now and then, so pictures bridge gaps; a sensor's word
// counts at once. A camera that is back for two seconds is back.
func kindOf(k models.EventKind) (kind, bool) {
	switch k {
	case models.Intrusion:
		return kind{pictures: true, severity: models.Orange, dwell: time.Second, gap: time.Second,
			closeDelay: 3 * time.Second, judge: intrusion}, true
	case models.Crowd:
		return kind{pictures: true, counts: true, severity: models.Orange, dwell: 5 * time.Second, gap: time.Second,
			closeDelay: 5 * time.Second, count: 5, judge: crowd}, true
	case models.VehicleInZone:
		return kind{pictures: true, severity: models.Yellow, dwell: 2 * time.Second, gap: time.Second,
			closeDelay: 3 * time.Second, judge: vehicleInZone}, true
	case models.CameraWentOffline:
		return kind{severity: models.Yellow, dwell: 3 * time.Second, closeDelay: 2 * time.Second, judge: cameraOffline}, true
	case models.CameraAuth:
		return kind{severity: models.Yellow, judge: cameraAuth}, true
	case models.SensorThreshold:
		return kind{ofSensor: true, severity: models.Orange, judge: sensorThreshold}, true
	case models.SensorWentStale:
		return kind{ofSensor: true, severity: models.Yellow, dwell: 5 * time.Minute, judge: sensorStale}, true
	}
	return kind{}, false
}

// fill returns the rule with the kind's defaults in its zero fields.
func (k kind) fill(r models.Rule) models.Rule {
	if r.Severity == "" {
		r.Severity = k.severity
	}
	if r.Dwell == 0 {
		r.Dwell = models.Duration(k.dwell)
	}
	if r.Count == 0 {
		r.Count = k.count
	}
	return r
}
