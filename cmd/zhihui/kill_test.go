//go:build !race

// The test kills the real binary, which the race detector does not watch: once is enough.

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/require"

	"zhihui/dashboard/auth"
	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
	"zhihui/models/store"
)

// hall is one real zhihui on its own folder and ports.
type hall struct {
	t              *testing.T
	bin, dir, conf string
	data           string           // the store's folder
	camera         *rtsptest.Camera // nil = the site has none
	record         models.Recording // how it is recorded
	http, mqtt     string           // addresses
	client         *http.Client
	cmd            *exec.Cmd
	out            bytes.Buffer
}

const (
	killSensors  = 24
	killPassword = "kill-test-password"
)

// TestKill kills the process at random moments under load. What it had acknowledged by then, a change on the stream or an
// answer of the API, must be there afterwards, once.
func TestKill(t *testing.T) {
	rounds := 50
	if n, err := strconv.Atoi(os.Getenv("ZHIHUI_KILLS")); err == nil {
		rounds = n
	}
	t.Parallel()
	h := newHall(t)
	seen := newWitness()
	for i := range rounds {
		h.start()
		h.load(seen, time.Duration(50+rand.IntN(450))*time.Millisecond)
		h.kill()
		seen.verify(h, fmt.Sprintf("round %d", i+1))
	}
	seen.changes = seen.found
	seen.verify(h, "at the end")
	require.Greater(t, len(seen.steps), 0, "no order was ever stepped, the test saw no load")
	t.Logf("%d kills, %d things seen, last change %d, orders stepped %d", rounds, len(seen.found), seen.last, len(seen.steps))
}

// witness remembers what the process has acknowledged.
type witness struct {
	mu      sync.Mutex
	changes map[string]models.Change // newest by topic and entity, of what verify has not found yet
	found   map[string]models.Change // the others: who looks for all each time looks longer each time
	last    int64
	steps   map[string]models.OrderState // order → state that an answer of the API has confirmed
}

func newWitness() *witness {
	return &witness{changes: map[string]models.Change{}, found: map[string]models.Change{}, steps: map[string]models.OrderState{}}
}

func (w *witness) saw(c models.Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = max(w.last, c.ID)
	w.changes[string(c.Topic)+" "+c.Entity] = c
}

func (w *witness) stepped(o models.WorkOrder) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.steps[o.ID] = o.State
}

// verify reads the store behind the dead process.
func (w *witness) verify(h *hall, when string) {
	t, ctx := h.t, context.Background()
	s := h.store()
	defer func() { require.NoError(t, s.Close()) }()
	last, err := s.LastChange(ctx)
	require.NoError(t, err)
	require.GreaterOrEqual(t, last, w.last, "%s: changes that a page has seen are gone", when)
	for key, c := range w.changes {
		w.verifyChange(t, s, when, key, c)
	}
	maps.Copy(w.found, w.changes)
	w.changes = map[string]models.Change{}
	for id, state := range w.steps {
		o, err := s.In(store.Whole).Order(ctx, id)
		require.NoError(t, err, when)
		found := o.State == state
		for _, step := range o.Steps {
			found = found || step.To == state
		}
		require.True(t, found, "%s: order %s was confirmed to be %s", when, id, state)
	}
	verifyOnce(t, s, when)
}

func (w *witness) verifyChange(t *testing.T, s *store.Store, when, key string, c models.Change) {
	var err error
	switch c.Topic {
	case models.TopicEvent:
		_, err = s.In(store.Whole).Event(context.Background(), c.Entity)
	case models.TopicAlert:
		_, err = s.In(store.Whole).Alert(context.Background(), c.Entity)
	case models.TopicOrder:
		_, err = s.In(store.Whole).Order(context.Background(), c.Entity)
	}
	require.NoError(t, err, "%s: %s was on the stream", when, key)
}

