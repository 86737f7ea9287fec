package app

import (
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/alerting"
	"zhihui/alerting/notify"
	"zhihui/alerting/orders"
	"zhihui/dashboard/auth"
	"zhihui/models"
	"zhihui/models/store"
)

// Who may do what is said by the table of package auth. The engines ask once more, because a caller could forget to; this
// holds both to one word.
func TestTheEnginesLetInWhomTheTableLetsIn(t *testing.T) {
	config := store.DefaultConfig()
	config.Dir = t.TempDir()
	st, err := store.Open(config, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	defer func() { require.NoError(t, st.Close()) }()
	engine := orders.New(orders.FollowUp{}, st, notify.Outbox{}, time.Now, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	alerts := alerting.New(alerting.Default(), st, engine, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	for _, role := range []models.Role{models.Admin, models.Integrator, models.Dispatcher, models.Operator, models.GridWorker, models.Viewer, models.Wall} {
		u := models.User{Username: "li", Role: role}
		for permission, decide := range map[auth.Permission]func() error{
			auth.AlertAcknowledge: func() error { _, err := alerts.Acknowledge(t.Context(), "none", u, ""); return err },
			auth.AlertConfirm:     func() error { _, err := alerts.Confirm(t.Context(), "none", u, ""); return err },
			auth.AlertReject:      func() error { _, err := alerts.Reject(t.Context(), "none", u, "rain"); return err },
			auth.AlertOrder:       func() error { _, err := alerts.MakeOrder(t.Context(), "none", u, ""); return err },
		} {
			want := models.Forbidden
			if auth.Allowed(role, permission) {
				want = models.NotFound
			}
			require.Equal(t, want, models.CodeOf(decide()), "%s %s", role, permission)
		}
		for _, act := range []models.OrderAction{models.ActAccept, models.ActDispatch, models.ActStart, models.ActHold, models.ActResume,
			models.ActResolve, models.ActFollowUp, models.ActClose, models.ActCancel} {
			err := orders.May(u, act, models.WorkOrder{Assignee: u.Username})
			require.Equal(t, auth.Allowed(role, auth.ForAction(act)), err == nil, "%s %s", role, act)
		}
	}
}
