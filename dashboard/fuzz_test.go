package dashboard

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// Whatever is sent as since, after or as words to look for, the answer is JSON and no 5xx.
func FuzzCursors(f *testing.F) {
	for _, s := range []string{"0", "-1", "01A", "'; DROP TABLE alerts; --", "9223372036854775807", "%00", "\xff", "1e3", strings.Repeat("9", 200), `"*`, "a NEAR b", "%_"} {
		f.Add(s)
	}
	ask := openFuzzHall(f, models.Viewer)
	f.Fuzz(func(t *testing.T, cursor string) {
		for _, path := range []string{"/alerts?after=", "/cameras?after=", "/orders?after=", "/sensors?after=", "/changes?since=", "/search?q=", "/clips?after=", "/clips?alert=", "/holds?after=", "/session/oidc/callback?code="} {
			code, body := ask(http.MethodGet, "/api/v1"+path+url.QueryEscape(cursor), "")
			require.Less(t, code, 500, "%s%q: %s", path, cursor, body)
			require.True(t, json.Valid([]byte(body)))
		}
	})
}

// Whatever body is sent to whatever operation, the answer is JSON and no 5xx but "not there now".
func FuzzBodies(f *testing.F) {
	operations := []struct{ method, path, seed string }{
		{"POST", "/session/wall", `{"token":"x"}`},
		{"POST", "/cameras", `{"id":"c","name":"x","area":"a1","url":"rtsp://h/s","place":[113.2,23.1],"zones":{"z":[[0,0],[1,0],[1,1]]},"rules":[{"kind":"intrusion","zone":"z","dwell":"1s","hours":"22:00-06:00"}]}`},
		{"PATCH", "/cameras/c", `{"lines":{"l":[[0,0],[1,1]]},"heading":359.9,"analyse":true}`},
		{"POST", "/sensors", `{"id":"s","name":"x","area":"a1","topic":"a/b","kind":"smoke","mapping":{"path":"a.0","scale":1,"offset":-1}}`},
		{"PATCH", "/sensors/s", `{"rules":[{"kind":"sensor_threshold","above":1e308}]}`},
		{"PATCH", "/users/u", `{"name":"\u0000","role":"viewer"}`},
		{"POST", "/wall-tokens", `{"name":"East","area":""}`},
		{"POST", "/probes", `{"url":"rtsp://127.0.0.1/","username":"a","password":"b"}`},
		{"POST", "/cameras/gate/ptz", `{"action":"move","pan":-1,"tilt":0.5,"zoom":0,"preset":"1","name":"n"}`},
		{"POST", "/cameras/discover", `{"address":"192.0.2.1:80","username":"a","password":"b"}`},
		{"POST", "/push", `{"messages":[{"topic":"w/1","payload":{"a":1}}]}`},
		{"POST", "/mappings/try", `{"mapping":{"path":"a"},"payload":"{\"a\":1}"}`},
		{"POST", "/presence", `{"alert":"01A"}`},
		{"POST", "/alerts/01A/acknowledge", `{"note":"seen"}`},
		{"POST", "/alerts/01A/reject", `{"note":"a cat"}`},
		{"POST", "/orders/01O/transitions", `{"action":"accept","assignee":"u"}`},
		{"POST", "/holds", `{"camera":"gate","from":"2026-05-01T12:00:00Z","to":"2026-05-01T13:00:00.000+08:00","why":"\u0000"}`},
		{"POST", "/holds/01H/lift", `{"why":"over"}`},
		{"POST", "/painted", `{"alerts":["01A"]}`},
	}
	for i, o := range operations {
		f.Add(uint8(i), o.seed)
	}
	for _, s := range []string{"", "null", "[]", "{", "\xff", strings.Repeat("[", 20_000), `{"id":1e999}`, `{"id":"../x"}`} {
		f.Add(uint8(1), s)
	}
	ask := openFuzzHall(f, models.Admin)
	f.Fuzz(func(t *testing.T, which uint8, body string) {
		o := operations[int(which)%len(operations)]
		code, said := ask(o.method, "/api/v1"+o.path, body)
		require.True(t, code < 500 || code == http.StatusServiceUnavailable, "%s %s %q: %d %s", o.method, o.path, body, code, said)
		require.True(t, said == "" || json.Valid([]byte(said)), said)
	})
}
