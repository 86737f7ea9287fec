package rules

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"zhihui/models"
)

// Check tells what is wrong with a rule of a camera (with these zones) or of a sensor: the first fault as a
// models.FieldError whose field is the rule's own ("zone", "hours" …), nil when the rule can run.
func Check(rule models.Rule, zones map[string]models.Polygon, ofSensor bool) error {
	if err := checkBy(rule); err != nil {
		return err
	}
	k, ok := kindBy(rule)
	switch {
	case !ok:
		return models.FieldError("kind", "there is no rule of the kind %.64q, use one of: %s", rule.Kind, kinds(ofSensor))
	case (k.subject == OfReading) != ofSensor:
		return models.FieldError("kind", "%s does not fit here, use one of: %s", rule.Kind, kinds(ofSensor))
	case rule.ID != "" && !models.ValidID(rule.ID):
		return models.FieldError("id", "%.64q is no identifier, use letters, digits, dot, dash and underscore", rule.ID)
	case rule.Severity != "" && !rule.Severity.Valid():
		return models.FieldError("severity", "%.64q is no severity, use blue, yellow, orange or red", rule.Severity)
	}
	for _, check := range []func(models.Rule, kind) error{checkTimes, checkPicture, checkThreshold, checkRate, checkExpression} {
		if err := check(rule, k); err != nil {
			return err
		}
	}
	return checkZone(rule, zones)
}

// CheckAll checks all rules of one camera or sensor, and that no two share a key. It joins the faults; their fields are
// such as "rules[2].zone".
func CheckAll(rules []models.Rule, zones map[string]models.Polygon, ofSensor bool) error {
	var faults []error
	seen := map[string]int{}
	for i, r := range rules {
		var fault *models.Error
		if errors.As(Check(r, zones, ofSensor), &fault) {
			faults = append(faults, models.FieldError(fmt.Sprintf("rules[%d].%s", i, fault.Field), "%s", fault.Message))
		}
		if first, dup := seen[r.Key()]; dup {
			faults = append(faults, models.FieldError(fmt.Sprintf("rules[%d].id", i),
				"is called %q as rules[%d] is, give each rule its own id", r.Key(), first))
			continue
		}
		seen[r.Key()] = i
	}
	return errors.Join(faults...)
}

const longest = models.Duration(24 * time.Hour)

func checkTimes(r models.Rule, _ kind) error {
	switch {
	case r.Dwell < 0 || r.Dwell > longest:
		return models.FieldError("dwell", "%s is out of range, use 0s to 24h", r.Dwell)
	case r.Cooldown < 0 || r.Cooldown > longest:
		return models.FieldError("cooldown", "%s is out of range, use 0s to 24h", r.Cooldown)
	}
	_, err := parseHours(r.Hours, time.UTC)
	return err
}

// checkPicture refuses what only rules on pictures understand, so that nobody relies on a field that does nothing.
func checkPicture(r models.Rule, k kind) error {
	switch {
	case k.subject == OfAlarm && (r.Zone != "" || r.MinSize != 0 || r.Line != "" || r.Direction != ""):
		return models.FieldError("zone", "what a camera reports by itself is about its own zones and lines, leave zone, line, direction and min_size out")
	case r.Line != "" || r.Direction != "":
		return models.FieldError("line", "%s watches no line, leave line and direction out", r.Kind)
	case k.subject != OfTracks && (r.Zone != "" || r.MinSize != 0):
		return models.FieldError("zone", "%s is not about a part of the picture, leave zone and min_size out", r.Kind)
	case !k.counts && r.Count != 0:
		return models.FieldError("count", "%s counts nothing, leave count out", r.Kind)
	case r.Count < 0 || r.Count > 1000:
		return models.FieldError("count", "%d is out of range, use 1 to 1000", r.Count)
	case !(r.MinSize >= 0 && r.MinSize < 1):
		return models.FieldError("min_size", "%g is out of range, give a fraction of the picture's height from 0 to below 1", r.MinSize)
	}
	return nil
}

func checkThreshold(r models.Rule, k kind) error {
	limits := r.Above != nil || r.Below != nil || r.Clear != nil
	switch {
	case !k.limits && limits:
		return models.FieldError("above", "%s has no limit, leave above, below and clear out", r.Kind)
	case !k.limits:
		return nil
	case r.Above == nil && r.Below == nil:
		return models.FieldError("above", "a %s needs a limit, give above or below", r.Kind)
	case !finite(r.Above) || !finite(r.Below) || !finite(r.Clear):
		return models.FieldError("above", "a limit must be a finite number")
	case r.Above != nil && r.Below != nil && (*r.Above <= *r.Below || r.Clear != nil):
		return models.FieldError("above", "with both limits, above must be the greater one and clear is left out")
	case r.Clear != nil && (r.Above != nil && *r.Clear > *r.Above || r.Below != nil && *r.Clear < *r.Below):
		return models.FieldError("clear", "%g lies on the alarm's side of the limit, it must lie on the quiet side", *r.Clear)
	}
	return nil
}

func finite(f *float64) bool { return f == nil || !math.IsNaN(*f) && !math.IsInf(*f, 0) }

func checkZone(r models.Rule, zones map[string]models.Polygon) error {
	zone, ok := zones[r.Zone]
	switch {
	case r.Zone == "":
		return nil
	case !ok && len(zones) == 0:
		return models.FieldError("zone", "there is no zone %.64q, this camera has none", r.Zone)
	case !ok:
		names := strings.Join(slices.Sorted(maps.Keys(zones)), ", ")
		return models.FieldError("zone", "there is no zone %.64q, this camera has: %.200s", r.Zone, names)
	case len(zone) < 3:
		return models.FieldError("zone", "zone %.64q has %d points, it needs at least 3", r.Zone, len(zone))
	}
	return nil
}

// kinds lists what rules a camera or a sensor can have.
func kinds(ofSensor bool) string {
	all := append([]models.EventKind{models.Intrusion, models.VehicleInZone, models.Crowd, models.CameraWentOffline,
		models.CameraAuth, models.SensorThreshold, models.SensorRate,
		models.SensorExpression, models.SensorWentStale}, conditions()...)
	var fit []string
	for _, e := range all {
		if k, _ := kindOf(e); (k.subject == OfReading) == ofSensor {
			fit = append(fit, string(e))
		}
	}
	list := strings.Join(fit, ", ")
	if !ofSensor {
		list += "; and by the camera itself (by: camera) " + reportedKinds()
	}
	return list
}
