package dashboard

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"zhihui/dashboard/auth"
	"zhihui/models"
	"zhihui/models/store"
)

// kind is how the scope of who asks bears upon a route.
type kind int

const (
	global kind = iota // it is about the hall or the caller: nothing of a place is in it, or it is for those who see the whole site
	list               // it shows what lies within and nothing else
	one                // it shows one thing, which is not there when it lies outside
	act                // it does something to one thing, which is not there when it lies outside
	create             // it puts something somewhere, which is refused when it lies outside
	stream             // tested on its own below
)

// scoped says for each route what its kind is, and what a request to it holds. In paths and bodies $ is the community.
var scoped = map[string]struct {
	kind
	id, query, body string
}{
	"GET /session":                   {kind: global},
	"POST /session":                  {kind: global},
	"DELETE /session":                {kind: global},
	"GET /session/ways":              {kind: global},
	"POST /session/password":         {kind: global},
	"POST /session/wall":             {kind: global},
	"GET /session/oidc":              {kind: global},
	"GET /session/oidc/callback":     {kind: global},
	"GET /roles":                     {kind: global},
	"GET /sessions":                  {kind: list},
	"DELETE /sessions/{id}":          {kind: global},
	"GET /users":                     {kind: list},
	"POST /users":                    {kind: global},
	"PATCH /users/{id}":              {kind: global},
	"GET /wall-tokens":               {kind: global},
	"POST /wall-tokens":              {kind: global},
	"DELETE /wall-tokens/{id}":       {kind: global},
	"GET /ledger":                    {kind: list},
	"GET /search":                    {kind: list, query: "?q=l"},
	"POST /presence":                 {kind: act, body: `{"alert":"01$-alert"}`},
	"POST /probes":                   {kind: act, body: `{"camera":"$-cam"}`},
	"POST /cameras/discover":         {kind: global},
	"GET /measures":                  {kind: list},
	"GET /topics":                    {kind: list},
	"POST /mappings/try":             {kind: global},
	"POST /push":                     {kind: global}, // a device is no person
	"GET /site":                      {kind: list},
	"GET /basemap":                   {kind: global},
	"GET /overview":                  {kind: list},
	"GET /health":                    {kind: list},
	"GET /cameras":                   {kind: list, query: "?area=street"},
	"POST /cameras":                  {kind: create, body: `{"id":"%s","name":"n","area":"$","url":"rtsp://10.0.0.1/s"}`},
	"POST /cameras/import":           {kind: global}, // and what it may touch: TestASheetKeepsToItsScope
	"POST /sensors/import":           {kind: global}, // the same
	"GET /imports":                   {kind: global}, // only their own: TestWhoLooksAfterAPartSeesTheirOwnImports
	"POST /imports/{id}/undo":        {kind: global}, // what it may touch, as the import
	"GET /cameras/{id}":              {kind: one, id: "$-cam"},
	"PATCH /cameras/{id}":            {kind: act, id: "$-cam", body: `{"heading":7}`},
	"DELETE /cameras/{id}":           {kind: act, id: "$-cam"},
	"GET /cameras/{id}/live":         {kind: stream},
	"GET /cameras/{id}/picture":      {kind: one, id: "$-cam"},
	"GET /cameras/{id}/recordings":   {kind: one, id: "$-cam"},
	"GET /cameras/{id}/footage":      {kind: global}, // what a scope and a role mean to it: TestWhoSeesFootage
	"GET /cameras/{id}/download":     {kind: one, id: "$-cam", query: "?from=2026-05-01T12:00:00Z&to=2026-05-01T12:00:01Z"},
	"GET /cameras/{id}/ptz":          {kind: one, id: "$-cam"},
	"POST /cameras/{id}/ptz":         {kind: act, id: "$-cam", body: `{"action":"stop"}`},
	"POST /cameras/{id}/ptz/release": {kind: act, id: "$-cam"},
	"GET /sensors":                   {kind: list},
	"POST /sensors":                  {kind: create, body: `{"id":"%s","name":"n","area":"$","kind":"rain","topic":"new/%[1]s"}`},
	"PATCH /sensors/{id}":            {kind: act, id: "$-level", body: `{"unit":"m"}`},
	"DELETE /sensors/{id}":           {kind: act, id: "$-level"},
	"GET /sensors/{id}":              {kind: one, id: "$-level"},
	"GET /sensors/{id}/readings":     {kind: one, id: "$-level"},
	"GET /events":                    {kind: list},
	"GET /events/{id}":               {kind: one, id: "01$-event"},
	"GET /snapshots/{id}":            {kind: one, id: "01M802S020WG4HK4VXRRQW7TXG.$"},
	"GET /clips":                     {kind: list},
	"GET /holds":                     {kind: list},
	"POST /holds":                    {kind: global}, // refused by its camera: TestHoldsKeepToTheirScope
	"POST /holds/{id}/lift":          {kind: global}, // the same
	"GET /alerts":                    {kind: list},
	"GET /alerts/{id}":               {kind: one, id: "01$-alert"},
	"POST /alerts/{id}/acknowledge":  {kind: act, id: "01$-alert"},
	"POST /alerts/{id}/confirm":      {kind: act, id: "01$-alert"},
	"POST /alerts/{id}/reject":       {kind: act, id: "01$-alert", body: `{"note":"n"}`},
	"POST /alerts/{id}/order":        {kind: act, id: "01$-alert"},
	"GET /orders":                    {kind: list},
	"GET /orders/{id}":               {kind: one, id: "01$-order"},
	"POST /orders/{id}/transitions":  {kind: act, id: "01$-order", body: `{"action":"start"}`},
	"GET /changes":                   {kind: list, query: "?since=0&limit=1000"},
	"GET /changes/stream":            {kind: stream},
	"POST /painted":                  {kind: act, body: `{"alerts":["01$-alert"]}`},
}

