package dashboard

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// What people do to the site is in the ledger with before and after, and can be looked through.
func TestTheLedger(t *testing.T) {
	h := openHall(t)
	integrator, admin := h.as(models.Integrator), h.as(models.Admin)
	begun := time.Now().Add(-time.Second).UTC().Format(time.RFC3339)
	require.Equal(t, http.StatusOK, integrator.do("PATCH", "/api/v1/cameras/gate", `{"name":"North gate","password":"s3cret-word"}`).code)
	require.Equal(t, http.StatusCreated, integrator.do("POST", "/api/v1/sensors", `{"id":"rain","name":"Rain","area":"a1","kind":"rain","topic":"r/1"}`).code)
	require.Equal(t, http.StatusNoContent, integrator.do("DELETE", "/api/v1/sensors/rain", "").code)
	require.Equal(t, http.StatusForbidden, integrator.do("GET", "/api/v1/ledger", "").code)

	var page struct {
		Items []models.LedgerRow
		Next  string
	}
	got := admin.do("GET", "/api/v1/ledger?by=integrator", "")
	got.into(t, &page)
	require.NotContains(t, got.body, "s3cret")
	require.Len(t, page.Items, 3)
	require.Equal(t, "sensor.delete", page.Items[0].Action, "the newest first")
	require.Equal(t, "null", string(page.Items[0].After))
	require.Contains(t, string(page.Items[2].Before), `"name":"Gate"`)
	require.Contains(t, string(page.Items[2].After), `"name":"North gate"`)
	for query, want := range map[string]int{
		"action=sensor.": 3, "action=sensor.put": 2, "entity=rain": 2, "by=nobody": 0, "by=integrator&from=" + begun: 3, "by=integrator&to=" + begun: 0,
	} {
		admin.do("GET", "/api/v1/ledger?"+query, "").into(t, &page)
		require.Len(t, page.Items, want, query)
	}
	admin.do("GET", "/api/v1/ledger?by=integrator&limit=2", "").into(t, &page)
	require.Len(t, page.Items, 2)
	admin.do("GET", "/api/v1/ledger?by=integrator&limit=2&after="+page.Next, "").into(t, &page)
	require.Len(t, page.Items, 1)
	require.Empty(t, page.Next)
}

func TestSearch(t *testing.T) {
	p := openHall(t).as(models.GridWorker)
	for words, want := range map[string]models.Found{
		"gate": {Type: models.FoundCamera, ID: "gate", Title: "Gate", Detail: "rtsp://10.0.0.1/s", Area: "a1"},
		"WAT":  {Type: models.FoundSensor, ID: "water", Title: "Water", Detail: "w/1", Area: "a1"},
		"a1":   {Type: models.FoundArea, ID: "a1", Title: "A", Detail: "grid", Area: "a1"},
		"#1":   {Type: models.FoundOrder, ID: "01O", Title: "1", Detail: "intrusion", Area: "a1"},
		"01a":  {Type: models.FoundAlert, ID: "01A", Detail: "intrusion", Area: "a1"},
	} {
		var page struct{ Items []models.Found }
		p.do("GET", "/api/v1/search?q="+url.QueryEscape(words), "").into(t, &page)
		require.NotEmpty(t, page.Items, words)
		page.Items[0].At = 0
		require.Equal(t, want, page.Items[0], words)
	}
	require.Contains(t, p.do("GET", "/api/v1/search?q=nothing", "").body, `"items":[]`)
}