// verifyOnce looks for doubles: one live alert a fingerprint, each event in one alert, one order an alert.
func verifyOnce(t *testing.T, s *store.Store, when string) {
	ctx := context.Background()
	live, orders, events := map[string]string{}, map[string]string{}, map[string]string{}
	for after, more := "", true; more; more = after != "" {
		page, next, err := s.In(store.Whole).Alerts(ctx, store.AlertFilter{After: after, Limit: 1000})
		require.NoError(t, err)
		for _, a := range page {
			require.NotEmpty(t, a.Order, "%s: alert %s has lost its order", when, a.ID)
			if a.State.Live() {
				require.Empty(t, live[a.Fingerprint], "%s: two live alerts of %s", when, a.Fingerprint)
				live[a.Fingerprint] = a.ID
			}
			require.Empty(t, orders[a.Order], "%s: one order of two alerts", when)
			orders[a.Order] = a.ID
			gathered, err := s.In(store.Whole).AlertEvents(ctx, a.ID)
			require.NoError(t, err)
			require.Len(t, gathered, a.Events, "%s: alert %s", when, a.ID)
			for _, e := range gathered {
				require.Empty(t, events[e.ID], "%s: event %s in two alerts", when, e.ID)
				events[e.ID] = a.ID
			}
		}
		after = next
	}
	for after, more := "", true; more; more = after != "" {
		page, next, err := s.In(store.Whole).Orders(ctx, store.OrderFilter{After: after, Limit: 1000})
		require.NoError(t, err)
		for _, o := range page {
			require.Equal(t, o.Alert, orders[o.ID], "%s: order %s was made twice", when, o.ID)
		}
		after = next
	}
}

func newHall(t *testing.T) *hall {
	h := bareHall(t)
	h.settle(fmt.Sprintf("bus: {mqtt: {address: %q, username: device, password: device-password}}\nvision: {off: true}\n", h.mqtt))
	h.seed()
	return h
}

// bareHall is one that has neither settings nor a site.
func bareHall(t *testing.T) *hall {
	dir := t.TempDir()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	bin, err := program()
	require.NoError(t, err)
	h := &hall{t: t, dir: dir, data: filepath.Join(dir, "data"), bin: bin, conf: filepath.Join(dir, "zhihui.yml"),
		http: freeAddress(t), mqtt: freeAddress(t), client: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
	return h
}

// program is the real binary, built once for all tests.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "zhihui-test-*")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "zhihui")
	build := exec.Command("go", "build", "-trimpath", "-o", bin, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return bin, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if bin, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(bin)) // the system's own cleaning takes what stays
	}
	os.Exit(code)
}

// settle writes the settings.
func (h *hall) settle(more string) {
	settings := fmt.Sprintf("store: {dir: %q}\ndashboard: {listen: %q}\ningest: {networks: [127.0.0.0/8]}\n%s", h.data, h.http, more)
	require.NoError(h.t, os.WriteFile(h.conf, []byte(settings), 0o600))
}

// seed puts people and sensors into the store before the first start.
func (h *hall) seed() {
	ctx := context.Background()
	s := h.store()
	hash, err := auth.HashPassword(killPassword)
	require.NoError(h.t, err)
	require.NoError(h.t, s.PutUser(ctx, models.User{Username: "dispatcher", Name: "d", Role: models.Dispatcher, PasswordHash: hash}, "test"))
	site := models.Site{Name: "kill", Areas: []models.Area{{ID: "street", Name: "street", Kind: models.Street}}}
	above, clear := 1.0, 0.5
	for i := range killSensors {
		site.Sensors = append(site.Sensors, models.Sensor{
			ID: fmt.Sprintf("water-%d", i), Name: "water", Area: "street", Kind: "water_level", Topic: fmt.Sprintf("s/%d", i),
			Rules: []models.Rule{{Kind: models.SensorThreshold, Severity: models.Red, Above: &above, Clear: &clear}},
		})
	}
	if h.camera != nil {
		c := h.camera.Model("gate")
		c.Name, c.Area, c.Record = "gate", "street", h.record
		site.Cameras = append(site.Cameras, c)
	}
	_, err = s.ApplySite(ctx, site, "test")
	require.NoError(h.t, err)
	require.NoError(h.t, s.Close())
}

func (h *hall) store() *store.Store {
	cfg := store.DefaultConfig()
	cfg.Dir = h.data
	s, err := store.Open(cfg, slog.New(slog.DiscardHandler))
	require.NoError(h.t, err)
	return s
}

func (h *hall) start() {
	h.out.Reset()
	h.cmd = exec.Command(h.bin, "serve", "--config", h.conf)
	h.cmd.Stdout, h.cmd.Stderr = &h.out, &h.out
	require.NoError(h.t, h.cmd.Start())
	h.t.Cleanup(func() { _ = h.cmd.Process.Kill() })
	h.until("it is ready", 20*time.Second, func() bool {
		r, err := h.client.Get("http://" + h.http + "/readyz")
		if err != nil {
			return false
		}
		defer r.Body.Close()
		return r.StatusCode == http.StatusOK
	})
}

// until looks again and again; when the time is over it tells what was waited for, and what the hall has logged by then.
func (h *hall) until(what string, within time.Duration, look func() bool) {
	h.t.Helper()
	for end := time.Now().Add(within); !look(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			h.t.Fatalf("%s: not within %s: %s", what, within, h.tail())
		}
	}
}