// communities opens a hall over a site of two communities, lilac and ochre, with the same in each: everything of one has its
// name in it. Each has a user of each role, such as lilac-viewer.
func communities(t *testing.T) *hall {
	t.Helper()
	h := openHall(t, func(_ *Config, d *Deps) {
		d.Ingest = twoIngest{&reader{}}
		d.ReadBy = func(r models.Rule) []string { return strings.Fields(r.Expr) }
		d.Health = func() models.Health {
			return models.Health{Vision: models.VisionHealth{Probation: []string{"ochre-cam"}, Quarantined: []models.QuarantinedCamera{{Camera: "ochre-cam", Until: 1}}},
				Checks: []models.Check{{Part: models.PartVision, Code: models.VisionQuarantined, Facts: map[string]string{"names": "ochre-cam"}},
					{Part: models.PartSensors, Code: models.SensorsUnreadable, Facts: map[string]string{"name": "ochre-level"}}, {Part: models.PartStore}}}
		}
	})
	site := models.Site{Name: "Test", Areas: []models.Area{{ID: "street", Name: "Street", Kind: models.Street}}}
	for _, c := range []string{"lilac", "ochre"} {
		site.Areas = append(site.Areas, models.Area{ID: c, Name: c, Kind: models.Community, Parent: "street"}, models.Area{ID: c + "-grid", Name: c, Kind: models.Grid, Parent: c})
		site.Cameras = append(site.Cameras, models.Camera{ID: c + "-cam", Name: c, Area: c + "-grid", URL: "rtsp://10.0.0.1/" + c})
		site.Sensors = append(site.Sensors, models.Sensor{ID: c + "-level", Name: c, Area: c, Kind: "rain", Topic: c})
	}
	_, err := h.store.ApplySite(t.Context(), site, "test")
	require.NoError(t, err)
	for _, c := range []string{"lilac", "ochre"} {
		h.happened(c)
		for _, r := range roles() {
			h.putUser(models.User{Username: c + "-" + string(r), Name: c, Role: r, Area: c, PasswordHash: h.hash})
		}
	}
	return h
}

