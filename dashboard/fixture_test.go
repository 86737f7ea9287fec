package dashboard

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhihui/dashboard/auth"
	"zhihui/dashboard/live"
	"zhihui/models"
	"zhihui/models/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const password = "command-hall-demo"

// hall is a running dashboard over a real store with a small site; people are its neighbours.
type hall struct {
	t      *testing.T
	store  *store.Store
	server *Server
	people *people
	reg    *prometheus.Registry
	dir    string        // of the recordings
	log    *bytes.Buffer // read it only after stop
	stop   func()
	url    string
	hash   string
}

// people stands for package alerting: it notes what was asked and answers with what a test has set.
type people struct {
	mu    sync.Mutex
	calls []string
	err   error
}

func (p *people) note(words ...string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = append(p.calls, strings.Join(words, " "))
	return p.err
}

func (p *people) Acknowledge(_ context.Context, id string, by models.User, note string) (models.Alert, error) {
	return models.Alert{ID: id, State: models.AlertAcknowledged, AcknowledgedBy: by.Username, Note: note}, p.note("acknowledge", id, by.Username, note)
}

func (p *people) Confirm(_ context.Context, id string, by models.User, note string) (models.Alert, error) {
	return models.Alert{ID: id, State: models.AlertAcknowledged, ConfirmedBy: by.Username}, p.note("confirm", id, by.Username, note)
}

func (p *people) MakeOrder(_ context.Context, id string, by models.User, note string) (models.WorkOrder, error) {
	return models.WorkOrder{ID: "01N", Alert: id, State: models.OrderReported}, p.note("order", id, by.Username, note)
}

func (p *people) Reject(_ context.Context, id string, by models.User, note string) (models.Alert, error) {
	return models.Alert{ID: id, State: models.AlertRejected}, p.note("reject", id, by.Username, note)
}

func (p *people) Do(_ context.Context, id string, action models.OrderAction, by models.User, note, assignee string) (models.WorkOrder, error) {
	return models.WorkOrder{ID: id, State: models.OrderAccepted}, p.note(string(action), id, by.Username, note, assignee)
}

func (p *people) Actions(models.WorkOrder) []models.OrderAction {
	return []models.OrderAction{models.ActAccept}
}

// noPicture is a camera that never sends.
type noPicture struct{}

func (noPicture) Next(ctx context.Context) (*models.AccessUnit, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}
func (noPicture) Close() {}

// roles are the six, each with a user of that name.
func roles() []models.Role {
	return []models.Role{models.Admin, models.Integrator, models.Dispatcher, models.Operator, models.GridWorker, models.Viewer}
}

func openHall(t *testing.T, change ...func(*Config, *Deps)) *hall {
	t.Helper()
	sc := store.DefaultConfig()
	sc.Dir = t.TempDir()
	st, err := store.Open(sc, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	h := &hall{t: t, store: st, people: &people{}, reg: prometheus.NewRegistry(), dir: t.TempDir(), log: &bytes.Buffer{}}
	h.seed()
	cfg := DefaultConfig()
	cfg.Listen = "127.0.0.1:0"
	deps := Deps{Store: st, Alerts: h.people, Orders: h.people, Ingest: &reader{}, Registry: h.reg, Recordings: h.dir, Logger: slog.New(slog.NewTextHandler(h.log, nil)),
		Subscribe: func(camera string) (live.UnitReader, error) {
			if camera != "gate" {
				return nil, models.Errorf(models.NotFound, "no such camera")
			}
			return noPicture{}, nil
		}}
	for _, f := range change {
		f(&cfg, &deps)
	}
	h.server, err = New(cfg, deps)
	require.NoError(t, err)
	h.url = "http://" + h.server.Addr()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.server.Run(ctx) }()
	h.stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended)
		http.DefaultClient.CloseIdleConnections()
		require.NoError(t, st.Close())
	})
	t.Cleanup(h.stop)
	return h
}

// hashed is the hash of everybody's password, made once: it is made to take long.
var hashed = sync.OnceValues(func() (string, error) { return auth.HashPassword(password) })

