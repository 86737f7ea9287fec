package rules

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestStreamConditions(t *testing.T) {
	well := models.StreamVital{FPS: 10, UsualFPS: 10, KeyAgeMs: 2000, OffsetMs: number(80)}
	with := func(change func(*models.StreamVital)) models.StreamVital {
		v := well
		change(&v)
		return v
	}
	rate := func(fps, usual, loss float64) models.StreamVital {
		return with(func(v *models.StreamVital) { v.FPS, v.UsualFPS, v.LossPct = fps, usual, loss })
	}
	skew := func(ms float64) models.StreamVital { return with(func(v *models.StreamVital) { v.OffsetMs = &ms }) }
	lost := func(percent float64) models.StreamVital {
		return with(func(v *models.StreamVital) { v.LossPct = percent })
	}
	keys := func(ms int64) models.StreamVital { return with(func(v *models.StreamVital) { v.KeyAgeMs = ms }) }
	still := func(ms int64) models.StreamVital { return with(func(v *models.StreamVital) { v.StillMs = ms }) }
	for name, c := range map[string]struct {
		kind  models.EventKind
		vital models.StreamVital
		held  bool
		want  bool
		facts models.Facts
	}{
		"keys come":                  {models.CameraNoKeyframes, keys(30_000), true, false, models.Facts{}},
		"no keys":                    {models.CameraNoKeyframes, keys(31_200), false, true, models.Facts{Measured: 31, Limit: 30, Unit: "s", Reason: "above"}},
		"noise":                      {models.CameraFrozen, still(6000), false, false, models.Facts{}},
		"not even noise":             {models.CameraFrozen, still(7100), false, true, models.Facts{Measured: 7, Limit: 6, Unit: "s", Reason: "above"}},
		"the usual rate":             {models.CameraLowRate, well, false, false, models.Facts{}},
		"half the rate":              {models.CameraLowRate, rate(12.4, 25.1, 0), false, false, models.Facts{}}, // measured, of 12.5 and 25
		"less than half":             {models.CameraLowRate, rate(3.33, 10, 0), false, true, models.Facts{Measured: 3.3, Limit: 4.5, Unit: "fps", Reason: "below"}},
		"not yet what it was":        {models.CameraLowRate, rate(6, 10, 0), true, true, models.Facts{Measured: 6, Limit: 4.5, Unit: "fps", Reason: "below"}},
		"nearly what it was":         {models.CameraLowRate, rate(7, 10, 0), true, false, models.Facts{}},
		"nobody knows what is usual": {models.CameraLowRate, rate(1, 0, 0), false, false, models.Facts{}},
		"lost, not left out":         {models.CameraLowRate, rate(4, 10, 60), false, false, models.Facts{}},
		"all lost":                   {models.CameraLowRate, rate(0, 10, 100), false, true, models.Facts{Limit: 4.5, Unit: "fps", Reason: "below"}},
		"a little lost":              {models.CameraLoss, lost(5), false, false, models.Facts{}},
		"much lost":                  {models.CameraLoss, lost(16.7), false, true, models.Facts{Measured: 17, Limit: 5, Unit: "%", Reason: "above"}},
		"still lost":                 {models.CameraLoss, lost(3), true, true, models.Facts{Measured: 3, Limit: 5, Unit: "%", Reason: "above"}},
		"nearly nothing lost":        {models.CameraLoss, lost(2), true, false, models.Facts{}},
		"a clock that is right":      {models.CameraClockSkew, well, false, false, models.Facts{}},
		"no clock":                   {models.CameraClockSkew, models.StreamVital{}, true, false, models.Facts{}},
		"fast":                       {models.CameraClockSkew, skew(30_400), false, true, models.Facts{Measured: 30, Limit: 5, Unit: "s", Reason: "above"}},
		"slow":                       {models.CameraClockSkew, skew(-5100), false, true, models.Facts{Measured: -5, Limit: -5, Unit: "s", Reason: "below"}},
		"slow, by less than it was":  {models.CameraClockSkew, skew(-4000), true, true, models.Facts{Measured: -4, Limit: -5, Unit: "s", Reason: "below"}},
		"set":                        {models.CameraClockSkew, skew(3000), true, false, models.Facts{}},
	} {
		t.Run(name, func(t *testing.T) {
			rule := ready(t, models.Rule{Kind: c.kind})
			require.Equal(t, OfStream, rule.Subject)
			v := rule.Judge(time.Now(), Input{Status: models.CameraStatus{State: models.CameraOnline}, Stream: c.vital, Held: c.held})
			require.Equal(t, c.want, v.Holds)
			require.Equal(t, c.facts, v.Facts)
			require.Equal(t, map[bool]Reason{true: Unsound, false: Sound}[c.want], v.Reason)
		})
	}
}

// Of a camera that is away nothing is known but that; one that connects may be as unsound as it was.
func TestAConditionNeedsACameraThatPlays(t *testing.T) {
	lossy := models.StreamVital{LossPct: 20}
	for state, want := range map[models.CameraState]bool{
		models.CameraOnline: true, models.CameraDegraded: true, models.CameraConnecting: true,
		models.CameraOffline: false, models.CameraAuthRefused: false, models.CameraDisabled: false,
	} {
		v := ready(t, models.Rule{Kind: models.CameraLoss}).Judge(time.Now(), Input{Status: models.CameraStatus{State: state}, Stream: lossy, Held: true})
		require.Equal(t, want, v.Holds, state)
	}
}
