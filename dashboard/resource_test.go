package dashboard

import (
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store"
)

func TestASession(t *testing.T) {
	h := openHall(t)
	p := h.as(models.Operator)
	var me struct {
		Username, Name string
		Role           models.Role
		Permissions    []string
	}
	p.do("GET", "/api/v1/session", "").into(t, &me)
	require.Equal(t, "operator", me.Username)
	require.Equal(t, models.Operator, me.Role)
	require.Contains(t, me.Permissions, "alert.acknowledge")
	require.NotContains(t, me.Permissions, "order.close")

	wrong := (&person{hall: h}).do("POST", "/api/v1/session", `{"username":"operator","password":"guess"}`)
	require.Equal(t, http.StatusUnauthorized, wrong.code)
	require.Empty(t, wrong.cookies)

	require.Equal(t, http.StatusNoContent, p.do("DELETE", "/api/v1/session", "").code)
	require.Equal(t, http.StatusUnauthorized, p.do("GET", "/api/v1/session", "").code)
}

func TestTheSite(t *testing.T) {
	p := openHall(t).as(models.Viewer)
	var site struct {
		Name     string
		TimeZone string `json:"time_zone"`
		Areas    []models.Area
	}
	p.do("GET", "/api/v1/site", "").into(t, &site)
	require.Equal(t, "Test", site.Name)
	require.Equal(t, "Asia/Shanghai", site.TimeZone)
	require.Len(t, site.Areas, 1)

	var figures models.Overview
	p.do("GET", "/api/v1/overview", "").into(t, &figures)
	require.Equal(t, 1, figures.AlertsUnacked)

	m := p.do("GET", "/api/v1/basemap", "")
	require.Equal(t, "application/geo+json", m.header.Get("Content-Type"))
	require.JSONEq(t, `{"type":"FeatureCollection","features":[]}`, m.body)
}

func TestUsersWhoCanBeSent(t *testing.T) {
	h := openHall(t)
	h.putUser(models.User{Username: "gone", Role: models.GridWorker, PasswordHash: h.hash, Disabled: true})
	got := h.as(models.Dispatcher).do("GET", "/api/v1/users", "")
	var page struct{ Items []models.User }
	got.into(t, &page)
	require.Len(t, page.Items, 6)
	require.NotContains(t, got.body, "argon2")
}

func TestACamerasLife(t *testing.T) {
	h := openHall(t)
	p := h.as(models.Integrator)
	made := p.do("POST", "/api/v1/cameras", `{"id":"yard","name":"Yard","area":"a1","url":"rtsp://10.0.0.2/s","username":"u","password":"p4ssw0rd",
		"zones":{"lane":[[0,0],[1,0],[1,1]]},"rules":[{"kind":"intrusion","zone":"lane","dwell":"2s"}]}`)
	require.Equal(t, http.StatusCreated, made.code, made.body)
	var v models.CameraView
	made.into(t, &v)
	require.Equal(t, "rtsp://10.0.0.2/s", v.URL)
	require.Equal(t, 2*time.Second, v.Rules[0].Dwell.Std())

	p.do("PATCH", "/api/v1/cameras/yard", `{"name":"Back yard","heading":90.5}`).into(t, &v)
	require.Equal(t, "Back yard", v.Name)
	require.Equal(t, 90.5, v.Heading)
	require.Len(t, v.Zones, 1, "what is left out stays")
	p.do("PATCH", "/api/v1/cameras/yard", `{"transport":"udp"}`).into(t, &v)
	require.Equal(t, models.TransportUDP, v.Transport)
	p.do("PATCH", "/api/v1/cameras/yard", `{"heading":91}`).into(t, &v)
	require.Equal(t, models.TransportUDP, v.Transport, "this stays, too")
	require.NotContains(t, p.do("PATCH", "/api/v1/cameras/yard", `{"transport":"auto"}`).body, "transport", "auto is what is not said")
	p.do("PATCH", "/api/v1/cameras/yard", `{"record":{"mode":"hours","schedule":["Mon-Fri 08:00-18:00"],"keep_days":7}}`).into(t, &v)
	require.Equal(t, models.Recording{Mode: models.RecordHours, Schedule: []string{"Mon-Fri 08:00-18:00"}, KeepDays: 7}, v.Record)
	require.Contains(t, p.do("PATCH", "/api/v1/cameras/yard", `{"heading":92}`).body, `"record":{"mode":"hours"`, "and this")
	require.NotContains(t, p.do("PATCH", "/api/v1/cameras/yard", `{"record":{"mode":"auto"}}`).body, "record", "as if nothing was said")
	refused := p.do("PATCH", "/api/v1/cameras/yard", `{"rules":[{"kind":"loitering","by":"camera"}]}`)
	require.Contains(t, refused.body, `"field":"rules[0].by"`, "nobody listens")
	listened := p.do("PATCH", "/api/v1/cameras/yard", `{"alarms":true}`)
	require.Contains(t, listened.body, `"alarms":true`)
	require.Contains(t, p.do("PATCH", "/api/v1/cameras/yard", `{"alarms":false}`).body, `"revision"`)

	whole, err := h.store.AllCameras(t.Context())
	require.NoError(t, err)
	require.Equal(t, "p4ssw0rd", whole[1].Password, "the password too")
	for _, path := range []string{"/cameras", "/cameras/yard", "/cameras/gate", "/changes?since=0"} {
		got := p.do("GET", "/api/v1"+path, "")
		require.Equal(t, http.StatusOK, got.code)
		for _, secret := range []string{"p4ssw0rd", "hidden-secret", "password"} {
			require.NotContains(t, got.body, secret, path)
		}
	}
	require.Equal(t, http.StatusNoContent, p.do("DELETE", "/api/v1/cameras/yard", "").code)
	require.Equal(t, http.StatusNotFound, p.do("GET", "/api/v1/cameras/yard", "").code)
}

