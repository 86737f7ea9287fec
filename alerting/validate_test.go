package alerting

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

const t0 = models.Time(1_780_000_000_000)

// event returns an open intrusion at its first revision, after the changes.
func event(id string, changes ...func(*models.Event)) models.Event {
	e := models.Event{
		ID: id, Kind: models.Intrusion, Severity: models.Orange, State: models.EventOpen, Area: "grid-1",
		Source: "cam-1", SourceType: models.FromCamera, Rule: "intrusion.yard", Why: "1 人在 yard 停留 3 秒",
		Facts: models.Facts{Count: 1, Zone: "yard"}, OpenedAt: t0, UpdatedAt: t0, CapturedAt: t0, Revision: 1,
	}
	for _, change := range changes {
		change(&e)
	}
	return e
}

func revision(n int64) func(*models.Event)           { return func(e *models.Event) { e.Revision = n } }
func severity(s models.Severity) func(*models.Event) { return func(e *models.Event) { e.Severity = s } }
func source(id string) func(*models.Event)           { return func(e *models.Event) { e.Source = id } }
func snapshot(name string) func(*models.Event)       { return func(e *models.Event) { e.Snapshot = name } }

func closedAt(t models.Time) func(*models.Event) {
	return func(e *models.Event) { e.State, e.ClosedAt = models.EventClosed, t }
}

func TestValidate(t *testing.T) {
	require.NoError(t, validate(event("e1")))
	require.NoError(t, validate(event("e1", closedAt(t0+5))))
	require.NoError(t, validate(event("e1", func(e *models.Event) {
		e.Kind, e.Source, e.SourceType = models.RecordingFailed, "recording", models.FromHall
	})))

	for field, breakIt := range map[string]func(*models.Event){
		"id":           func(e *models.Event) { e.ID = "" },
		"kind":         func(e *models.Event) { e.Kind = "intrusoin" },
		"severity":     func(e *models.Event) { e.Severity = "purple" },
		"source":       func(e *models.Event) { e.Source = strings.Repeat("c", 65) },
		"source_type":  func(e *models.Event) { e.SourceType = "person" },
		"area":         func(e *models.Event) { e.Area = "grid/1" },
		"rule":         func(e *models.Event) { e.Rule = "" },
		"revision":     func(e *models.Event) { e.Revision = 0 },
		"opened_at":    func(e *models.Event) { e.OpenedAt = 0 },
		"state":        func(e *models.Event) { e.State = "ajar" },
		"closed_at":    func(e *models.Event) { e.ClosedAt = t0 },
		"why":          func(e *models.Event) { e.Why = strings.Repeat("x", 1<<20) },
		"snapshot":     func(e *models.Event) { e.Snapshot = "\xff.jpg" },
		"facts.reason": func(e *models.Event) { e.Facts.Reason = strings.Repeat("x", 2001) },
		"facts":        func(e *models.Event) { e.Facts.Label = strings.Repeat("x", 257) },
		"facts.boxes":  func(e *models.Event) { e.Facts.Boxes = make([]models.Box, 257) },
		"facts.by":     func(e *models.Event) { e.Facts.By = "robot" },
		"facts.inputs": func(e *models.Event) { e.Facts.Inputs = map[string]float64{strings.Repeat("x", 65): 1} },
		"facts.expr":   func(e *models.Event) { e.Facts.Expr = strings.Repeat("x", 2001) },
	} {
		t.Run(field, func(t *testing.T) {
			var fault *models.Error
			require.ErrorAs(t, validate(event("e1", breakIt)), &fault)
			require.Equal(t, models.Invalid, fault.Code)
			require.Equal(t, field, fault.Field)
		})
	}
}

func FuzzValidate(f *testing.F) {
	f.Add("01J", "intrusion", "red", "cam-1", "intrusion.yard", "why", int64(1))
	f.Fuzz(func(t *testing.T, id, kind, sev, src, rule, why string, rev int64) {
		e := event(id, source(src), severity(models.Severity(sev)), revision(rev))
		e.Kind, e.Rule, e.Why = models.EventKind(kind), rule, why
		err := validate(e)
		var fault *models.Error
		if err != nil && !errors.As(err, &fault) {
			t.Fatalf("%v is no error of ours", err)
		}
		if err == nil && strings.Count(fingerprint(e), "/") < 2 {
			t.Fatalf("%q does not separate its parts", fingerprint(e))
		}
	})
}
