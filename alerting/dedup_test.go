package alerting

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// story tells events to one alert, the way the pipeline does, and returns the alert and the last verdict.
func story(t *testing.T, a models.Alert, events ...models.Event) (models.Alert, verdict) {
	t.Helper()
	known := map[string]*models.Event{}
	var v verdict
	for i, e := range events {
		old, err := stale(known[e.ID], e)
		require.NoError(t, err)
		if old {
			v = redelivered
			continue
		}
		a, v = gather(a, known[e.ID], e, t0+models.Time(i))
		known[e.ID] = &e
	}
	return a, v
}

func TestGather(t *testing.T) {
	for name, c := range map[string]struct {
		events       []models.Event
		want         verdict
		state        models.AlertState
		events_, now int
		severity     models.Severity
	}{
		"first event":                  {[]models.Event{event("a")}, opened, models.AlertOpen, 1, 1, models.Orange},
		"first message is the closing": {[]models.Event{event("a", revision(3), closedAt(t0+9))}, opened, models.AlertResolved, 1, 0, models.Orange},
		"delivered twice":              {[]models.Event{event("a"), event("a")}, redelivered, models.AlertOpen, 1, 1, models.Orange},
		"opening after its closing":    {[]models.Event{event("a", revision(2), closedAt(t0+9)), event("a")}, redelivered, models.AlertResolved, 1, 0, models.Orange},
		"second event joins":           {[]models.Event{event("a"), event("b")}, joined, models.AlertOpen, 2, 2, models.Orange},
		"graver event raises":          {[]models.Event{event("a"), event("b", severity(models.Red))}, joined, models.AlertOpen, 2, 2, models.Red},
		"milder news does not lower":   {[]models.Event{event("a"), event("a", revision(2), severity(models.Blue))}, updated, models.AlertOpen, 1, 1, models.Orange},
		"one of two closes":            {[]models.Event{event("a"), event("b"), event("a", revision(2), closedAt(t0+9))}, updated, models.AlertOpen, 2, 1, models.Orange},
		"the last one closes": {[]models.Event{event("a"), event("b"), event("a", revision(2), closedAt(t0+9)), event("b", revision(2), closedAt(t0+9))},
			resolved, models.AlertResolved, 2, 0, models.Orange},
		"news after the closing": {[]models.Event{event("a"), event("a", revision(2), closedAt(t0+9)), event("a", revision(3), closedAt(t0+9), snapshot("late.jpg"))},
			updated, models.AlertResolved, 1, 0, models.Orange},
	} {
		t.Run(name, func(t *testing.T) {
			a, v := story(t, models.Alert{}, c.events...)
			require.Equal(t, c.want, v)
			require.Equal(t, c.state, a.State)
			require.Equal(t, c.events_, a.Events)
			require.Equal(t, c.now, a.OpenEvents)
			require.Equal(t, c.severity, a.Severity)
		})
	}
}

func TestGatherKeepsWhatPeopleDecided(t *testing.T) {
	for state, after := range map[models.AlertState]models.AlertState{
		models.AlertAcknowledged: models.AlertResolved,
		models.AlertShelved:      models.AlertResolved,
		models.AlertRejected:     models.AlertRejected,
	} {
		a, _ := story(t, models.Alert{}, event("a"))
		a.State = state
		prev := event("a")
		a, v := gather(a, &prev, event("a", revision(2), closedAt(t0+9)), t0+10)
		require.Equal(t, after, a.State, state)
		if after == models.AlertResolved {
			require.Equal(t, resolved, v)
			require.Equal(t, t0+9, a.ResolvedAt)
		}
	}
}

func TestGatherTellsTheNewestEvent(t *testing.T) {
	second := event("b", snapshot("b.jpg"))
	second.Why = "2 人在 yard"
	a, _ := story(t, models.Alert{}, event("a", snapshot("a.jpg")), second, event("a", revision(2), snapshot("old.jpg")))
	require.Equal(t, "b", a.Event)
	require.Equal(t, "b.jpg", a.Snapshot)
	require.Equal(t, "2 人在 yard", a.Why)
	require.Equal(t, t0, a.CapturedAt)

	silent := event("b", revision(2), closedAt(t0+9))
	silent.Why = ""
	a, _ = gather(a, &second, silent, t0+9)
	require.Equal(t, "2 人在 yard", a.Why, "an empty text takes none away")
	require.Equal(t, "b.jpg", a.Snapshot)
}

func TestStaleRefusesAnotherEventUnderTheSameID(t *testing.T) {
	first, closed := event("a"), event("a", revision(2), closedAt(t0+9))
	_, err := stale(&first, event("a", revision(2), source("cam-2")))
	require.Equal(t, models.Invalid, models.CodeOf(err))
	_, err = stale(&closed, event("a", revision(3)))
	require.Equal(t, models.Invalid, models.CodeOf(err), "a closed event opens again")
}