func TestListsArePages(t *testing.T) {
	h := openHall(t)
	p := h.as(models.Viewer)
	require.NoError(t, h.store.Write(t.Context(), func(tx *store.Tx) error {
		for _, id := range []string{"01B", "01C", "01D"} {
			if err := tx.PutAlert(models.Alert{ID: id, Fingerprint: id, State: models.AlertOpen, Area: "a1", Severity: models.Blue}); err != nil {
				return err
			}
		}
		return nil
	}))
	var page struct {
		Items []models.Alert
		Next  string
	}
	var seen []string
	for after := ""; ; after = page.Next {
		p.do("GET", "/api/v1/alerts?limit=3&state=open,acknowledged&area=a1&after="+after, "").into(t, &page)
		for _, a := range page.Items {
			seen = append(seen, a.ID)
		}
		if page.Next == "" {
			break
		}
	}
	require.Equal(t, []string{"01D", "01C", "01B", "01A"}, seen)
	p.do("GET", "/api/v1/alerts?severity=red", "").into(t, &page)
	require.Len(t, page.Items, 1)
	for _, path := range []string{"/events", "/sensors", "/cameras?state=disabled", "/sensors/water/readings", "/alerts?state=rejected"} {
		require.Contains(t, p.do("GET", "/api/v1"+path, "").body, `"items":[`, "%s: an empty list is a list", path)
	}
}

func TestReadings(t *testing.T) {
	h := openHall(t)
	now := time.Now()
	require.NoError(t, h.store.AppendReadings(t.Context(), []models.Reading{
		{Sensor: "water", Value: 1, At: models.At(now.Add(-2 * time.Hour))}, {Sensor: "water", Value: 2, At: models.At(now.Add(-time.Minute))}}))
	p := h.as(models.Viewer)
	var page struct{ Items []models.Reading }
	p.do("GET", "/api/v1/sensors/water/readings", "").into(t, &page)
	require.Len(t, page.Items, 1, "the last hour by default")
	p.do("GET", "/api/v1/sensors/water/readings?from="+now.Add(-3*time.Hour).UTC().Format(time.RFC3339), "").into(t, &page)
	require.Len(t, page.Items, 2)
}

// TestTheTrendOfASensor: by the step that is asked for or that fits the span, page by page.
func TestTheTrendOfASensor(t *testing.T) {
	h := openHall(t)
	day := time.Now().UTC().Truncate(24 * time.Hour).Add(-24 * time.Hour)
	var all []models.Reading
	for i := range 8 { // in two minutes, of which only the newest hour is told by each reading
		all = append(all, models.Reading{Sensor: "water", Value: float64(i), At: models.At(day.Add(time.Duration(i) * 15 * time.Second))})
	}
	require.NoError(t, h.store.AppendReadings(t.Context(), all))
	p := h.as(models.Viewer)
	ask := func(query string) (trend models.Trend) {
		p.do("GET", "/api/v1/sensors/water/readings?from="+day.Format(time.RFC3339)+"&to="+day.Add(24*time.Hour).Format(time.RFC3339)+query, "").into(t, &trend)
		return trend
	}
	chosen := ask("")
	require.Equal(t, models.EveryMinute, chosen.Step)
	require.Equal(t, []models.Rollup{
		{Reading: models.Reading{Sensor: "water", Value: 1.5, At: models.At(day)}, Min: 0, Max: 3, Count: 4},
		{Reading: models.Reading{Sensor: "water", Value: 5.5, At: models.At(day.Add(time.Minute))}, Min: 4, Max: 7, Count: 4}}, chosen.Items)
	require.EqualValues(t, 8, ask("&step=hour").Items[0].Count)
	newer := ask("&step=raw&limit=5")
	require.Equal(t, 3.0, newer.Items[0].Value)
	older := ask("&step=raw&limit=5&after=" + newer.Next)
	require.Len(t, older.Items, 3)
	require.Empty(t, older.Next)
}

