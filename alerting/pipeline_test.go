package alerting

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhihui/alerting/notify"
	"zhihui/alerting/orders"
	"zhihui/models"
	"zhihui/models/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	operator   = models.User{Username: "wang", Role: models.Operator}
	dispatcher = models.User{Username: "zhao", Role: models.Dispatcher}
)

// hall is a pipeline on a real store, with one webhook so that messages are written.
type hall struct {
	*Pipeline
	st     *store.Store
	engine *orders.Engine
	ms     *atomic.Int64 // the clock
}

func newHall(t testing.TB) hall {
	t.Helper()
	ms := &atomic.Int64{}
	ms.Store(int64(t0))
	now := func() time.Time { return time.UnixMilli(ms.Load()).UTC() }
	cfg := store.DefaultConfig()
	cfg.Dir, cfg.Now = t.TempDir(), now
	log := slog.New(slog.DiscardHandler)
	st, err := store.Open(cfg, log)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	c := Default()
	c.Notify.Webhooks = []notify.Webhook{{Name: "duty", URL: "http://127.0.0.1:1/", Secret: "0123456789abcdef"}}
	require.NoError(t, c.Validate())
	engine := orders.New(c.FollowUp, st, c.Notify.Outbox(), now, log, prometheus.NewRegistry())
	return hall{New(c, st, engine, log, prometheus.NewRegistry()), st, engine, ms}
}

func (h hall) handle(t require.TestingT, events ...models.Event) {
	for _, e := range events {
		require.NoError(t, h.Handle(context.Background(), e))
	}
}

// alerts returns the alerts, newest first; of the one area when there is one.
func (h hall) alerts(t require.TestingT, area ...string) []models.Alert {
	list, _, err := h.st.In(store.Whole).Alerts(context.Background(), store.AlertFilter{Area: strings.Join(area, ""), Limit: store.MaxLimit})
	require.NoError(t, err)
	return list
}

func (h hall) orderList(t require.TestingT, area ...string) []models.WorkOrder {
	list, _, err := h.st.In(store.Whole).Orders(context.Background(), store.OrderFilter{Area: strings.Join(area, ""), Limit: store.MaxLimit})
	require.NoError(t, err)
	return list
}

func (h hall) said(t require.TestingT) []string {
	rows, err := h.st.ClaimNotifications(context.Background(), "webhook:duty", t0+1<<50, 0, store.MaxLimit)
	require.NoError(t, err)
	var what []string
	for _, r := range rows {
		var m notify.Message
		require.NoError(t, json.Unmarshal(r.Payload, &m))
		what = append(what, m.What)
	}
	return what
}

func TestFromEventToOrder(t *testing.T) {
	h, ctx := newHall(t), context.Background()
	h.handle(t, event("e1"), event("e1"), event("e2"), event("e1"))

	alerts := h.alerts(t)
	require.Len(t, alerts, 1)
	a := alerts[0]
	require.Equal(t, models.AlertOpen, a.State)
	require.Equal(t, 2, a.OpenEvents)
	require.Equal(t, "e2", a.Event)
	events, err := h.st.In(store.Whole).AlertEvents(ctx, a.ID)
	require.NoError(t, err)
	require.Len(t, events, 2)

	o, err := h.st.In(store.Whole).Order(ctx, a.Order)
	require.NoError(t, err)
	require.Equal(t, a.ID, o.Alert)
	require.Equal(t, t0.Add(2*time.Hour), o.DueAt)
	require.Equal(t, t0.Add(90*time.Minute), o.YellowAt)
	require.Equal(t, a.Why, o.Steps[0].Note)
	require.Len(t, h.orderList(t), 1)

	h.handle(t, event("e1", revision(2), closedAt(t0+9)), event("e2", revision(2), closedAt(t0+12)))
	a = h.alerts(t)[0]
	require.Equal(t, models.AlertResolved, a.State)
	require.Equal(t, t0+12, a.ResolvedAt)
	o, err = h.st.In(store.Whole).Order(ctx, a.Order)
	require.NoError(t, err)
	require.Equal(t, models.OrderReported, o.State, "an alert that is over leaves its order to people")

	h.handle(t, event("e3"))
	require.Len(t, h.alerts(t), 2, "a new situation is a new alert")
	require.Equal(t, []string{"order.reported", "alert.opened", "alert.resolved", "order.reported", "alert.opened"}, h.said(t))
	require.Equal(t, 2.0, testutil.ToFloat64(h.metrics.events.WithLabelValues("redelivered")))
}

