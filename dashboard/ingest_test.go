package dashboard

import (
	"context"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// reader stands for package ingest: one camera that gives a picture, one topic that nobody is on and one of a sensor.
type reader struct {
	mu     sync.Mutex
	probed []models.Camera
	pushed []string
	turned []models.PTZAct
	fails  string        // the reason for which a camera does not turn
	hold   chan struct{} // a probe waits for it, nil = not at all
}

// key is an H.264 key unit that browsers can show.
func key() *models.AccessUnit {
	return &models.AccessUnit{Camera: "gate", Codec: models.H264, Key: true, Seq: 7, Session: 1, ReceivedAt: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC),
		NALUs: [][]byte{{0x67, 0x42, 0xc0, 0x0a, 0xda, 0x79}, {0x68, 0xce, 0x38, 0x80}, {0x65, 0x88, 0x80, 0x10}}}
}

func (r *reader) Measures() []models.CameraMeasure {
	return []models.CameraMeasure{{Camera: "yard"}, {Camera: "gate", Codec: "H.264 High", Width: 640, Height: 360, FPS: 10, BitRate: 384_000,
		GOPMs: 2000, Units: 5, Lost: 1, LastAt: models.At(time.Now()), Alarms: &models.AlarmsMeasure{Code: "no_events"}}}
}

func (r *reader) Newest(camera string) *models.AccessUnit {
	if camera == "gate" {
		return key()
	}
	return nil
}

func (r *reader) Probe(ctx context.Context, c models.Camera) (models.Probe, *models.AccessUnit) {
	r.mu.Lock()
	r.probed = append(r.probed, c)
	hold := r.hold
	r.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
		}
	}
	if strings.Contains(c.URL, "broken") {
		return models.Probe{Code: "auth_refused", Reason: "why"}, nil
	}
	return models.Probe{OK: true, Codec: "H.264 High"}, key()
}

func (r *reader) Discover(ctx context.Context, address, username, password string) ([]models.FoundDevice, error) {
	switch address {
	case "":
		return nil, nil
	case "nowhere":
		return nil, models.FieldError("address", "write an address")
	}
	_, _ = r.Probe(ctx, models.Camera{URL: address, Username: username, Password: password})
	return []models.FoundDevice{{Address: address, Streams: []models.FoundStream{{URL: "rtsp://10.0.0.9/s"}}}}, nil
}

func (r *reader) Presets(_ context.Context, camera string) models.PTZ {
	return models.PTZ{Camera: camera, Presets: []models.Preset{{Token: "1", Name: "Gate"}}}
}

func (r *reader) Turn(ctx context.Context, camera string, act models.PTZAct) models.PTZ {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turned = append(r.turned, act)
	p := r.Presets(ctx, camera)
	if p.Code = r.fails; act.Action == models.PTZSetPreset {
		p.Presets = append(p.Presets, models.Preset{Token: "2", Name: act.Name})
	}
	return p
}

func (r *reader) Heard(string) []models.HeardTopic {
	return []models.HeardTopic{{Topic: "w/1", Sensor: "water", Payload: "1", At: models.At(time.Now()), Count: 3}, {Topic: "x", Payload: "{}", Cut: true, At: 1, Count: 1}}
}

