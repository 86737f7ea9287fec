package dashboard

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// Whatever is sent: the answer is a 4xx with a code, a sentence and, where there is one, the field at fault; it never
// repeats what was sent.
func TestBadInput(t *testing.T) {
	h := openHall(t)
	p := h.as(models.Admin)
	mega := strings.Repeat("Zq", 1<<19)
	long := strings.Repeat("Zq", 5000)
	for _, c := range []struct {
		name, method, path, body string
		code                     models.Code
		field                    string
	}{
		{"wrong type", "POST", "/session", `{"username":7,"password":"x"}`, models.Invalid, "username"},
		{"missing", "POST", "/session", `{"username":"a"}`, models.Invalid, "password"},
		{"unknown field", "POST", "/session", `{"username":"a","password":"b","admin":true}`, models.Invalid, ""},
		{"other case", "POST", "/session", `{"Username":"a","password":"b"}`, models.Invalid, ""},
		{"null", "POST", "/session", `null`, models.Invalid, ""},
		{"no JSON", "POST", "/session", `{"username":`, models.Invalid, ""},
		{"a list", "POST", "/session", `[]`, models.Invalid, ""},
		{"nothing", "POST", "/session", ``, models.Invalid, ""},
		{"1 MB name", "POST", "/session", `{"username":"` + mega + `","password":"b"}`, models.TooLarge, ""},
		{"10 kB name", "POST", "/session", `{"username":"` + long + `","password":"b"}`, models.Invalid, "username"},
		{"1 MB note", "POST", "/alerts/01A/acknowledge", `{"note":"` + mega + `"}`, models.TooLarge, ""},
		{"long note", "POST", "/alerts/01A/reject", `{"note":"` + long + `"}`, models.Invalid, "note"},
		{"no note at all", "POST", "/alerts/01A/reject", ``, models.Invalid, ""},
		{"unknown action", "POST", "/orders/01O/transitions", `{"action":"explode"}`, models.Invalid, "action"},
		{"action of a wrong type", "POST", "/orders/01O/transitions", `{"action":["close"]}`, models.Invalid, "action"},
		{"no alerts", "POST", "/painted", `{"alerts":[]}`, models.Invalid, "alerts"},
		{"wrong alerts", "POST", "/painted", `{"alerts":[1]}`, models.Invalid, "alerts.0"},
		{"unknown alert", "POST", "/painted", `{"alerts":["nothing"]}`, models.NotFound, ""},
		{"unknown camera", "GET", "/cameras/nothing", ``, models.NotFound, ""},
		{"unknown camera edited", "PATCH", "/cameras/nothing", `{"name":"x"}`, models.NotFound, ""},
		{"unknown camera removed", "DELETE", "/cameras/nothing", ``, models.NotFound, ""},
		{"unknown sensor", "GET", "/sensors/nothing", ``, models.NotFound, ""},
		{"readings of nothing", "GET", "/sensors/nothing/readings", ``, models.NotFound, ""},
		{"unknown event", "GET", "/events/nothing", ``, models.NotFound, ""},
		{"unknown alert asked for", "GET", "/alerts/nothing", ``, models.NotFound, ""},
		{"unknown order", "GET", "/orders/nothing", ``, models.NotFound, ""},
		{"unknown snapshot", "GET", "/snapshots/nothing", ``, models.NotFound, ""},
		{"snapshot outside", "GET", "/snapshots/..%2F..%2Fkey", ``, models.NotFound, ""},
		{"long id", "GET", "/alerts/" + strings.Repeat("x", 65), ``, models.Invalid, "id"},
		{"limit 0", "GET", "/alerts?limit=0", ``, models.Invalid, "limit"},
		{"limit too big", "GET", "/events?limit=1001", ``, models.Invalid, "limit"},
		{"limit no number", "GET", "/orders?limit=many", ``, models.Invalid, "limit"},
		{"unknown state", "GET", "/alerts?state=open,asleep", ``, models.Invalid, "state"},
		{"unknown order state", "GET", "/orders?state=,", ``, models.Invalid, "state"},
		{"unknown camera state", "GET", "/cameras?state=asleep", ``, models.Invalid, "state"},
		{"unknown lamp", "GET", "/orders?lamp=pink", ``, models.Invalid, "lamp"},
		{"unknown parameter", "GET", "/alerts?stat=open", ``, models.Invalid, "stat"},
		{"parameters cut by a semicolon", "GET", "/alerts?state=open;area=a1", ``, models.Invalid, ""},
		{"parameters that are no text", "GET", "/alerts?state=%zz", ``, models.Invalid, ""},
		{"no time", "GET", "/sensors/water/readings?from=yesterday", ``, models.Invalid, "from"},
		{"end before beginning", "GET", "/sensors/water/readings?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", ``, models.Invalid, "to"},
		{"unknown step", "GET", "/sensors/water/readings?step=day", ``, models.Invalid, "step"},
		{"too many readings", "GET", "/sensors/water/readings?limit=10001", ``, models.Invalid, "limit"},
		{"no place among readings", "GET", "/sensors/water/readings?after=yesterday", ``, models.Invalid, "after"},
		{"negative since", "GET", "/changes?since=-1", ``, models.Invalid, "since"},
		{"since no number", "GET", "/changes/stream?since=x", ``, models.Invalid, "since"},
		{"since too big", "GET", "/changes/stream?since=99999999999999999999", ``, models.Invalid, "since"},
		{"reject without a reason", "POST", "/alerts/x/reject", `{}`, models.Invalid, "note"},
		{"no place in a list", "GET", "/alerts?after=zzz", ``, models.Invalid, "after"},
		{"no place in events", "GET", "/events?after=01ZZZ", ``, models.Invalid, "after"},
		{"no place in orders", "GET", "/orders?after=01A", ``, models.Invalid, "after"},
		{"no place in cameras", "GET", "/cameras?after=%21", ``, models.Invalid, "after"},
		{"no place in sensors", "GET", "/sensors?after=a%20b", ``, models.Invalid, "after"},
		{"no place in the ledger", "GET", "/ledger?after=first", ``, models.Invalid, "after"},
		{"nothing to search for", "GET", "/search", ``, models.Invalid, "q"},
		{"long search", "GET", "/search?q=" + strings.Repeat("x", 65), ``, models.Invalid, "q"},
		{"long cursor", "GET", "/alerts?after=" + strings.Repeat("x", 129), ``, models.Invalid, "after"},
		{"camera without id", "POST", "/cameras", `{"name":"x","area":"a1","url":"rtsp://h/s"}`, models.Invalid, "id"},
		{"camera known already", "POST", "/cameras", `{"id":"gate","name":"x","area":"a1","url":"rtsp://h/s"}`, models.Conflict, "id"},
		{"camera in no area", "POST", "/cameras", `{"id":"c","name":"x","area":"mars","url":"rtsp://h/s"}`, models.Invalid, "area"},
		{"credentials in the address", "POST", "/cameras", `{"id":"c","name":"x","area":"a1","url":"rtsp://u:p@h/s"}`, models.Invalid, "url"},
		{"other id", "PATCH", "/cameras/gate", `{"id":"other"}`, models.Invalid, "id"},
		{"heading", "PATCH", "/cameras/gate", `{"heading":360}`, models.Invalid, "heading"},
		{"transport", "PATCH", "/cameras/gate", `{"transport":"pigeon"}`, models.Invalid, "transport"},
		{"way to record", "PATCH", "/cameras/gate", `{"record":{"mode":"sometimes"}}`, models.Invalid, "record.mode"},
		{"hours without any", "PATCH", "/cameras/gate", `{"record":{"mode":"hours"}}`, models.Invalid, "record.schedule"},
		{"hours that are none", "PATCH", "/cameras/gate", `{"record":{"mode":"hours","schedule":["22:00-06:00","Monday"]}}`, models.Invalid, "record.schedule[1]"},
		{"too little to keep", "PATCH", "/cameras/gate", `{"record":{"keep_bytes":50}}`, models.Invalid, "record.keep_bytes"},
		{"too long to keep", "PATCH", "/cameras/gate", `{"record":{"keep_days":3651}}`, models.Invalid, "record.keep_days"},
		{"unknown field of recording", "PATCH", "/cameras/gate", `{"record":{"always":true}}`, models.Invalid, "record"},
		{"unknown field of a rule", "PATCH", "/cameras/gate", `{"rules":[{"kind":"crowd","zones":"x"}]}`, models.Invalid, "rules.0"},
		{"no duration", "PATCH", "/cameras/gate", `{"rules":[{"kind":"crowd","dwell":"long"}]}`, models.Invalid, "rules.0.dwell"},
		{"no such thing", "GET", "/unicorns", ``, models.NotFound, ""},
		{"no such method", "PUT", "/cameras/gate", `{}`, models.NotFound, ""},
		{"live without WebSocket", "GET", "/cameras/gate/live", ``, models.Invalid, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.hall.t = t
			got := p.do(c.method, "/api/v1"+c.path, c.body)
			var e models.Error
			got.into(t, &e)
			require.Equal(t, c.code, e.Code, got.body)
			require.NotEmpty(t, e.Message)
			require.Contains(t, got.header.Get("Content-Type"), "application/json")
			require.GreaterOrEqual(t, got.code, 400)
			require.Less(t, got.code, 500)
			require.NotContains(t, got.body, "Zq")
			require.Less(t, len(got.body), 700)
			if c.field != "" {
				require.Equal(t, c.field, e.Field, got.body)
			}
		})
	}
	h.t = t
}

