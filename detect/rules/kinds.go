package rules

import (
	"time"

	"zhihui/models"
)

// kind is what all rules of one kind have in common: where they apply, what a zero field stands for, how they judge.
type kind struct {
	subject    Subject // of OfTracks, takes zone and min_size
	counts     bool    // takes count
	limits     bool    // takes above, below and clear
	asks       bool    // takes expr
	severity   models.Severity
	window     time.Duration // 0 = takes none
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
		return kind{severity: models.Orange, dwell: time.Second, gap: time.Second,
			closeDelay: 3 * time.Second, judge: intrusion}, true
	case models.Crowd:
		return kind{counts: true, severity: models.Orange, dwell: 5 * time.Second, gap: time.Second,
			closeDelay: 5 * time.Second, count: 5, judge: crowd}, true
	case models.VehicleInZone:
		return kind{severity: models.Yellow, dwell: 2 * time.Second, gap: time.Second,
			closeDelay: 3 * time.Second, judge: vehicleInZone}, true
	case models.CameraWentOffline:
		return kind{subject: OfStatus, severity: models.Yellow, dwell: 3 * time.Second, closeDelay: 2 * time.Second, judge: cameraOffline}, true
	case models.CameraAuth:
		return kind{subject: OfStatus, severity: models.Yellow, judge: cameraAuth}, true
	case models.SensorThreshold:
		return kind{subject: OfReading, limits: true, severity: models.Orange, judge: sensorThreshold}, true
	case models.SensorRate:
		return kind{subject: OfReading, limits: true, window: 10 * time.Minute, severity: models.Orange, judge: sensorRate}, true
	case models.SensorExpression:
		return kind{subject: OfReading, asks: true, severity: models.Orange, judge: sensorExpression}, true
	case models.SensorWentStale:
		return kind{subject: OfReading, severity: models.Yellow, dwell: 5 * time.Minute, judge: sensorStale}, true
	}
	return conditionOf(k)
}

// conditionOf is the table of what can be wrong with a camera that plays. A stream is judged each second, over a window that
// smooths already, so dwells are short; a picture each 40 s, and each 10 s while it is in doubt: four looks must agree.
func conditionOf(k models.EventKind) (kind, bool) {
	switch k {
	case models.CameraNoKeyframes:
		return kind{subject: OfStream, severity: models.Yellow, closeDelay: models.KeyUnitsWithin + 5*time.Second, // else each late one ended an event
			judge: cameraNoKeyframes}, true
	case models.CameraLowRate:
		return kind{subject: OfStream, severity: models.Blue, dwell: 3 * time.Second, gap: time.Second,
			closeDelay: 5 * time.Second, judge: cameraLowRate}, true
	case models.CameraLoss:
		return kind{subject: OfStream, severity: models.Yellow, dwell: time.Second, closeDelay: 10 * time.Second, judge: cameraLoss}, true
	case models.CameraFrozen:
		return kind{subject: OfStream, severity: models.Yellow, closeDelay: stillFrom, judge: cameraFrozen}, true // after a greeting nobody knows before
	case models.CameraClockSkew:
		return kind{subject: OfStream, severity: models.Blue, dwell: time.Minute, gap: 5 * time.Second,
			closeDelay: 15 * time.Second, judge: cameraClockSkew}, true
	case models.CameraBlack:
		return kind{subject: OfPicture, severity: models.Yellow, dwell: 20 * time.Second, closeDelay: 5 * time.Second, judge: cameraBlack}, true
	case models.CameraCovered:
		return kind{subject: OfPicture, severity: models.Orange, dwell: 25 * time.Second, gap: 15 * time.Second,
			closeDelay: 5 * time.Second, judge: cameraCovered}, true
	case models.CameraBlurred:
		return kind{subject: OfPicture, severity: models.Yellow, dwell: 25 * time.Second, gap: 15 * time.Second,
			closeDelay: 5 * time.Second, judge: cameraBlurred}, true
	case models.CameraMoved:
		return kind{subject: OfPicture, severity: models.Yellow, dwell: 25 * time.Second, gap: 15 * time.Second,
			closeDelay: 5 * time.Second, judge: cameraMoved}, true
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
	if r.Window == 0 {
		r.Window = models.Duration(k.window)
	}
	return r
}