func TestSnapshots(t *testing.T) {
	h := openHall(t)
	name := models.NewID(time.Now())
	require.NoError(t, h.store.SaveSnapshot(t.Context(), name, []byte("\xff\xd8 a picture \xff\xd9")))
	got := h.as(models.GridWorker).do("GET", "/api/v1/snapshots/"+name, "", "Accept-Encoding", "gzip")
	require.Equal(t, "image/jpeg", got.header.Get("Content-Type"))
	require.Equal(t, "\xff\xd8 a picture \xff\xd9", got.body)
	require.Contains(t, got.header.Get("Cache-Control"), "immutable")
}

func TestWhatPeopleDo(t *testing.T) {
	h := openHall(t)
	operator, dispatcher := h.as(models.Operator), h.as(models.Dispatcher)
	require.Equal(t, http.StatusOK, operator.do("POST", "/api/v1/alerts/01A/acknowledge", "").code, "a note is not needed")
	require.Equal(t, http.StatusOK, operator.do("POST", "/api/v1/alerts/01A/reject", `{"note":"a cat"}`).code)
	require.Equal(t, http.StatusOK, dispatcher.do("POST", "/api/v1/orders/01O/transitions", `{"action":"dispatch","note":"go","assignee":"grid"}`).code)
	require.Equal(t, []string{"acknowledge 01A operator ", "reject 01A operator a cat", "dispatch 01O dispatcher go grid"}, h.people.calls)

	var order models.WorkOrder
	dispatcher.do("GET", "/api/v1/orders/01O", "").into(t, &order)
	require.Equal(t, []models.OrderAction{models.ActAccept}, order.Actions)
	require.EqualValues(t, 1, order.Number)

	h.people.err = models.Errorf(models.Conflict, "order 1 is reported: it can be accepted or cancelled")
	got := dispatcher.do("POST", "/api/v1/orders/01O/transitions", `{"action":"close"}`)
	require.Equal(t, http.StatusConflict, got.code)
	require.Contains(t, got.body, "accepted or cancelled")
}

func TestChangesAsAList(t *testing.T) {
	p := openHall(t).as(models.Viewer)
	var page struct {
		Items []models.Change
		Next  string
		Last  int64
		Reset bool
	}
	p.do("GET", "/api/v1/changes?since=0&limit=1", "").into(t, &page)
	require.Len(t, page.Items, 1)
	require.NotEmpty(t, page.Next)
	require.False(t, page.Reset)
	p.do("GET", "/api/v1/changes?since="+page.Next, "").into(t, &page)
	require.Equal(t, page.Last, page.Items[len(page.Items)-1].ID)
	p.do("GET", "/api/v1/changes?since=9999", "").into(t, &page)
	require.True(t, page.Reset, "the page has seen more than there is")
}

// The first report of an alert counts, however many pages paint it.
func TestCaptureToWall(t *testing.T) {
	h := openHall(t)
	one, two := h.as(models.Operator), h.as(models.Viewer)
	require.NoError(t, h.store.Write(t.Context(), func(tx *store.Tx) error {
		return tx.PutAlert(models.Alert{ID: "01B", Fingerprint: "b", State: models.AlertOpen, CapturedAt: models.At(time.Now().Add(-time.Hour))})
	}))
	for range 2 {
		require.Equal(t, http.StatusNoContent, one.do("POST", "/api/v1/painted", `{"alerts":["01A","01B"]}`).code)
		require.Equal(t, http.StatusNoContent, two.do("POST", "/api/v1/painted", `{"alerts":["01A"]}`).code)
	}
	metrics := one.do("GET", "/metrics", "").body
	for _, line := range []string{`_bucket{le="0.5"} 0`, `_bucket{le="3"} 1`, `_bucket{le="10"} 1`, `_bucket{le="+Inf"} 2`, `_count 2`} {
		require.Contains(t, metrics, "zhihui_capture_to_wall_seconds"+line+"\n")
	}
	n, err := testutil.GatherAndCount(prometheus.Gatherer(h.reg), "zhihui_capture_to_wall_seconds")
	require.NoError(t, err)
	require.Equal(t, 1, n, "no labels")
}
