package rules

import "zhihui/models"

// sensorStale holds while nothing comes: each reading ends the silence and begins the next. How much silence is too
// much is the rule's Dwell, by default the sensor's StaleAfter, else five minutes.
func sensorStale(_ Rule, in Input) Verdict {
	if !in.Silent {
		return Verdict{Reason: HasReading}
	}
	return Verdict{Holds: true, Facts: models.Facts{Label: in.Label}, Reason: NoReading}
}
