package dashboard

import (
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/stretchr/testify/require"

	"zhihui/dashboard/auth"
	"zhihui/models"
	"zhihui/models/store"
)

// picture is the name of a snapshot.
const picture = "01M802S020WG4HK4VXRRQW7TXG.jpg"

// strictDoc is the contract in which an object has the properties that are named and no others: what the server sends
// besides would be a promise that stands nowhere.
func strictDoc(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("api/openapi.yml")
	require.NoError(t, err)
	no := false
	for _, s := range doc.Components.Schemas {
		if len(s.Value.Properties) > 0 && len(s.Value.AllOf) == 0 {
			s.Value.AdditionalProperties = openapi3.AdditionalProperties{Has: &no}
		}
	}
	return doc
}

// keep checks an answer against its operation.
func keep(t *testing.T, doc *openapi3.T, path string, resp *http.Response, body string) {
	t.Helper()
	item := doc.Paths.Value(path)
	require.NotNil(t, item, path)
	err := openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: resp.Request,
			Route: &routers.Route{Spec: doc, Path: path, PathItem: item, Method: http.MethodGet, Operation: item.Get}},
		Status: resp.StatusCode, Header: resp.Header, Body: io.NopCloser(strings.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, ExcludeResponseBody: !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json")},
	})
	require.NoError(t, err, "%s: %s", path, body)
}

// full puts one of everything into the store, with every field that can be filled.
func (h *hall) full() {
	h.t.Helper()
	limit := 2.0
	_, err := h.store.ApplySite(h.t.Context(), models.Site{Name: "Test", TimeZone: "Asia/Shanghai",
		Areas: []models.Area{{ID: "a1", Name: "A", Kind: models.Grid, Boundary: [][2]float64{{1, 2}, {3, 4}, {5, 6}, {1, 2}}}},
		Cameras: []models.Camera{{ID: "gate", Name: "Gate", Area: "a1", URL: "rtsp://10.0.0.1/s", ONVIF: models.ONVIF{Address: "10.0.0.1:80", Profile: "p"}, Analyse: true, Heading: 10,
			Place: models.Place{Lon: 1, Lat: 2}, Zones: map[string]models.Polygon{"z": {{0, 0}, {1, 0}, {1, 1}}},
			Lines: map[string][]models.Point{"l": {{0, 0}, {1, 1}}},
			Rules: []models.Rule{{Kind: models.Intrusion, Zone: "z", Hours: "22:00-06:00", Dwell: models.Duration(time.Second)}}}},
		Sensors: []models.Sensor{{ID: "water", Name: "Water", Area: "a1", Kind: "water_level", Unit: "m", Topic: "w/1", Camera: "gate",
			Mapping: models.Mapping{Path: "a.b", Scale: 2}, StaleAfter: models.Duration(time.Minute),
			Rules: []models.Rule{{Kind: models.SensorThreshold, Above: &limit}}}}}, "test")
	require.NoError(h.t, err)
	now := models.At(time.Now())
	facts := models.Facts{Measured: 3, Limit: 2, Unit: "m", ForMs: 5, DwellMs: 4, Zone: "z", Track: 7, Count: 2, Label: "person",
		Score: 0.5, Boxes: []models.Box{{X: 0.1, Y: 0.1, W: 0.2, H: 0.2}}, Reason: "above"}
	require.NoError(h.t, h.store.Write(h.t.Context(), func(tx *store.Tx) error {
		if err := tx.PutEvent(models.Event{ID: "01E", Kind: models.Intrusion, Severity: models.Red, State: models.EventClosed, Area: "a1",
			Source: "gate", SourceType: models.FromCamera, Rule: "r", Why: "w", Facts: facts, OpenedAt: now, UpdatedAt: now, ClosedAt: now,
			CapturedAt: now, Snapshot: picture, Revision: 2}); err != nil {
			return err
		}
		if err := tx.PutAlert(models.Alert{ID: "01F", Fingerprint: "g", Area: "a1", Kind: models.Intrusion, Severity: models.Red,
			State: models.AlertResolved, Source: "gate", SourceType: models.FromCamera, Why: "w", Facts: facts, Event: "01E", Events: 1,
			OpenedAt: now, UpdatedAt: now, ResolvedAt: now, CapturedAt: now, Snapshot: picture, AcknowledgedBy: "operator",
			AcknowledgedAt: now, Note: "n", Order: "01P"}); err != nil {
			return err
		}
		o := models.WorkOrder{ID: "01P", Alert: "01F", Area: "a1", State: models.OrderClosed, Lamp: models.LampRed, Severity: models.Red,
			Kind: models.Intrusion, Source: "gate", Why: "w", Facts: facts, Assignee: "grid", DueAt: now, YellowAt: now, CreatedAt: now, UpdatedAt: now, DoneAt: now}
		if err := tx.PutOrder(&o); err != nil {
			return err
		}
		return tx.AddStep("01P", models.OrderStep{At: now, By: "dispatcher", Action: models.ActClose, From: models.OrderResolved,
			To: models.OrderClosed, Note: "n"})
	}))
	require.NoError(h.t, h.store.AppendReadings(h.t.Context(), []models.Reading{{Sensor: "water", Value: 1.5, At: now}}))
	require.NoError(h.t, h.store.SaveSnapshot(h.t.Context(), picture, []byte("\xff\xd8\xff")))
	h.record("gate", noon)
}