func (h *hall) happened(c string) {
	h.t.Helper()
	now, area, picture := models.At(time.Now()), c+"-grid", "01M802S020WG4HK4VXRRQW7TXG."+c
	a := models.Alert{ID: "01" + c + "-alert", Fingerprint: c, Area: area, Kind: models.Intrusion, Severity: models.Red, Source: c + "-cam",
		SourceType: models.FromCamera, State: models.AlertOpen, Why: c, OpenedAt: now, UpdatedAt: now, Snapshot: picture}
	require.NoError(h.t, h.store.Write(h.t.Context(), func(tx *store.Tx) error {
		return errors.Join(
			tx.PutEvent(models.Event{ID: "01" + c + "-event", Kind: models.Intrusion, Severity: models.Red, State: models.EventOpen, Area: area,
				Source: c + "-cam", SourceType: models.FromCamera, Why: c, OpenedAt: now, UpdatedAt: now, Snapshot: picture}),
			tx.PutAlert(a),
			tx.PutOrder(&models.WorkOrder{ID: "01" + c + "-order", Area: area, Kind: models.Intrusion, Severity: models.Red, Source: c + "-cam", Why: c,
				State: models.OrderReported, Lamp: models.LampGreen, DueAt: now, CreatedAt: now, UpdatedAt: now}),
			tx.Ledger(c, "alert.acknowledge", a.ID, nil, a))
	}))
	require.NoError(h.t, h.store.AppendReadings(h.t.Context(), []models.Reading{{Sensor: c + "-level", Value: 1, At: now}}))
	require.NoError(h.t, h.store.SaveSnapshot(h.t.Context(), picture, []byte("\xff\xd8"+c)))
	require.NoError(h.t, h.store.PutClip(h.t.Context(), models.Clip{ID: "01" + c + "-clip", Camera: c + "-cam", Area: area, From: now, Events: []string{"01" + c + "-event"}}))
	h.record(c+"-cam", noon)
	_, err := h.store.In(store.Whole).PutHold(h.t.Context(), models.Hold{Camera: c + "-cam", From: now - 1000, To: now, Why: c, By: c})
	require.NoError(h.t, err)
}

// A rule shows what the sensors say that it asks: it asks none that its writer may not see.
func TestAnExpressionKeepsToItsScope(t *testing.T) {
	h := communities(t)
	p := h.as("lilac-integrator")
	asks := func(ids string) string {
		return `{"rules":[{"id":"a","kind":"sensor_expression","expr":"lilac-level"},{"id":"b","kind":"sensor_expression","expr":"` + ids + `"}]}`
	}
	for _, bad := range []string{"ochre-level", "none"} {
		got := p.do("PATCH", "/api/v1/sensors/lilac-level", asks("lilac-level "+bad))
		require.Equal(t, http.StatusBadRequest, got.code, got.body)
		require.Contains(t, got.body, `"field":"rules[1].expr"`)
		got = p.do("POST", "/api/v1/sensors", `{"id":"new","name":"n","area":"lilac","kind":"rain","topic":"new",`+asks(bad)[1:])
		require.Equal(t, http.StatusBadRequest, got.code, got.body)
	}
	require.Equal(t, http.StatusCreated, p.do("POST", "/api/v1/sensors", `{"id":"new","name":"n","area":"lilac","kind":"rain","topic":"new",`+asks("new")[1:]).code, "itself")

	whole := h.as(models.Integrator)
	require.Equal(t, http.StatusOK, whole.do("PATCH", "/api/v1/sensors/lilac-level", asks("lilac-level ochre-level")).code)
	require.Equal(t, http.StatusBadRequest, whole.do("PATCH", "/api/v1/sensors/lilac-level", asks("none")).code)
	require.Equal(t, http.StatusOK, p.do("PATCH", "/api/v1/sensors/lilac-level", `{"unit":"mm"}`).code, "what somebody else wrote stays")
	require.Equal(t, http.StatusOK, p.do("PATCH", "/api/v1/sensors/lilac-level", asks("lilac-level ochre-level")).code)
}