func (r *reader) Push(_ context.Context, topic string, payload []byte, written func()) (bool, error) {
	switch topic {
	case "busy":
		return false, models.Errorf(models.Unavailable, "readings queue up")
	case "full": // the disk takes nothing
	default:
		written()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pushed = append(r.pushed, topic+" "+string(payload))
	return topic == "w/1", nil
}

func (r *reader) Try(m models.Mapping, payload string) models.MappingTry {
	v, err := strconv.ParseFloat(payload, 64)
	if err != nil {
		return models.MappingTry{Fault: "not_number"}
	}
	return models.MappingTry{Value: &v, Paths: []models.MappingPath{{Path: m.Path, Value: v}}}
}

func (r *reader) asked() []models.Camera {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.probed
}

func TestProbeOverTheAPI(t *testing.T) {
	r := &reader{}
	h := openHall(t, func(_ *Config, d *Deps) { d.Ingest = r })
	p := h.as(models.Integrator)
	var found models.Probe
	p.do("POST", "/api/v1/probes", `{"url":"rtsp://10.0.0.9/s","username":"u","password":"swordfish"}`).into(t, &found)
	require.True(t, found.OK)
	picture, err := base64.StdEncoding.DecodeString(found.Picture)
	require.NoError(t, err)
	require.Equal(t, "ftyp", string(picture[4:8]))
	require.Equal(t, models.Camera{URL: "rtsp://10.0.0.9/s", Username: "u", Password: "swordfish"}, r.asked()[0])

	got := p.do("POST", "/api/v1/probes", `{"url":"rtsp://broken/s","password":"swordfish"}`)
	require.Contains(t, got.body, "auth_refused")
	require.NotContains(t, got.body, "swordfish")
	require.Equal(t, http.StatusOK, p.do("POST", "/api/v1/probes", `{"camera":"gate"}`).code)
	require.Equal(t, models.Camera{ID: "gate"}, r.asked()[2], "the address and the credentials are ingest's to know")
	for body, code := range map[string]int{
		`{"camera":"nothing"}`: http.StatusNotFound,
		`{}`:                   http.StatusBadRequest,
		`{"camera":"gate","url":"rtsp://elsewhere/s"}`: http.StatusBadRequest, // would carry the stored password there
	} {
		require.Equal(t, code, p.do("POST", "/api/v1/probes", body).code, body)
	}
	h.stop()
	require.NotContains(t, h.log.String(), "swordfish")
}

func TestDiscoverOverTheAPI(t *testing.T) {
	r := &reader{}
	h := openHall(t, func(_ *Config, d *Deps) { d.Ingest = r })
	p := h.as(models.Integrator)
	found := p.do("POST", "/api/v1/cameras/discover", `{"address":"10.0.0.9:80","username":"u","password":"swordfish"}`)
	require.Equal(t, http.StatusOK, found.code)
	require.Contains(t, found.body, `"url":"rtsp://10.0.0.9/s"`)
	require.NotContains(t, found.body, "swordfish")
	require.Equal(t, models.Camera{URL: "10.0.0.9:80", Username: "u", Password: "swordfish"}, r.asked()[0])
	require.Equal(t, `{"items":[],"next":""}`, strings.TrimSpace(p.do("POST", "/api/v1/cameras/discover", `{}`).body))
	require.Contains(t, p.do("POST", "/api/v1/cameras/discover", `{"address":"nowhere"}`).body, `"field":"address"`)
	require.Equal(t, http.StatusBadRequest, p.do("POST", "/api/v1/cameras/discover", `{"url":"rtsp://10.0.0.9/s"}`).code)
	require.Equal(t, http.StatusForbidden, h.as(models.Dispatcher).do("POST", "/api/v1/cameras/discover", `{}`).code)
	h.stop()
	require.NotContains(t, h.log.String(), "swordfish")
}

// Who searches the network does not probe meanwhile, and the other way round.
func TestAPersonSearchesOnceAtATime(t *testing.T) {
	r := &reader{hold: make(chan struct{})}
	h := openHall(t, func(_ *Config, d *Deps) { d.Ingest = r })
	p := h.as(models.Integrator)
	first := make(chan answer)
	go func() { first <- p.do("POST", "/api/v1/cameras/discover", `{"address":"10.0.0.9"}`) }()
	require.Eventually(t, func() bool { return len(r.asked()) == 1 }, 5*time.Second, time.Millisecond)
	require.Equal(t, http.StatusTooManyRequests, p.do("POST", "/api/v1/cameras/discover", `{}`).code)
	require.Equal(t, http.StatusTooManyRequests, p.do("POST", "/api/v1/probes", `{"camera":"gate"}`).code)
	close(r.hold)
	require.Equal(t, http.StatusOK, (<-first).code)
}

func TestAPersonProbesOneCameraAtATime(t *testing.T) {
	r := &reader{hold: make(chan struct{})}
	h := openHall(t, func(_ *Config, d *Deps) { d.Ingest = r })
	p := h.as(models.Integrator)
	first := make(chan answer)
	go func() { first <- p.do("POST", "/api/v1/probes", `{"camera":"gate"}`) }()
	require.Eventually(t, func() bool { return len(r.asked()) == 1 }, 5*time.Second, time.Millisecond)
	require.Equal(t, http.StatusTooManyRequests, p.do("POST", "/api/v1/probes", `{"camera":"gate"}`).code)
	close(r.hold)
	require.Equal(t, http.StatusOK, (<-first).code)
	require.Equal(t, http.StatusOK, p.do("POST", "/api/v1/probes", `{"camera":"gate"}`).code)
}

func TestPictureOfACamera(t *testing.T) {
	h := openHall(t)
	p := h.as(models.Viewer)
	got := p.do("GET", "/api/v1/cameras/gate/picture", "")
	require.Equal(t, []any{http.StatusOK, "video/mp4", "Fri, 01 May 2026 12:00:00 GMT"},
		[]any{got.code, got.header.Get("Content-Type"), got.header.Get("Last-Modified")})
	require.Contains(t, got.body, "moof")
	require.Equal(t, http.StatusNotFound, p.do("GET", "/api/v1/cameras/nothing/picture", "").code)
	_, err := h.store.ApplySite(t.Context(), models.Site{Name: "T", Areas: []models.Area{{ID: "a1", Name: "A", Kind: models.Grid}},
		Cameras: []models.Camera{{ID: "dark", Name: "Dark", Area: "a1", URL: "rtsp://10.0.0.1/s"}}}, "test")
	require.NoError(t, err)
	require.Equal(t, http.StatusServiceUnavailable, p.do("GET", "/api/v1/cameras/dark/picture", "").code)
}

func TestWhatIngestKnowsIsSeenWithinTheScope(t *testing.T) {
	h := openHall(t)
	_, err := h.store.ApplySite(t.Context(), models.Site{Name: "T", Areas: []models.Area{{ID: "a1", Name: "A", Kind: models.Grid}, {ID: "a2", Name: "B", Kind: models.Grid}},
		Cameras: []models.Camera{{ID: "gate", Name: "Gate", Area: "a1", URL: "rtsp://10.0.0.1/s"}, {ID: "yard", Name: "Yard", Area: "a2", URL: "rtsp://10.0.0.1/s"}},
		Sensors: []models.Sensor{{ID: "water", Name: "Water", Area: "a1", Kind: "water_level", Topic: "w/1"}}}, "test")
	require.NoError(t, err)
	topics := func(p *person) string { return p.do("GET", "/api/v1/topics", "").body }
	measures := func(p *person) string { return p.do("GET", "/api/v1/measures", "").body }
	whole := h.as(models.Integrator)
	require.Contains(t, topics(whole), `"w/1"`)
	require.Contains(t, measures(whole), `"yard"`)
	require.Contains(t, measures(whole), `"alarms":{"heard":false,"code":"no_events"}`)
	h.putUser(models.User{Username: "integrator", Role: models.Integrator, Area: "a2", PasswordHash: h.hash})
	part := h.as(models.Integrator)
	require.NotContains(t, topics(part), `"w/1"`, "it belongs to a sensor elsewhere")
	require.Contains(t, topics(part), `"x"`)
	require.NotContains(t, measures(part), `"gate"`)
	require.Contains(t, measures(part), `"yard"`)
	require.Equal(t, http.StatusNotFound, part.do("POST", "/api/v1/probes", `{"camera":"gate"}`).code)
	require.Equal(t, http.StatusNotFound, part.do("DELETE", "/api/v1/sensors/water", "").code)
	require.Equal(t, http.StatusNotFound, part.do("GET", "/api/v1/cameras/gate/picture", "").code)
}

func TestSensorsAreEditedOverTheAPI(t *testing.T) {
	h := openHall(t, func(_ *Config, d *Deps) {
		d.CheckRules = func(rules []models.Rule, _ map[string]models.Polygon, ofSensor bool) error {
			if len(rules) > 0 && ofSensor {
				return models.FieldError("rules[0].above", "a sensor_threshold needs a limit, give above or below")
			}
			return nil
		}
	})
	p := h.as(models.Integrator)
	body := `{"id":"rain","name":"Rain","area":"a1","kind":"rain","topic":"r/1","mapping":{"path":"v","scale":0.1},"stale_after":"30s"}`
	require.Equal(t, http.StatusCreated, p.do("POST", "/api/v1/sensors", body).code)
	require.Equal(t, http.StatusConflict, p.do("POST", "/api/v1/sensors", body).code)
	var got models.SensorView
	p.do("PATCH", "/api/v1/sensors/rain", `{"unit":"mm"}`).into(t, &got)
	require.Equal(t, []any{"mm", "Rain", 0.1, int64(2)}, []any{got.Unit, got.Name, got.Mapping.Scale, got.Revision})
	for body, field := range map[string]string{
		`{"rules":[{"kind":"sensor_threshold"}]}`: "rules[0].above", `{"area":"moon"}`: "area", `{"id":"other"}`: "id", `{"topic":"a/#"}`: "topic", `{"camera":"none"}`: "camera",
	} {
		bad := p.do("PATCH", "/api/v1/sensors/rain", body)
		require.Equal(t, http.StatusBadRequest, bad.code, bad.body)
		require.Contains(t, bad.body, `"field":"`+field+`"`)
	}
	require.Equal(t, http.StatusNoContent, p.do("DELETE", "/api/v1/sensors/rain", "").code)
	require.Equal(t, http.StatusNotFound, p.do("DELETE", "/api/v1/sensors/rain", "").code)
	require.Equal(t, http.StatusBadRequest, p.do("POST", "/api/v1/sensors", `{"id":"../x","name":"x"}`).code)
}

func TestMappingIsTriedOverTheAPI(t *testing.T) {
	p := openHall(t).as(models.Integrator)
	require.JSONEq(t, `{"value":12,"fault":"","paths":[{"path":"a","value":12}]}`, p.do("POST", "/api/v1/mappings/try", `{"payload":"12","mapping":{"path":"a"}}`).body)
	require.JSONEq(t, `{"value":null,"fault":"not_number","paths":[]}`, p.do("POST", "/api/v1/mappings/try", `{"payload":"x","mapping":{}}`).body)
}
