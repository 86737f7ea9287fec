package orders

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhihui/alerting/notify"
	"zhihui/models"
	"zhihui/models/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a clock that a test sets.
type clock struct{ ms atomic.Int64 }

func (c *clock) now() time.Time      { return time.UnixMilli(c.ms.Load()).UTC() }
func (c *clock) set(t models.Time)   { c.ms.Store(int64(t)) }
func (c *clock) add(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// hall is an engine on a real store, with one webhook so that messages are written.
type hall struct {
	*Engine
	st    *store.Store
	clock *clock
}

func newHall(t testing.TB, now func() time.Time) hall {
	t.Helper()
	c := &clock{}
	c.set(t0)
	if now == nil {
		now = c.now
	}
	cfg := store.DefaultConfig()
	cfg.Dir, cfg.Now = t.TempDir(), now
	st, err := store.Open(cfg, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	for _, u := range []models.User{
		{Username: "li", Name: "李", Role: models.GridWorker},
		{Username: "gone", Name: "Gone", Role: models.GridWorker, Disabled: true},
	} {
		require.NoError(t, st.PutUser(context.Background(), u, "test"))
	}
	out := notify.Config{Webhooks: []notify.Webhook{{Name: "duty"}}}.Outbox()
	return hall{New(DefaultFollowUp(), st, out, now, slog.New(slog.DiscardHandler), prometheus.NewRegistry()), st, c}
}

// report makes a yellow order that is due in an hour, yellow after 45 minutes.
func (h hall) report(t require.TestingT) string {
	a := models.Alert{ID: models.NewID(h.now()), Kind: models.Intrusion, Severity: models.Yellow, State: models.AlertOpen,
		Area: "grid-1", Source: "cam-1", Fingerprint: models.NewID(h.now()), Why: "有人进入", Order: models.NewID(h.now())}
	require.NoError(t, h.st.Write(context.Background(), func(tx *store.Tx) error {
		if err := tx.PutAlert(a); err != nil {
			return err
		}
		return h.Open(tx, a, time.Hour, 45*time.Minute)
	}))
	return a.Order
}

func (h hall) do(t require.TestingT, id string, act models.OrderAction, in input) models.WorkOrder {
	if in.By.Username == "" {
		in.By = boss
	}
	o, err := h.Do(context.Background(), id, act, in.By, in.Note, in.Assignee)
	require.NoError(t, err)
	return o
}

// said returns what was said to those outside about the order.
func (h hall) said(t require.TestingT, id string) []string {
	rows, err := h.st.ClaimNotifications(context.Background(), "webhook:duty", t0+1<<50, 0, 1000)
	require.NoError(t, err)
	var what []string
	for _, r := range rows {
		var m notify.Message
		require.NoError(t, json.Unmarshal(r.Payload, &m))
		if r.Entity == id {
			what = append(what, m.What)
		}
	}
	return what
}

func TestAnOrderFromReportToClose(t *testing.T) {
	h, ctx := newHall(t, nil), context.Background()
	id := h.report(t)
	o, err := h.st.In(store.Whole).Order(ctx, id)
	require.NoError(t, err)
	require.Equal(t, models.OrderReported, o.State)
	require.Equal(t, int64(1), o.Number)
	require.Equal(t, models.LampGreen, o.Lamp)
	require.Equal(t, t0.Add(time.Hour), o.DueAt)
	require.Equal(t, t0.Add(45*time.Minute), o.YellowAt)
	require.Equal(t, []models.OrderStep{{At: t0, By: "system", To: models.OrderReported, Note: "有人进入"}}, o.Steps)

	li := models.User{Username: "li", Role: models.GridWorker}
	for _, step := range []struct {
		act models.OrderAction
		in  input
		to  models.OrderState
	}{
		{models.ActAccept, input{}, models.OrderAccepted},
		{models.ActDispatch, input{Assignee: "li", Note: "东门"}, models.OrderDispatched},
		{models.ActStart, input{By: li}, models.OrderInProgress},
		{models.ActHold, input{By: li, Note: "等钥匙"}, models.OrderOnHold},
		{models.ActResume, input{By: li}, models.OrderInProgress},
		{models.ActResolve, input{By: li, Note: "已劝离"}, models.OrderResolved},
		{models.ActFollowUp, input{}, models.OrderFollowUp},
		{models.ActClose, input{}, models.OrderClosed},
	} {
		h.clock.add(time.Minute)
		require.Equal(t, step.to, h.do(t, id, step.act, step.in).State)
	}
	o, err = h.st.In(store.Whole).Order(ctx, id)
	require.NoError(t, err)
	require.Equal(t, models.OrderClosed, o.State)
	require.Equal(t, "li", o.Assignee)
	require.Equal(t, t0.Add(8*time.Minute), o.DoneAt)
	require.Equal(t, t0.Add(61*time.Minute), o.DueAt, "a minute on hold")
	require.Len(t, o.Steps, 9)
	require.Equal(t, models.OrderStep{At: t0.Add(3 * time.Minute), By: "li", Action: models.ActStart,
		From: models.OrderDispatched, To: models.OrderInProgress}, o.Steps[3])

	ledger, err := h.st.LedgerOf(ctx, id)
	require.NoError(t, err)
	require.Len(t, ledger, 8)
	require.Equal(t, "order.resolve", ledger[5].Action)
	require.Equal(t, "li", ledger[5].By)
	var before, after models.WorkOrder
	require.NoError(t, json.Unmarshal(ledger[5].Before, &before))
	require.NoError(t, json.Unmarshal(ledger[5].After, &after))
	require.Equal(t, models.OrderInProgress, before.State)
	require.Equal(t, models.OrderResolved, after.State)
	require.Equal(t, []string{"order.reported", "order.accept", "order.dispatch", "order.start", "order.hold", "order.resume",
		"order.resolve", "order.follow_up", "order.close"}, h.said(t, id))
}

func TestWhatIsRefusedChangesNothing(t *testing.T) {
	h, ctx := newHall(t, nil), context.Background()
	id := h.report(t)
	was, err := h.st.In(store.Whole).Order(ctx, id)
	require.NoError(t, err)
	for _, c := range []struct {
		id   string
		act  models.OrderAction
		in   input
		want models.Code
	}{
		{"nowhere", models.ActAccept, input{By: boss}, models.NotFound},
		{id, models.ActClose, input{By: boss}, models.Conflict},
		{id, models.ActAccept, input{By: models.User{Username: "v", Role: models.Viewer}}, models.Forbidden},
		{id, models.ActCancel, input{By: boss}, models.Invalid},
		{id, models.ActAccept, input{By: boss, Note: strings.Repeat("x", 1<<20)}, models.Invalid},
		{id, models.ActDispatch, input{By: boss, Assignee: "nobody"}, models.Invalid},
		{id, models.ActDispatch, input{By: boss, Assignee: "gone"}, models.Invalid},
	} {
		_, err := h.Do(ctx, c.id, c.act, c.in.By, c.in.Note, c.in.Assignee)
		require.Equal(t, c.want, models.CodeOf(err), "%s: %v", c.act, err)
	}
	is, err := h.st.In(store.Whole).Order(ctx, id)
	require.NoError(t, err)
	require.Equal(t, was, is)
}

func TestOfTwoAtOnceOneWins(t *testing.T) {
	h, ctx := newHall(t, nil), context.Background()
	id := h.report(t)
	var won, lost atomic.Int32
	var people sync.WaitGroup
	for _, name := range []string{"an", "bo", "chen", "ding"} {
		people.Go(func() {
			_, err := h.Do(ctx, id, models.ActAccept, models.User{Username: name, Role: models.Dispatcher}, "", "")
			switch {
			case err == nil:
				won.Add(1)
			case models.CodeOf(err) == models.Conflict && strings.Contains(err.Error(), "order 1 is accepted (by "):
				lost.Add(1)
			}
		})
	}
	people.Wait()
	require.Equal(t, [2]int32{1, 3}, [2]int32{won.Load(), lost.Load()})
}

func TestWithdraw(t *testing.T) {
	h, ctx := newHall(t, nil), context.Background()
	fresh, begun := h.report(t), h.report(t)
	h.do(t, begun, models.ActAccept, input{})
	operator := models.User{Username: "wang", Role: models.Operator}
	require.NoError(t, h.st.Write(ctx, func(tx *store.Tx) error {
		if err := h.Withdraw(tx, fresh, operator, "狗"); err != nil {
			return err
		}
		return h.Withdraw(tx, begun, operator, "狗")
	}))
	o, err := h.st.In(store.Whole).Order(ctx, fresh)
	require.NoError(t, err)
	require.Equal(t, models.OrderCancelled, o.State)
	require.Equal(t, "wang", o.Steps[1].By)
	require.Contains(t, o.Steps[1].Note, "狗")
	o, err = h.st.In(store.Whole).Order(ctx, begun)
	require.NoError(t, err)
	require.Equal(t, models.OrderAccepted, o.State, "work that has begun is not ended by an alert")
}
