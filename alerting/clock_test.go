package alerting

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store"
)

// TestAClockThatIsSetByAnHour, back and forward: nothing is made twice, nothing is taken back, lists keep their order, and
// the message of a new alert does not wait for the clock. Lamps go by the wall clock, see orders.
func TestAClockThatIsSetByAnHour(t *testing.T) {
	h := newHall(t)
	h.handle(t, event("e1"))
	first := h.alerts(t)[0]
	for i, by := range []time.Duration{-time.Hour, time.Hour, time.Hour, -time.Hour} {
		h.ms.Add(by.Milliseconds())
		again := event("e1")
		h.handle(t, again) // delivered once more
		require.Len(t, h.alerts(t), 1+i, "nothing twice")
		e := event(fmt.Sprint("after-", i))
		e.Source = fmt.Sprint("camera-", i)
		h.handle(t, e)
		all := h.alerts(t)
		require.Len(t, all, 2+i)
		require.Equal(t, e.Source, all[0].Source, "the newest comes first, however the clock is set")
		orders := h.orderList(t)
		require.Equal(t, all[0].Order, orders[0].ID)
		got, err := h.st.ClaimNotifications(context.Background(), "webhook:duty", models.Time(h.ms.Load()), time.Hour, store.MaxLimit)
		require.NoError(t, err)
		require.NotEmpty(t, got, "a new message does not wait for the clock")
	}
	changes, err := h.st.AllChanges(t.Context(), 0, store.MaxLimit)
	require.NoError(t, err)
	for i, c := range changes[1:] {
		require.Greater(t, c.ID, changes[i].ID)
	}
	require.Equal(t, first.ID, h.alerts(t)[4].ID)
}
