package rules

import (
	"fmt"
	"strings"
	"time"

	"zhihui/models"
)

// reportedBy are the kinds that a camera can find by itself.
func reportedBy() []models.EventKind {
	return []models.EventKind{models.Intrusion, models.LineCrossing, models.Loitering}
}

func reportedKinds() string {
	return strings.Trim(fmt.Sprint(reportedBy()), "[]")
}

// kindBy is the table of kinds for who judges the rule: we, or the camera itself. That one has dwelt on it already; it opens and
// ends its alarms by turns while people walk about, so they close late.
func kindBy(r models.Rule) (kind, bool) {
	if r.By != models.ByCamera {
		return kindOf(r.Kind)
	}
	switch r.Kind {
	case models.Intrusion:
		return kind{subject: OfAlarm, severity: models.Orange, closeDelay: 3 * time.Second, judge: reported}, true
	case models.LineCrossing:
		return kind{subject: OfAlarm, severity: models.Yellow, closeDelay: time.Second, judge: reported}, true
	case models.Loitering:
		return kind{subject: OfAlarm, severity: models.Yellow, closeDelay: 5 * time.Second, judge: reported}, true
	}
	return kind{}, false
}

// checkBy refuses a judge that there is not, and a kind of which the one that is named knows nothing.
func checkBy(r models.Rule) error {
	_, theirs := kindBy(models.Rule{Kind: r.Kind, By: models.ByCamera})
	_, ours := kindOf(r.Kind)
	switch {
	case r.By != "" && r.By != models.ByCamera:
		return models.FieldError("by", "%.64q judges nothing, leave by out, or write camera for what the camera reports by itself", r.By)
	case r.By == "" && theirs && !ours:
		return models.FieldError("by", "this version knows %s only as what the camera reports by itself: write by: camera", r.Kind)
	case r.By != "" && !theirs:
		return models.FieldError("by", "a camera reports no %.64s by itself, only %s: leave by out", r.Kind, reportedKinds())
	}
	return nil
}

// reported holds while the camera itself reports an alarm of the rule's kind. The facts are of the one that holds longest.
func reported(r Rule, in Input) Verdict {
	for _, a := range in.Alarms {
		if a.Kind == r.Kind {
			return Verdict{Holds: true, Reason: Reported, Facts: models.Facts{By: models.ByCamera, Zone: a.Name, Label: a.Label}}
		}
	}
	return Verdict{Reason: NotReported}
}
