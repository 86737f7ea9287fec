package alerting

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
)

// desk drives one alert by two people, its events and the work on its order.
type desk struct {
	h       hall
	area    string
	last    models.Alert
	events  int
	decided int // how often somebody won
}

func (d *desk) now(t require.TestingT) models.Alert {
	all := d.h.alerts(t, d.area)
	require.Len(t, all, 1)
	return all[0]
}

func (d *desk) decide(t *rapid.T) {
	by := rapid.SampledFrom([]models.User{operator, dispatcher}).Draw(t, "by")
	what := rapid.SampledFrom([]decision{acknowledge, confirm, reject, order}).Draw(t, "decision")
	ctx, err := context.Background(), error(nil)
	switch what {
	case acknowledge:
		_, err = d.h.Acknowledge(ctx, d.last.ID, by, "")
	case confirm:
		_, err = d.h.Confirm(ctx, d.last.ID, by, "")
	case reject:
		_, err = d.h.Reject(ctx, d.last.ID, by, "雨")
	case order:
		_, err = d.h.MakeOrder(ctx, d.last.ID, by, "")
	}
	if err != nil {
		require.Equal(t, models.Conflict, models.CodeOf(err), err)
		require.Equal(t, d.last, d.now(t), "who comes second changes nothing")
		return
	}
	d.decided++
}

// tell lets the one event go on, or end.
func (d *desk) tell(t *rapid.T) {
	if d.now(t).OpenEvents == 0 {
		return // what comes now would be another alert
	}
	d.events++
	e := event(d.area+"-e", func(e *models.Event) { e.Area = d.area }, source(d.area), revision(int64(d.events)),
		severity(rapid.SampledFrom([]models.Severity{models.Blue, models.Orange, models.Red}).Draw(t, "severity")))
	if rapid.IntRange(0, 4).Draw(t, "ends") == 0 {
		closedAt(t0 + 9)(&e)
	}
	d.h.handle(t, e)
}

// work ends the order, so that another can be made.
func (d *desk) work(t *rapid.T) {
	if a := d.now(t); a.Order != "" {
		_, err := d.h.engine.Do(context.Background(), a.Order, models.ActCancel, dispatcher, "重复", "")
		require.Contains(t, []models.Code{"", models.Conflict}, models.CodeOf(err))
	}
}

// check holds what is true of every alert, whoever decides what in whatever order.
func (d *desk) check(t *rapid.T) {
	a, was := d.now(t), d.last
	d.last = a
	require.False(t, !was.State.Live() && a.State != was.State, "%s became %s", was.State, a.State)
	require.False(t, was.State == models.AlertAcknowledged && a.State == models.AlertOpen)
	if was.AcknowledgedBy != "" {
		require.Equal(t, was.AcknowledgedBy, a.AcknowledgedBy, "the first answer stays the first")
	}
	require.Equal(t, a.AcknowledgedBy == "", a.AcknowledgedAt.IsZero())
	require.Equal(t, a.ConfirmedBy == "", a.ConfirmedAt.IsZero())
	if a.ConfirmedBy != "" {
		require.NotEmpty(t, a.AcknowledgedBy)
		require.NotContains(t, []models.AlertState{models.AlertOpen, models.AlertRejected}, a.State)
	}
	open := 0
	for _, o := range d.h.orderList(t, d.area) {
		require.Equal(t, a.ID, o.Alert)
		if !o.State.Done() {
			open++
			require.Equal(t, a.Order, o.ID, "the alert names the order that people work on")
		}
	}
	require.LessOrEqual(t, open, 1)
	rows, err := d.h.st.LedgerOf(context.Background(), a.ID)
	require.NoError(t, err)
	require.Len(t, rows, d.decided, "each decision is one row, each refusal none")
}

func TestWhoeverDecidesWhatTheAlertStaysSound(t *testing.T) {
	h, runs := newHall(t), 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		d := &desk{h: h, area: fmt.Sprintf("desk-%d", runs), events: 1}
		h.handle(rt, event(d.area+"-e", func(e *models.Event) { e.Area = d.area }, source(d.area), severity(models.Blue)))
		d.last = d.now(rt)
		rt.Repeat(map[string]func(*rapid.T){"": d.check, "decide": d.decide, "tell": d.tell, "work": d.work})
	})
}