func (h *hall) seed() {
	h.t.Helper()
	var err error
	h.hash, err = hashed()
	require.NoError(h.t, err)
	for _, r := range roles() {
		h.putUser(models.User{Username: string(r), Name: string(r), Role: r, PasswordHash: h.hash})
	}
	_, err = h.store.ApplySite(h.t.Context(), models.Site{Name: "Test", Areas: []models.Area{{ID: "a1", Name: "A", Kind: models.Grid}},
		Cameras: []models.Camera{{ID: "gate", Name: "Gate", Area: "a1", URL: "rtsp://10.0.0.1/s", Username: "cam", Password: "hidden-secret"}},
		Sensors: []models.Sensor{{ID: "water", Name: "Water", Area: "a1", Kind: "water_level", Topic: "w/1"}}}, "test")
	require.NoError(h.t, err)
	now := models.At(time.Now())
	require.NoError(h.t, h.store.Write(h.t.Context(), func(tx *store.Tx) error {
		if err := tx.PutAlert(models.Alert{ID: "01A", Fingerprint: "f", Area: "a1", Kind: models.Intrusion, Severity: models.Red,
			Source: "gate", SourceType: models.FromCamera, State: models.AlertOpen, OpenedAt: now, UpdatedAt: now, CapturedAt: models.At(time.Now().Add(-700 * time.Millisecond))}); err != nil {
			return err
		}
		return tx.PutOrder(&models.WorkOrder{ID: "01O", Alert: "01A", Area: "a1", State: models.OrderReported, Lamp: models.LampGreen, Severity: models.Red,
			Kind: models.Intrusion, Source: "gate", DueAt: now, YellowAt: now, CreatedAt: now, UpdatedAt: now})
	}))
}

func (h *hall) putUser(u models.User) {
	h.t.Helper()
	require.NoError(h.t, h.store.PutUser(h.t.Context(), u, "test"))
}

// person is somebody with a browser.
type person struct {
	hall   *hall
	cookie *http.Cookie
}

// as logs in the user of that role.
func (h *hall) as(role models.Role) *person {
	h.t.Helper()
	p := &person{hall: h}
	resp := p.do("POST", "/api/v1/session", `{"username":"`+string(role)+`","password":"`+password+`"}`)
	require.Equal(h.t, http.StatusOK, resp.code, resp.body)
	p.cookie = resp.cookies[0]
	return p
}

// answer is a whole response.
type answer struct {
	code    int
	body    string
	header  http.Header
	cookies []*http.Cookie
}

func (a answer) into(t *testing.T, v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(a.body), v), a.body)
}

func (p *person) do(method, path, body string, headers ...string) answer {
	p.hall.t.Helper()
	req, err := http.NewRequestWithContext(p.hall.t.Context(), method, p.hall.url+path, strings.NewReader(body))
	require.NoError(p.hall.t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	if p.cookie != nil {
		req.AddCookie(p.cookie)
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(p.hall.t, err)
	defer resp.Body.Close()
	a := answer{code: resp.StatusCode, header: resp.Header, cookies: resp.Cookies()}
	if resp.Header.Get("Content-Type") != "text/event-stream" { // which has no end
		b, err := io.ReadAll(resp.Body)
		require.NoError(p.hall.t, err)
		a.body = string(b)
	}
	return a
}

// openFuzzHall returns a function that asks the handler directly, as the user of that role.
func openFuzzHall(f *testing.F, role models.Role) func(method, path, body string) (code int, answer string) {
	f.Helper()
	sc := store.DefaultConfig()
	sc.Dir = f.TempDir()
	st, err := store.Open(sc, slog.New(slog.DiscardHandler))
	require.NoError(f, err)
	f.Cleanup(func() { require.NoError(f, st.Close()) })
	hash, err := hashed()
	require.NoError(f, err)
	require.NoError(f, st.PutUser(f.Context(), models.User{Username: "u", Role: role, PasswordHash: hash}, "test"))
	cfg := DefaultConfig()
	cfg.Listen, cfg.RateLimit = "127.0.0.1:0", 100_000
	s, err := New(cfg, Deps{Store: st, Alerts: &people{}, Orders: &people{}, Ingest: &reader{}, Registry: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler)})
	require.NoError(f, err)
	f.Cleanup(func() { require.NoError(f, s.listener.Close()) })
	login := httptest.NewRecorder()
	_, err = s.sessions.LogIn(login, httptest.NewRequest("POST", "/", nil), "test", "u", password)
	require.NoError(f, err)
	return func(method, path, body string) (int, string) {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.AddCookie(login.Result().Cookies()[0])
		w := connected{httptest.NewRecorder()}
		s.http.Handler.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
}

// connected is a recorder that takes deadlines as a connection does.
type connected struct{ *httptest.ResponseRecorder }

func (connected) SetReadDeadline(time.Time) error { return nil }