func TestAnAlertThatGetsGraverGetsItsOrder(t *testing.T) {
	h := newHall(t)
	h.handle(t, event("e1", severity(models.Blue)))
	require.Empty(t, h.orderList(t))
	h.handle(t, event("e1", revision(2), severity(models.Red)))
	a := h.alerts(t)[0]
	require.Equal(t, models.Red, a.Severity)
	require.Equal(t, a.Order, h.orderList(t)[0].ID)
	require.Equal(t, []string{"alert.opened", "order.reported", "alert.raised"}, h.said(t))
}

func TestAnOrderKeepsUpWithItsAlert(t *testing.T) {
	h, ctx := newHall(t), context.Background()
	h.handle(t, event("e1", severity(models.Yellow)))
	h.ms.Add(time.Hour.Milliseconds())
	h.handle(t, event("e2", severity(models.Red)))
	o, err := h.st.In(store.Whole).Order(ctx, h.alerts(t)[0].Order)
	require.NoError(t, err)
	require.Equal(t, models.Red, o.Severity)
	require.Equal(t, t0.Add(90*time.Minute), o.DueAt, "red: 30 minutes from now, not 8 hours from its making")
	require.Len(t, o.Steps, 1)
	require.Equal(t, []string{"order.reported", "alert.opened", "order.raised", "alert.raised"}, h.said(t))

	_, err = h.engine.Do(ctx, o.ID, models.ActCancel, dispatcher, "重复", "")
	require.NoError(t, err)
	h.handle(t, event("e3", severity(models.Red)))
	require.Len(t, h.orderList(t), 1, "a person has ended it, and nothing got worse")
}

func TestAnAlertThatOutgrowsAnEndedOrderGetsAnother(t *testing.T) {
	h, ctx := newHall(t), context.Background()
	h.handle(t, event("e1", severity(models.Yellow)))
	first := h.alerts(t)[0].Order
	_, err := h.engine.Do(ctx, first, models.ActCancel, dispatcher, "不急", "")
	require.NoError(t, err)
	h.handle(t, event("e1", revision(2), severity(models.Red)))
	a := h.alerts(t)[0]
	require.NotEqual(t, first, a.Order)
	require.Len(t, h.orderList(t), 2)
	o, err := h.st.In(store.Whole).Order(ctx, a.Order)
	require.NoError(t, err)
	require.Equal(t, models.OrderReported, o.State)
	require.Equal(t, models.Red, o.Severity)
	o, err = h.st.In(store.Whole).Order(ctx, first)
	require.NoError(t, err)
	require.Equal(t, models.Yellow, o.Severity, "what is over is left as it was")
}

func TestAnInvalidEventLeavesNothingBehind(t *testing.T) {
	h, ctx := newHall(t), context.Background()
	h.handle(t, event("e1", revision(2), closedAt(t0+9)))
	for _, e := range []models.Event{
		event("e2", severity("purple")),
		event("e1", revision(3)), // opens again
		event("e1", revision(3), source("cam-2")),
	} {
		require.Equal(t, models.Invalid, models.CodeOf(h.Handle(ctx, e)))
	}
	require.Len(t, h.alerts(t), 1)
	stored, err := h.st.In(store.Whole).Event(ctx, "e1")
	require.NoError(t, err)
	require.Equal(t, int64(2), stored.Revision)
	require.Equal(t, 3.0, testutil.ToFloat64(h.metrics.events.WithLabelValues("invalid")))
}

func TestAnEventWithoutAnAlertGetsOne(t *testing.T) {
	h, ctx := newHall(t), context.Background()
	require.NoError(t, h.st.Write(ctx, func(tx *store.Tx) error { return tx.PutEvent(event("e1")) }))
	h.handle(t, event("e1", revision(2)))
	require.Equal(t, 1, h.alerts(t)[0].OpenEvents)
	require.Len(t, h.orderList(t), 1)
}

func TestManyAtOnceMakeOneAlert(t *testing.T) {
	h, ctx := newHall(t), context.Background()
	var callers sync.WaitGroup
	for i := range 64 {
		callers.Go(func() {
			if err := h.Handle(ctx, event(fmt.Sprintf("e%d", i%8))); err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
	require.Len(t, h.alerts(t), 1)
	require.Equal(t, 8, h.alerts(t)[0].Events)
	require.Len(t, h.orderList(t), 1)
}

func TestAClosedStoreIsNotAnInvalidEvent(t *testing.T) {
	h := newHall(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	err := h.Handle(ctx, event("e1"))
	require.ErrorIs(t, err, context.Canceled)
	require.NotEqual(t, models.Invalid, models.CodeOf(err))
	require.Equal(t, 1.0, testutil.ToFloat64(h.metrics.events.WithLabelValues("failed")))
}
