package rules

import (
	"slices"

	"zhihui/models"
)

// ForCamera returns the camera's rules and those that every camera has without being told: offline, refused credentials and
// each condition, and what a camera reports by itself where the site listens to that. A rule of the same kind in the site's own
// words takes their place.
func ForCamera(c models.Camera) []models.Rule {
	all := c.Rules
	for _, k := range append([]models.EventKind{models.CameraWentOffline, models.CameraAuth}, conditions()...) {
		all = imply(all, models.Rule{Kind: k})
	}
	if c.Alarms {
		for _, k := range reportedBy() {
			all = imply(all, models.Rule{Kind: k, By: models.ByCamera})
		}
	}
	return all
}

// conditions are what can be wrong with a camera beside its state.
func conditions() []models.EventKind {
	return []models.EventKind{models.CameraNoKeyframes, models.CameraLowRate, models.CameraLoss, models.CameraFrozen,
		models.CameraBlack, models.CameraCovered, models.CameraBlurred, models.CameraMoved, models.CameraClockSkew}
}

// ForSensor returns the sensor's rules and, where it has a StaleAfter, the one about its silence.
func ForSensor(s models.Sensor) []models.Rule {
	all := slices.Clone(s.Rules)
	if s.StaleAfter > 0 {
		all = imply(all, models.Rule{Kind: models.SensorWentStale})
	}
	for i := range all {
		if all[i].Kind == models.SensorWentStale && all[i].Dwell == 0 {
			all[i].Dwell = s.StaleAfter
		}
	}
	return all
}

func imply(rules []models.Rule, r models.Rule) []models.Rule {
	same := func(o models.Rule) bool { return o.Kind == r.Kind && o.By == r.By }
	if slices.ContainsFunc(rules, same) {
		return rules
	}
	return append(slices.Clip(rules), r)
}
