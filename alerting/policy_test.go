package alerting

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestDefaultPolicies(t *testing.T) {
	for _, c := range []struct {
		kind     models.EventKind
		severity models.Severity
		due      time.Duration // 0 = no order
	}{
		{models.Intrusion, models.Red, 30 * time.Minute},
		{models.Intrusion, models.Orange, 2 * time.Hour},
		{models.SensorThreshold, models.Yellow, 8 * time.Hour},
		{models.Crowd, models.Blue, 0},
		{models.CameraWentOffline, models.Blue, 24 * time.Hour},
		{models.CameraWentOffline, models.Red, 24 * time.Hour},
		{models.CameraFrozen, models.Yellow, 24 * time.Hour},
		{models.CameraCovered, models.Orange, 24 * time.Hour},
		{models.CameraClockSkew, models.Blue, 24 * time.Hour},
		{models.SensorWentStale, models.Yellow, 24 * time.Hour},
		{models.RecordingFailed, models.Orange, 24 * time.Hour},
	} {
		p, ok := policyFor(DefaultPolicies(), models.Alert{Kind: c.kind, Severity: c.severity})
		require.Equal(t, c.due > 0, ok, c)
		require.Equal(t, c.due, p.Due.Std(), c)
		require.Equal(t, c.due*3/4, p.yellow(), c)
	}
}

func TestFirstPolicyThatFitsDecides(t *testing.T) {
	policies := []Policy{
		{Kinds: []models.EventKind{models.Crowd}}, // no order, even when red
		{Severities: []models.Severity{models.Red}, Due: models.Duration(time.Hour), Yellow: 0.5},
		{Due: models.Duration(3 * time.Hour)},
	}
	_, ok := policyFor(policies, models.Alert{Kind: models.Crowd, Severity: models.Red})
	require.False(t, ok)
	p, ok := policyFor(policies, models.Alert{Kind: models.Intrusion, Severity: models.Red})
	require.True(t, ok)
	require.Equal(t, 30*time.Minute, p.yellow())
	p, ok = policyFor(policies, models.Alert{Kind: models.Intrusion, Severity: models.Blue})
	require.True(t, ok)
	require.Equal(t, 3*time.Hour, p.Due.Std())
	_, ok = policyFor(nil, models.Alert{Kind: models.Intrusion, Severity: models.Red})
	require.False(t, ok)
}

func TestOrderFor(t *testing.T) {
	red := models.Alert{Kind: models.Intrusion, Severity: models.Red, State: models.AlertOpen}
	orange := red
	orange.Severity = models.Orange
	for name, c := range map[string]struct {
		before models.Alert
		change func(*models.Alert)
		v      verdict
		done   bool
		want   demand
	}{
		"new":                       {models.Alert{}, func(a *models.Alert) {}, opened, false, openOrder},
		"over with its first words": {models.Alert{}, func(a *models.Alert) { a.State = models.AlertResolved }, opened, false, openOrder},
		"blue":                      {models.Alert{}, func(a *models.Alert) { a.Severity = models.Blue }, opened, false, noOrder},
		"graver, none yet":          {orange, func(a *models.Alert) {}, updated, false, openOrder},
		"graver, has one":           {orange, func(a *models.Alert) { a.Order = "o" }, joined, false, raiseOrder},
		"as before, has one":        {red, func(a *models.Alert) { a.Order = "o" }, joined, false, noOrder},
		"graver, its order done":    {orange, func(a *models.Alert) { a.Order = "o" }, joined, true, openOrder},
		"as before, its order done": {red, func(a *models.Alert) { a.Order = "o" }, joined, true, noOrder},
		"rejected":                  {orange, func(a *models.Alert) { a.State = models.AlertRejected }, updated, false, noOrder},
		"news after it was over":    {orange, func(a *models.Alert) { a.State = models.AlertResolved }, updated, false, noOrder},
	} {
		a := red
		c.change(&a)
		got, _ := orderFor(DefaultPolicies(), c.before, a, c.v, c.done)
		require.Equal(t, c.want, got, name)
	}
}

func TestPolicyValidate(t *testing.T) {
	for field, p := range map[string]Policy{
		"orders[0].kinds[1]":      {Kinds: []models.EventKind{models.Crowd, "crowed"}},
		"orders[0].severities[0]": {Severities: []models.Severity{"purple"}},
		"orders[0].due":           {Due: models.Duration(time.Millisecond)},
		"orders[0].yellow":        {Due: models.Duration(time.Hour), Yellow: 1},
	} {
		c := Default()
		c.Orders = []Policy{p}
		var fault *models.Error
		require.ErrorAs(t, c.Validate(), &fault)
		require.Equal(t, field, fault.Field)
	}
	require.NoError(t, Default().Validate())
}
