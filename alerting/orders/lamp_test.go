package orders

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestLampAt(t *testing.T) {
	o := deadline(models.WorkOrder{CreatedAt: t0, State: models.OrderInProgress}, time.Second, 750*time.Millisecond)
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
	o := deadline(models.WorkOrder{CreatedAt: t0, State: models.OrderInProgress, Lamp: models.LampRed}, time.Second, 750*time.Millisecond)
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