// TestEveryAnswerKeepsTheContract reads everything there is and holds it to openapi.yml, in both directions.
func TestEveryAnswerKeepsTheContract(t *testing.T) {
	h := openHall(t)
	h.full()
	doc := strictDoc(t)
	p := h.as(models.Admin)
	ids := map[string][]string{"/cameras/{id}": {"gate"}, "/cameras/{id}/picture": {"gate"}, "/cameras/{id}/ptz": {"gate"},
		"/cameras/{id}/recordings": {"gate"}, "/cameras/{id}/footage": {"gate"}, "/cameras/{id}/download": {"gate"}, "/sensors/{id}": {"water"}, "/sensors/{id}/readings": {"water"},
		"/events/{id}": {"01E"}, "/snapshots/{id}": {picture}, "/alerts/{id}": {"01A", "01F"}, "/orders/{id}": {"01O", "01P"}}
	require.Equal(t, http.StatusOK, p.do("POST", "/api/v1/cameras/gate/ptz", `{"action":"stop"}`).code, "somebody has it")
	asked := map[string]string{"/search": "?q=gate", "/cameras/{id}/footage": "?from=2026-05-01T12:00:00Z", "/cameras/{id}/recordings": "?from=2026-05-01T12:00:00Z&to=2026-05-01T13:00:00Z",
		"/cameras/{id}/download": "?from=2026-05-01T12:00:00Z&to=2026-05-01T12:00:01Z"}
	elsewhere := map[string]int{"/session/oidc": http.StatusNotFound, "/session/oidc/callback": http.StatusNotFound} // no provider here
	all := operations(t)
	for _, r := range slices.SortedFunc(maps.Keys(all), func(a, b auth.Route) int { return strings.Compare(a.Path, b.Path) }) {
		if r.Method != http.MethodGet || strings.HasSuffix(r.Path, "/stream") || strings.HasSuffix(r.Path, "/live") {
			continue
		}
		these := ids[r.Path]
		if !strings.Contains(r.Path, "{id}") {
			these = []string{""}
		}
		require.NotEmpty(t, these, "say which %s to read", r.Path)
		for _, id := range append(these, "nothing") {
			got := p.do("GET", "/api/v1"+strings.ReplaceAll(r.Path, "{id}", id)+asked[r.Path], "")
			if id != "nothing" {
				require.Equal(t, max(http.StatusOK, elsewhere[r.Path]), got.code, "%s: %s", r.Path, got.body)
			}
			req, err := http.NewRequestWithContext(t.Context(), "GET", h.url+r.Path, nil)
			require.NoError(t, err)
			keep(t, doc, r.Path, &http.Response{StatusCode: got.code, Header: got.header, Request: req}, got.body)
		}
	}
}