func (h *hall) kill() {
	require.NoError(h.t, h.cmd.Process.Kill())
	err := h.cmd.Wait()
	require.ErrorContains(h.t, err, "killed", "it had ended before it was killed: %s", &h.out)
}

// load makes readings that open and close events, follows the stream and steps orders, for as long as it is told.
func (h *hall) load(seen *witness, length time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), length)
	defer cancel()
	h.logIn()
	var all sync.WaitGroup
	for _, f := range []func(context.Context, *witness){h.publish, h.follow, h.step} {
		all.Go(func() { f(ctx, seen) })
	}
	all.Wait()
}

func (h *hall) logIn() {
	if r, err := h.client.Get("http://" + h.http + "/api/v1/session"); err == nil {
		r.Body.Close()
		if r.StatusCode == http.StatusOK {
			return // the session outlived the kill
		}
	}
	body := fmt.Sprintf(`{"username":"dispatcher","password":%q}`, killPassword)
	r, err := h.client.Post("http://"+h.http+"/api/v1/session", "application/json", strings.NewReader(body))
	require.NoError(h.t, err)
	defer r.Body.Close()
	require.Equal(h.t, http.StatusOK, r.StatusCode)
}

// publish lets the sensors' values cross their limits to and fro.
func (h *hall) publish(ctx context.Context, _ *witness) {
	c := mqtt.NewClient(mqtt.NewClientOptions().AddBroker("tcp://" + h.mqtt).SetClientID("load").
		SetUsername("device").SetPassword("device-password"))
	if token := c.Connect(); !token.WaitTimeout(2*time.Second) || token.Error() != nil {
		return
	}
	defer c.Disconnect(0)
	for i := 0; ctx.Err() == nil; i++ {
		value := "2"
		if rand.IntN(2) == 0 {
			value = "0"
		}
		c.Publish(fmt.Sprintf("s/%d", rand.IntN(killSensors)), 1, false, value).WaitTimeout(100 * time.Millisecond)
	}
}

// follow remembers every change on the stream.
func (h *hall) follow(ctx context.Context, seen *witness) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://%s/api/v1/changes/stream?since=%d", h.http, seen.last), nil)
	require.NoError(h.t, err)
	client := &http.Client{Jar: h.client.Jar}
	answer, err := client.Do(r)
	if err != nil {
		return
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	name, data := "", ""
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ":")
		switch {
		case field == "event":
			name = strings.TrimSpace(value)
		case field == "data":
			data = value
		case field == "" && name == "change": // the blank line: the message is whole, the kill did not cut it
			var c models.Change
			require.NoError(h.t, json.Unmarshal([]byte(data), &c))
			seen.saw(c)
		}
	}
}

// step takes orders on, one action after the other.
func (h *hall) step(ctx context.Context, seen *witness) {
	for ctx.Err() == nil {
		var page struct{ Items []models.WorkOrder }
		if h.call(http.MethodGet, "/orders?state=reported,accepted,dispatched&limit=20", "", &page) != http.StatusOK {
			return
		}
		for _, o := range page.Items {
			action := map[models.OrderState]string{
				models.OrderReported: `{"action":"accept"}`, models.OrderAccepted: `{"action":"dispatch","assignee":"dispatcher"}`,
				models.OrderDispatched: `{"action":"start"}`,
			}[o.State]
			var after models.WorkOrder
			if h.call(http.MethodPost, "/orders/"+o.ID+"/transitions", action, &after) == http.StatusOK {
				seen.stepped(after)
			}
		}
	}
}

// call returns the status, or 0 when there was no whole answer.
func (h *hall) call(method, path, body string, into any) int {
	r, err := http.NewRequest(method, "http://"+h.http+"/api/v1"+path, strings.NewReader(body))
	require.NoError(h.t, err)
	r.Header.Set("Content-Type", "application/json")
	answer, err := h.client.Do(r)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil || json.Unmarshal(b, into) != nil {
		return 0
	}
	return answer.StatusCode
}

// addresses are those that freeAddress gave out.
var addresses sync.Map

// freeAddress gives each once: the system would give one again on which nobody listens yet. It is not of 127.0.0.1, from whose
// ports connections are opened: none of those takes it while the hall is away.
func freeAddress(t *testing.T) string {
	for {
		l, err := net.Listen("tcp", "127.0.0.2:0")
		require.NoError(t, err)
		address := l.Addr().String()
		require.NoError(t, l.Close())
		if _, again := addresses.LoadOrStore(address, true); !again {
			return address
		}
	}
}
