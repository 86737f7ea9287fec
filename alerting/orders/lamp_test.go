package orders

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestLampAt(t *testing.T) {
	o := models.WorkOrder{DueAt: t0 + 1000, YellowAt: t0 + 750, State: models.OrderInProgress}
	for _, c := range []struct {
		after models.Time
		want  models.Lamp
	}{
		{-1 << 30, models.LampGreen}, {0, models.LampGreen}, {749, models.LampGreen}, {750, models.LampYellow},
		{999, models.LampYellow}, {1000, models.LampRed}, {7 * 24 * 3600_000, models.LampRed},
	} {
		require.Equal(t, c.want, LampAt(o, t0+c.after), c.after)
	}
	for _, s := range []models.OrderState{models.OrderOnHold, models.OrderClosed, models.OrderCancelled} {
		o.State, o.Lamp = s, models.LampYellow
		require.Equal(t, models.LampYellow, LampAt(o, t0+1<<30), s)
	}
}

func TestALampOnlyTurnsForTheWorse(t *testing.T) {
	o := models.WorkOrder{DueAt: t0 + 1000, YellowAt: t0 + 750, State: models.OrderInProgress, Lamp: models.LampRed}
	_, turned := lampTurned(o, t0)
	require.False(t, turned, "the clock was set back")
	o.Lamp = models.LampGreen
	to, turned := lampTurned(o, t0+7*24*3600_000)
	require.True(t, turned)
	require.Equal(t, models.LampRed, to, "a week off: red at once, yellow is skipped")
}

func TestAHoldMovesNothingWhenTheClockWasSetBack(t *testing.T) {
	o := models.WorkOrder{DueAt: t0 + 100, YellowAt: t0 + 75}
	require.Equal(t, o, resumed(o, t0+50, t0))
}

func TestRaised(t *testing.T) {
	o := at(models.OrderInProgress)
	o.YellowAt, o.DueAt = t0+6000, t0+8000
	up, err := raised(o, models.Red, t0+1000, 2*time.Second, time.Second)
	require.NoError(t, err)
	require.Equal(t, models.Red, up.Severity)
	require.Equal(t, [2]models.Time{t0 + 2000, t0 + 3000}, [2]models.Time{up.YellowAt, up.DueAt})

	late, err := raised(o, models.Red, t0+7000, 2*time.Second, time.Second)
	require.NoError(t, err)
	require.Equal(t, [2]models.Time{o.YellowAt, o.DueAt}, [2]models.Time{late.YellowAt, late.DueAt}, "never later than it was")

	o.State = models.OrderOnHold // since t0
	up, err = raised(o, models.Red, t0+1000, 2*time.Second, time.Second)
	require.NoError(t, err)
	require.Equal(t, t0+5000+2000, resumed(up, t0, t0+5000).DueAt, "two seconds from the resume")

	o.Steps = nil
	_, err = raised(o, models.Red, t0, time.Second, time.Second)
	require.Error(t, err)
}
