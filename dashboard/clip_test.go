package dashboard

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store"
)

// A clip is found by its alert. Who stands before a wall sees those of live alerts, a grid worker those of the orders that are theirs.
func TestWhoSeesWhichClips(t *testing.T) {
	h := openHall(t)
	now := models.At(time.Now())
	require.NoError(t, h.store.Write(t.Context(), func(tx *store.Tx) error {
		if err := tx.PutEvent(models.Event{ID: "01E", Area: "a1", Source: "gate"}); err != nil {
			return err
		}
		return tx.AttachEvent("01A", "01E")
	}))
	for id, event := range map[string]string{"01C1": "01E", "01C2": "01X"} {
		require.NoError(t, h.store.PutClip(t.Context(), models.Clip{ID: id, Camera: "gate", Area: "a1", From: now, Events: []string{event}}))
	}
	admin := h.as(models.Admin)
	var token struct{ Secret string }
	admin.do("POST", "/api/v1/wall-tokens", `{"name":"East","area":""}`).into(t, &token)
	wall := &person{hall: h}
	wall.cookie = wall.do("POST", "/api/v1/session/wall", `{"token":"`+token.Secret+`"}`).cookies[0]
	worker := h.as(models.GridWorker)
	clips := func(p *person, query string) (ids []string) {
		t.Helper()
		var page struct{ Items []models.Clip }
		got := p.do("GET", "/api/v1/clips"+query, "")
		require.Equal(t, http.StatusOK, got.code, got.body)
		got.into(t, &page)
		require.NotNil(t, page.Items)
		for _, c := range page.Items {
			ids = append(ids, c.ID)
		}
		return ids
	}
	require.Equal(t, []string{"01C2", "01C1"}, clips(admin, ""))
	require.Equal(t, []string{"01C1"}, clips(admin, "?alert=01A"))
	require.Equal(t, []string{"01C2"}, clips(admin, "?event=01X&camera=gate&area=a1"))
	require.Contains(t, admin.do("GET", "/api/v1/clips?alert=01A", "").body, `"to":null`, "it grows")
	require.Equal(t, []string{"01C1"}, clips(wall, ""))
	require.Empty(t, clips(worker, ""), "the order is nobody's yet")
	put := func(state models.AlertState, assignee string) {
		require.NoError(t, h.store.Write(t.Context(), func(tx *store.Tx) error {
			a, err := tx.Alert("01A")
			if err != nil {
				return err
			}
			o, err := tx.Order("01O")
			if err != nil {
				return err
			}
			a.State, o.Assignee = state, assignee
			if err := tx.PutAlert(a); err != nil {
				return err
			}
			return tx.PutOrder(&o)
		}))
	}
	put(models.AlertRejected, "grid")
	require.Empty(t, clips(wall, ""), "the alert is over")
	require.Equal(t, []string{"01C1"}, clips(worker, ""))
	require.Equal(t, http.StatusBadRequest, admin.do("GET", "/api/v1/clips?after=%2F", "").code)

	_, err := h.store.In(store.Whole).PutHold(t.Context(), models.Hold{Camera: "gate", From: 1, To: 2, Why: "a secret matter", By: "admin"})
	require.NoError(t, err)
	for _, p := range []*person{wall, worker} {
		got := p.do("GET", "/api/v1/holds", "")
		require.Equal(t, http.StatusOK, got.code)
		require.JSONEq(t, `{"items":[],"next":""}`, got.body, "who sees clips alone")
	}
	require.Contains(t, h.as(models.Viewer).do("GET", "/api/v1/holds", "").body, "a secret matter")
}

func TestHoldsArePutAndLifted(t *testing.T) {
	h := openHall(t)
	p := h.as(models.Dispatcher)
	body := func(why string) string {
		return `{"camera":"gate","from":"2026-05-01T12:00:00Z","to":"2026-05-01T20:15:00.250+08:00","why":"` + why + `"}`
	}
	got := p.do("POST", "/api/v1/holds", body("警方调查"))
	require.Equal(t, http.StatusCreated, got.code, got.body)
	var hold models.Hold
	got.into(t, &hold)
	require.Equal(t, []string{"gate", "a1", "警方调查", "dispatcher", ""}, []string{hold.Camera, hold.Area, hold.Why, hold.By, hold.LiftedBy})
	require.Equal(t, 15*time.Minute+250*time.Millisecond, hold.To.Sub(hold.From))
	require.Equal(t, http.StatusForbidden, h.as(models.Operator).do("POST", "/api/v1/holds", body("x")).code)
	for name, bad := range map[string]string{
		"no why": body(""), "too long": body(strings.Repeat("长", 501)), "blank": body(" "),
		"no camera": strings.Replace(body("x"), "gate", "none", 1), "backwards": strings.Replace(body("x"), "20:15:00.250", "19:00:00", 1),
		"a year": strings.Replace(body("x"), "2026-05-01T12", "2025-05-01T12", 1), "ahead": strings.NewReplacer("2026-05", "2999-05").Replace(body("x")),
	} {
		require.Equal(t, http.StatusBadRequest, p.do("POST", "/api/v1/holds", bad).code, name)
	}
	var page struct{ Items []models.Hold }
	p.do("GET", "/api/v1/holds?active=true&camera=gate", "").into(t, &page)
	require.Equal(t, []models.Hold{hold}, page.Items)
	require.Equal(t, http.StatusBadRequest, p.do("POST", "/api/v1/holds/"+hold.ID+"/lift", `{"why":""}`).code)
	require.Equal(t, http.StatusNotFound, p.do("POST", "/api/v1/holds/none/lift", `{"why":"over"}`).code)
	got = p.do("POST", "/api/v1/holds/"+hold.ID+"/lift", `{"why":"结案"}`)
	require.Equal(t, http.StatusOK, got.code)
	require.Contains(t, got.body, `"lifted_by":"dispatcher"`)
	require.Equal(t, http.StatusConflict, p.do("POST", "/api/v1/holds/"+hold.ID+"/lift", `{"why":"结案"}`).code)
	p.do("GET", "/api/v1/holds?active=true", "").into(t, &page)
	require.Empty(t, page.Items)
	ledger := h.as(models.Admin).do("GET", "/api/v1/ledger?action=hold.", "").body
	require.Contains(t, ledger, "hold.put")
	require.Contains(t, ledger, "结案")
}

func TestHoldsKeepToTheirScope(t *testing.T) {
	h := communities(t)
	p := h.as("lilac-dispatcher")
	now := time.Now().UTC()
	ask := func(community string) answer {
		return p.do("POST", "/api/v1/holds", `{"camera":"`+community+`-cam","from":"`+now.Add(-time.Hour).Format(time.RFC3339)+`","to":"`+now.Format(time.RFC3339)+`","why":"w"}`)
	}
	require.Equal(t, http.StatusCreated, ask("lilac").code)
	got := ask("ochre")
	require.Equal(t, http.StatusBadRequest, got.code)
	require.Contains(t, got.body, `"field":"camera"`)
	all, _, err := h.store.In("ochre").FootageHolds(t.Context(), store.HoldFilter{})
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, http.StatusNotFound, p.do("POST", "/api/v1/holds/"+all[0].ID+"/lift", `{"why":"w"}`).code)
}