func TestOtherContentTypesAreRefused(t *testing.T) {
	h := openHall(t)
	got := (&person{hall: h}).do("POST", "/api/v1/session", "username=a&password=b", "Content-Type", "application/x-www-form-urlencoded")
	require.Equal(t, http.StatusBadRequest, got.code)
}

// What has no code stays inside, whole in the log under the number that the person is told.
func TestInternalErrorsStayInside(t *testing.T) {
	h := openHall(t)
	p := h.as(models.Operator)
	h.people.err = errors.New("disk /dev/sdz1 is on fire")
	got := p.do("POST", "/api/v1/alerts/01A/acknowledge", "")
	require.Equal(t, http.StatusInternalServerError, got.code)
	require.NotContains(t, got.body, "sdz1")
	var e models.Error
	got.into(t, &e)
	require.Equal(t, models.Internal, e.Code)
	words := strings.Fields(e.Message)
	h.stop()
	require.Contains(t, h.log.String(), "sdz1")
	require.Contains(t, h.log.String(), words[len(words)-1])
}

func TestOtherSitesPagesCannotActForUs(t *testing.T) {
	h := openHall(t)
	p := h.as(models.Admin)
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}} {
		require.Equal(t, http.StatusForbidden, p.do("POST", "/api/v1/alerts/01A/acknowledge", "", header...).code, header)
	}
	require.Equal(t, http.StatusOK, p.do("POST", "/api/v1/alerts/01A/acknowledge", "", "Sec-Fetch-Site", "same-origin").code)
	require.Equal(t, http.StatusOK, p.do("POST", "/api/v1/alerts/01A/acknowledge", "", "Origin", h.url).code)
}
