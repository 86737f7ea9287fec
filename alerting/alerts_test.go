package alerting

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store"
)

func TestAcknowledge(t *testing.T) {
	h, ctx := newHall(t), context.Background()
	h.handle(t, event("e1"))
	id := h.alerts(t)[0].ID
	h.ms.Add(1000)
	a, err := h.Acknowledge(ctx, id, operator, "看到了")
	require.NoError(t, err)
	require.Equal(t, models.AlertAcknowledged, a.State)
	require.Equal(t, "wang", a.AcknowledgedBy)
	require.Equal(t, t0+1000, a.AcknowledgedAt)
	require.Equal(t, a, h.alerts(t)[0])

	_, err = h.Acknowledge(ctx, id, dispatcher, "")
	require.Equal(t, models.Conflict, models.CodeOf(err))
	require.ErrorContains(t, err, "acknowledged already")
	require.ErrorContains(t, err, "alert.acknowledge by wang at "+(t0+1000).String())

	ledger, err := h.st.LedgerOf(ctx, id)
	require.NoError(t, err)
	require.Len(t, ledger, 1)
	var before, after models.Alert
	require.NoError(t, json.Unmarshal(ledger[0].Before, &before))
	require.NoError(t, json.Unmarshal(ledger[0].After, &after))
	require.Equal(t, models.AlertOpen, before.State)
	require.Equal(t, a, after)

	h.handle(t, event("e1", revision(2), closedAt(t0+9)))
	require.Equal(t, models.AlertResolved, h.alerts(t)[0].State, "an acknowledged alert ends like any other")
	_, err = h.Reject(ctx, id, operator, "雨")
	require.ErrorContains(t, err, "the alert is over since "+(t0+9).String())
	require.Equal(t, []string{"order.reported", "alert.opened", "alert.acknowledge", "alert.resolved"}, h.said(t))
}

func TestReject(t *testing.T) {
	h, ctx := newHall(t), context.Background()
	h.handle(t, event("e1"))
	id := h.alerts(t)[0].ID
	a, err := h.Reject(ctx, id, operator, "是一条狗")
	require.NoError(t, err)
	require.Equal(t, models.AlertRejected, a.State)
	o, err := h.st.In(store.Whole).Order(ctx, a.Order)
	require.NoError(t, err)
	require.Equal(t, models.OrderCancelled, o.State, "nobody goes out for a dog")
	require.Contains(t, o.Steps[1].Note, "是一条狗")

	h.handle(t, event("e1", revision(2), severity(models.Red)), event("e1", revision(3), closedAt(t0+9)))
	a = h.alerts(t)[0]
	require.Equal(t, models.AlertRejected, a.State, "whatever its events do")
	require.Equal(t, 0, a.OpenEvents)
	require.Len(t, h.orderList(t), 1)
	_, err = h.Acknowledge(ctx, id, operator, "")
	require.ErrorContains(t, err, "rejected already")
	require.ErrorContains(t, err, "alert.reject by wang")

	h.handle(t, event("e2"))
	require.Len(t, h.alerts(t), 2, "a new situation is judged anew")
}

func TestRejectKeepsWhoAnsweredFirst(t *testing.T) {
	h, ctx := newHall(t), context.Background()
	h.handle(t, event("e1", severity(models.Blue)))
	id := h.alerts(t)[0].ID
	_, err := h.Acknowledge(ctx, id, operator, "")
	require.NoError(t, err)
	h.ms.Add(5000)
	a, err := h.Reject(ctx, id, dispatcher, "假的")
	require.NoError(t, err)
	require.Equal(t, "wang", a.AcknowledgedBy)
	require.Equal(t, t0, a.AcknowledgedAt)
	require.Equal(t, "假的", a.Note)
}

func TestDecisionsThatAreRefused(t *testing.T) {
	h, ctx := newHall(t), context.Background()
	h.handle(t, event("e1"))
	id := h.alerts(t)[0].ID
	for _, c := range []struct {
		id   string
		role models.Role
		note string
		want models.Code
	}{
		{"nowhere", models.Operator, "雨", models.NotFound},
		{id, models.Viewer, "", models.Forbidden},
		{id, models.GridWorker, "", models.Forbidden},
		{id, models.Integrator, "", models.Forbidden},
		{id, models.Operator, strings.Repeat("长", 2001), models.Invalid},
		{id, models.Operator, "\xff", models.Invalid},
	} {
		by := models.User{Username: "u", Role: c.role}
		_, err := h.Acknowledge(ctx, c.id, by, c.note)
		require.Equal(t, c.want, models.CodeOf(err), c.role)
		_, err = h.Reject(ctx, c.id, by, c.note)
		require.Equal(t, c.want, models.CodeOf(err), c.role)
	}
	_, err := h.Reject(ctx, id, operator, " ")
	require.Equal(t, models.Invalid, models.CodeOf(err), "a rejection says why")
	require.Equal(t, models.AlertOpen, h.alerts(t)[0].State)
}
