package rules

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestWhatACameraReportsByItself(t *testing.T) {
	alarms := []models.Alarm{
		{Kind: models.Intrusion, Name: "yard", Label: "person"}, {Kind: models.Intrusion, Name: "roof"}, {Kind: models.LineCrossing, Name: "kerb"},
	}
	for name, c := range map[string]struct {
		kind   models.EventKind
		alarms []models.Alarm
		want   models.Facts
	}{
		"the one that holds longest": {models.Intrusion, alarms, models.Facts{By: "camera", Zone: "yard", Label: "person"}},
		"the one of its kind":        {models.LineCrossing, alarms, models.Facts{By: "camera", Zone: "kerb"}},
		"none of its kind":           {models.Loitering, alarms, models.Facts{}},
		"none":                       {models.Intrusion, nil, models.Facts{}},
	} {
		rule, err := New(models.Rule{Kind: c.kind, By: models.ByCamera}, nil, false, time.UTC)
		require.NoError(t, err, name)
		require.Equal(t, OfAlarm, rule.Subject)
		require.Zero(t, rule.Dwell, "the camera has dwelt on it")
		require.True(t, rule.Severity.Valid())
		v := rule.Judge(time.Now(), Input{Alarms: c.alarms})
		require.Equal(t, c.want, v.Facts, name)
		require.Equal(t, c.want.By != "", v.Holds, name)
	}
	night, err := New(models.Rule{Kind: models.Intrusion, By: models.ByCamera, Hours: "22:00-06:00"}, nil, false, time.UTC)
	require.NoError(t, err)
	require.Equal(t, OutsideHours, night.Judge(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC), Input{Alarms: alarms}).Reason)
}

// Pictures tell nothing to a rule that the camera judges, and the other way round.
func TestWhoSeesAnIntrusion(t *testing.T) {
	in := Input{Tracks: []models.Track{seen("person", 0.2, 0.5, 0.1, 0.3)}}
	theirs, err := New(models.Rule{Kind: models.Intrusion, By: models.ByCamera}, nil, false, time.UTC)
	require.NoError(t, err)
	require.Equal(t, NotReported, theirs.Judge(time.Now(), in).Reason)
	require.Equal(t, Empty, ready(t, models.Rule{Kind: models.Intrusion}).Judge(time.Now(), Input{Alarms: []models.Alarm{{Kind: models.Intrusion}}}).Reason)
}

func TestAlarmsOfACameraAreImplied(t *testing.T) {
	plain := len(ForCamera(models.Camera{}))
	c := models.Camera{Alarms: true, Rules: []models.Rule{{Kind: models.Intrusion}, {Kind: models.Loitering, By: models.ByCamera, Severity: models.Red}}}
	got := ForCamera(c)
	require.Len(t, got, plain+4, "ours of an intrusion is another rule")
	require.NoError(t, CheckAll(got, nil, false))
	var keys []string
	for _, r := range got {
		if r.By != "" {
			keys = append(keys, r.Key())
		}
	}
	require.Equal(t, []string{"camera.loitering", "camera.intrusion", "camera.line_crossing"}, keys)
}