// twoIngest measures and hears of both communities.
type twoIngest struct{ *reader }

func (twoIngest) Measures() []models.CameraMeasure {
	return []models.CameraMeasure{{Camera: "lilac-cam"}, {Camera: "ochre-cam"}, {Camera: "gone-ochre"}}
}

func (twoIngest) Heard(string) []models.HeardTopic {
	return []models.HeardTopic{{Topic: "lilac", Sensor: "lilac-level", At: 1}, {Topic: "ochre", Sensor: "ochre-level", At: 1}, {Topic: "nobody's", At: 1}}
}

func (twoIngest) Newest(string) *models.AccessUnit { return key() }

// Every route has its row, and whatever a person of lilac asks, with whatever role: nothing of ochre is in the answer, and
// what lies there is not there.
func TestEveryRouteKeepsToItsScope(t *testing.T) {
	h := communities(t)
	for _, role := range roles() {
		p := h.as("lilac-" + role)
		for r := range operations(t) {
			row, ok := scoped[r.Method+" "+r.Path]
			require.True(t, ok, "%s %s has no row that says what a scope means to it", r.Method, r.Path)
			needs, _ := auth.Needs(r)
			if needs == auth.Public || r.Path == "/session" || row.kind == stream || !auth.May(models.User{Role: role, Area: "lilac"}, needs) {
				continue
			}
			name := fmt.Sprintf("%s %s as %s", r.Method, r.Path, role)
			ask := func(community, id string) answer {
				in := func(s string) string { return strings.ReplaceAll(s, "$", community) }
				body := in(row.body)
				if row.kind == create {
					body = fmt.Sprintf(body, id)
				}
				return p.do(r.Method, "/api/v1"+strings.ReplaceAll(r.Path, "{id}", in(row.id))+in(row.query), body)
			}
			switch row.kind {
			case list:
				got := ask("lilac", "")
				require.Equal(t, http.StatusOK, got.code, "%s: %s", name, got.body)
				require.NotContains(t, got.body, "ochre", name)
			case one:
				require.Equal(t, http.StatusOK, ask("lilac", "").code, name)
				require.Equal(t, http.StatusNotFound, ask("ochre", "").code, name)
			case act:
				require.Equal(t, http.StatusNotFound, ask("ochre", "").code, name)
				if r.Method != http.MethodDelete {
					require.Less(t, ask("lilac", "").code, 300, name)
				}
			case create:
				got := ask("ochre", "new")
				require.Equal(t, http.StatusBadRequest, got.code, name)
				require.Contains(t, got.body, `"field":"area"`, name)
				require.Equal(t, http.StatusCreated, ask("lilac", "new-"+string(role)).code, name)
			}
		}
	}
	require.Len(t, scoped, len(operations(t)), "a row without its route")
	for _, call := range h.people.calls {
		require.NotContains(t, call, "01ochre", "nothing outside was acted upon")
	}
}

// What is listed is listed for those who see the whole: the rows above do not pass because there is nothing.
func TestTheWholeSiteSeesBoth(t *testing.T) {
	h := communities(t)
	p := h.as(models.Admin)
	for route, row := range scoped {
		method, path, _ := strings.Cut(route, " ")
		if row.kind == list && path != "/overview" && path != "/sessions" {
			got := p.do(method, "/api/v1"+path+row.query, "")
			require.Contains(t, got.body, "ochre", path)
			if path != "/health" {
				require.Contains(t, got.body, "lilac", path)
			}
		}
	}
	var all, part models.Overview
	p.do("GET", "/api/v1/overview", "").into(t, &all)
	h.as("lilac-viewer").do("GET", "/api/v1/overview", "").into(t, &part)
	// The third alert and order lie in an area that the site has no longer.
	require.Equal(t, []int{3, 3, 2}, []int{all.AlertsUnacked, all.OrdersByState[models.OrderReported], all.Cameras[models.CameraConnecting]})
	require.Equal(t, []int{1, 1, 1}, []int{part.AlertsUnacked, part.OrdersByState[models.OrderReported], part.Cameras[models.CameraConnecting]})
}

