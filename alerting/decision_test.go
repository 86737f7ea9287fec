package alerting

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestDecided(t *testing.T) {
	wang, zhao := "wang", "zhao"
	for name, c := range map[string]struct {
		state     models.AlertState
		confirmed string
		d         decision
		want      models.AlertState
		conflict  string
	}{
		"seen":                          {state: models.AlertOpen, d: acknowledge, want: models.AlertAcknowledged},
		"seen twice":                    {state: models.AlertAcknowledged, d: acknowledge, conflict: "acknowledged already"},
		"real, and nobody had seen it":  {state: models.AlertOpen, d: confirm, want: models.AlertAcknowledged},
		"real":                          {state: models.AlertAcknowledged, d: confirm, want: models.AlertAcknowledged},
		"real, though shelved":          {state: models.AlertShelved, d: confirm, want: models.AlertShelved},
		"real twice":                    {state: models.AlertAcknowledged, confirmed: zhao, d: confirm, conflict: "confirmed already"},
		"real, but over":                {state: models.AlertResolved, d: confirm, conflict: "over since"},
		"real, but rejected":            {state: models.AlertRejected, d: confirm, conflict: "rejected already"},
		"not real":                      {state: models.AlertOpen, d: reject, want: models.AlertRejected},
		"not real, says another":        {state: models.AlertAcknowledged, confirmed: zhao, d: reject, conflict: "only zhao can take that back"},
		"not real, says who thought so": {state: models.AlertAcknowledged, confirmed: wang, d: reject, want: models.AlertRejected},
		"work, and nobody had seen it":  {state: models.AlertOpen, d: order, want: models.AlertAcknowledged},
		"work after it was over":        {state: models.AlertResolved, d: order, want: models.AlertResolved},
		"work for nothing":              {state: models.AlertRejected, d: order, conflict: "rejected already"},
	} {
		t.Run(name, func(t *testing.T) {
			before := models.Alert{State: c.state, ConfirmedBy: c.confirmed, Note: "n"}
			after, err := decided(before, c.d, operator, "", t0)
			if c.conflict != "" {
				require.Equal(t, models.Conflict, models.CodeOf(err))
				require.ErrorContains(t, err, c.conflict)
				require.Equal(t, before, after, "a refusal touches nothing")
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, after.State)
			require.Equal(t, operator.Username, after.AcknowledgedBy)
			require.Equal(t, c.d == confirm, after.ConfirmedBy != "")
			require.Equal(t, "n", after.Note, "no words take none away")
		})
	}
}

func TestConfirm(t *testing.T) {
	h, ctx := newHall(t), context.Background()
	h.handle(t, event("e1"))
	id := h.alerts(t)[0].ID
	h.ms.Add(2000)
	a, err := h.Confirm(ctx, id, operator, "是真的")
	require.NoError(t, err)
	require.Equal(t, models.AlertAcknowledged, a.State)
	require.Equal(t, []string{"wang", "wang"}, []string{a.AcknowledgedBy, a.ConfirmedBy})
	require.Equal(t, t0+2000, a.ConfirmedAt)
	require.Equal(t, a, h.alerts(t)[0])

	_, err = h.Reject(ctx, id, dispatcher, "假的")
	require.Equal(t, models.Conflict, models.CodeOf(err))
	require.ErrorContains(t, err, "alert.confirm by wang at "+(t0+2000).String())

	h.handle(t, event("e1", revision(2), closedAt(t0+9)))
	require.Equal(t, "wang", h.alerts(t)[0].ConfirmedBy, "that it was real stays known when it is over")
}

func TestAnOrderByHand(t *testing.T) {
	h, ctx := newHall(t), context.Background()
	h.handle(t, event("e1", severity(models.Blue)))
	id := h.alerts(t)[0].ID
	h.ms.Add(1000)
	o, err := h.MakeOrder(ctx, id, operator, "去看看")
	require.NoError(t, err)
	require.Equal(t, t0+1000+models.Time((24*time.Hour).Milliseconds()), o.DueAt, "no policy fits a blue alert")
	require.Equal(t, []models.OrderStep{{At: t0 + 1000, By: "wang", To: models.OrderReported, Note: "去看看"}}, o.Steps)
	require.Equal(t, []models.OrderAction{models.ActAccept, models.ActCancel}, o.Actions)
	a := h.alerts(t)[0]
	require.Equal(t, o.ID, a.Order)
	require.Equal(t, models.AlertAcknowledged, a.State)

	_, err = h.MakeOrder(ctx, id, dispatcher, "")
	require.Equal(t, models.Conflict, models.CodeOf(err))
	require.ErrorContains(t, err, "order 1 of this alert is there already")
	require.ErrorContains(t, err, "alert.order by wang")

	for _, c := range []struct{ entity, action string }{{id, "alert.order"}, {o.ID, "order.report"}} {
		rows, err := h.st.LedgerOf(ctx, c.entity)
		require.NoError(t, err)
		require.Len(t, rows, 1)
		require.Equal(t, []string{c.action, "wang"}, []string{rows[0].Action, rows[0].By})
		require.True(t, json.Valid(rows[0].After))
	}
	require.Equal(t, []string{"alert.opened", "order.reported", "alert.order"}, h.said(t))

	_, err = h.engine.Do(ctx, o.ID, models.ActCancel, dispatcher, "不用了", "")
	require.NoError(t, err)
	again, err := h.MakeOrder(ctx, id, dispatcher, "")
	require.NoError(t, err, "an order that is over stands in nobody's way")
	require.Equal(t, again.ID, h.alerts(t)[0].Order)
}

func TestAnOrderByHandHasTheDeadlineOfItsSeverity(t *testing.T) {
	c := Default()
	require.Equal(t, 30*time.Minute, c.byHand(models.Alert{Severity: models.Red}).Due.Std())
	require.Equal(t, 24*time.Hour, c.byHand(models.Alert{Severity: models.Blue}).Due.Std())
	c.DueByHand = 0
	require.ErrorContains(t, c.Validate(), "due_by_hand")
}