func TestNothingIsMovedOutOfAScope(t *testing.T) {
	h := communities(t)
	p := h.as("lilac-integrator")
	for _, path := range []string{"/cameras/lilac-cam", "/sensors/lilac-level"} {
		got := p.do("PATCH", "/api/v1"+path, `{"area":"ochre"}`)
		require.Equal(t, http.StatusBadRequest, got.code, got.body)
		require.Contains(t, got.body, `"field":"area"`)
	}
	got := p.do("PATCH", "/api/v1/sensors/lilac-level", `{"camera":"ochre-cam"}`)
	require.Equal(t, http.StatusBadRequest, got.code)
	require.Contains(t, got.body, `"field":"camera"`)
	require.Equal(t, http.StatusConflict, p.do("POST", "/api/v1/cameras", `{"id":"ochre-cam","name":"n","area":"lilac","url":"rtsp://10.0.0.1/s"}`).code)
}

// An order goes to people who can see it.
func TestAnOrderIsForThoseWhoLookAfterItsArea(t *testing.T) {
	h := communities(t)
	h.putUser(models.User{Username: "lilac-corner", Role: models.GridWorker, Area: "lilac-grid", PasswordHash: h.hash})
	p := h.as("lilac-dispatcher")
	for assignee, want := range map[string]int{"lilac-grid": 200, "lilac-corner": 200, "grid": 200, "ochre-grid": 400, "nobody": 400} {
		got := p.do("POST", "/api/v1/orders/01lilac-order/transitions", `{"action":"dispatch","assignee":"`+assignee+`"}`)
		require.Equal(t, want, got.code, "%s: %s", assignee, got.body)
		if want == 400 {
			require.Contains(t, got.body, `"field":"assignee"`)
			require.NotContains(t, got.body, "area ochre")
		}
	}
}

// The bytes of the stream hold nothing of ochre, whatever happens there.
func TestTheStreamKeepsToItsScope(t *testing.T) {
	h := communities(t)
	p := h.as("lilac-operator")
	ctx, leave := context.WithTimeout(t.Context(), 20*time.Second)
	defer leave()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url+"/api/v1/changes/stream?since=0", nil)
	require.NoError(t, err)
	req.AddCookie(p.cookie)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	until := func(mark string) (seen string) {
		for lines.Scan() {
			seen += lines.Text() + "\n"
			if strings.Contains(lines.Text(), mark) {
				return seen
			}
		}
		t.Fatal("the stream ended before ", mark)
		return ""
	}
	seen := until("01lilac-order")
	h.as("ochre-operator").do("POST", "/api/v1/presence", `{"alert":"01ochre-alert"}`)
	h.as("lilac-dispatcher").do("POST", "/api/v1/presence", `{"alert":"01lilac-alert"}`)
	seen += until("event: presence") + until("lilac-dispatcher")
	for _, c := range []string{"ochre", "lilac"} {
		h.happened(c)
		h.server.Publish(models.Reading{Sensor: c + "-level", Value: 1, At: 1})
	}
	seen += until("event: reading") + until("lilac-level")
	require.NotContains(t, seen, "ochre")
}

func TestLiveVideoKeepsToItsScope(t *testing.T) {
	h := communities(t)
	p := h.as("lilac-viewer")
	ctx, leave := context.WithTimeout(t.Context(), 10*time.Second)
	defer leave()
	conn, _, err := websocket.Dial(ctx, h.url+"/api/v1/cameras/ochre-cam/live", &websocket.DialOptions{HTTPHeader: http.Header{"Cookie": {p.cookie.String()}}})
	require.NoError(t, err)
	_, _, err = conn.Read(ctx)
	require.Equal(t, websocket.StatusCode(4404), websocket.CloseStatus(err), "%v", err)
}
