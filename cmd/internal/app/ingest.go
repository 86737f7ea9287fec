package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/dashboard/api"
	"zhihui/detect"
	"zhihui/ingest"
	"zhihui/ingest/mqtt"
	"zhihui/ingest/onvif"
	"zhihui/models"
)

// makeIngest makes what reads cameras and sensors, so that the dashboard can ask it; startIngest sets it going.
func (h *hall) makeIngest(context.Context) error {
	dropped := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "zhihui_readings_dropped_total", Help: "Readings that were given up because the store was away for too long.",
	})
	h.reg.MustRegister(dropped)
	c := h.mqtt()
	h.recorder = newRecorder(h.store, h.log, c.InFlight, func(n int) { dropped.Add(float64(n)) })
	h.cameras = ingest.NewSupervisor(h.cfg.Ingest, h.log, h.reg, h.hub, func(s models.CameraStatus) {
		h.engine.CameraStatus(s)
		h.recorder.camera(s)
	})
	h.listener = onvif.NewListener(onvif.ListenerSettings{Networks: h.cfg.Ingest.Networks, AuthRetry: h.cfg.Ingest.AuthRetry.Std()},
		onvif.Hears{Alarm: h.engine.Alarm, Lost: h.engine.AlarmsLost}, h.log, h.reg)
	h.cameras.OnMetadata(h.listener.Metadata, h.listener.Beside)
	h.sensors = mqtt.NewClient(c, h.log, h.reg, func(r models.Reading, written func()) {
		h.engine.Reading(r)
		if r.Kept { // it would look like a new one
			if written != nil {
				written()
			}
			return
		}
		h.dashboard.Publish(r)
		h.recorder.reading(r, written)
	}, h.recorder.sensor)
	if h.cfg.MQTT.URL == "" {
		h.sensors.Encrypt(h.bus.MQTTDial())
		h.sensors.CameAt(h.bus.CameAt)
	}
	return nil
}

func (h *hall) startIngest(context.Context) error {
	h.parts.run("recorder", h.recorder.Run)
	h.parts.run("vitals", func(ctx context.Context) error { return h.hub.Run(ctx, h.engine.StreamVital) })
	h.parts.run("cameras", h.cameras.Run)
	h.parts.run("alarms", h.listener.Run)
	h.parts.run("sensors", h.sensors.Run)
	return nil
}

// eyes are what the dashboard sees of ingest, and of how the pictures are analysed.
type eyes struct {
	engine  *detect.Engine
	hub     *ingest.Hub
	prober  *ingest.Prober
	finder  *onvif.Searcher
	turner  *onvif.Turner
	cameras *ingest.Supervisor
	hears   *onvif.Listener
	sensors *mqtt.Client
}

var _ api.Ingest = eyes{}

// eyes opens them. Cameras are turned for nobody but the dashboard, and stopped when it is closed.
func (h *hall) eyes() eyes {
	networks := h.cfg.Ingest.Networks
	turner := onvif.NewTurner(h.cameras.Camera, networks, h.log)
	h.parts.run("turner", turner.Run)
	return eyes{h.engine, h.hub, ingest.NewProber(networks), onvif.NewSearcher(networks, h.log), turner, h.cameras, h.listener, h.sensors}
}

// Measures are of the streams that came, each with its analysis where it has one, and with whether its own alarms are heard.
func (e eyes) Measures() []models.CameraMeasure {
	now := time.Now()
	all, analysed := e.hub.Measures(now), e.engine.Measures(now)
	for i := range all {
		if a, ok := analysed[all[i].Camera]; ok {
			all[i].Analysis = &a
		}
		all[i].Alarms = e.hears.Measure(all[i].Camera)
	}
	return all
}

func (e eyes) Newest(camera string) *models.AccessUnit { return e.hub.Newest(camera) }

func (e eyes) Heard(q string) []models.HeardTopic { return e.sensors.Heard(q) }

func (e eyes) Push(ctx context.Context, topic string, payload []byte, written func()) (bool, error) {
	return e.sensors.Push(ctx, topic, payload, written)
}

func (e eyes) Try(m models.Mapping, payload string) models.MappingTry { return mqtt.Try(m, payload) }

// Probe takes the address and the credentials of a camera that is named by its ID from the site, the transport as it is given.
func (e eyes) Probe(ctx context.Context, camera models.Camera) (models.Probe, *models.AccessUnit) {
	if camera.ID != "" {
		stored, _ := e.cameras.Camera(camera.ID) // one that was removed just now has no address, and the probe says so
		stored.Transport = camera.Transport
		camera = stored
	}
	return e.prober.Probe(ctx, camera)
}

func (e eyes) Discover(ctx context.Context, address, username, password string) ([]models.FoundDevice, error) {
	return e.finder.Search(ctx, address, username, password)
}

func (e eyes) Presets(ctx context.Context, camera string) models.PTZ {
	return e.turner.Presets(ctx, camera)
}

func (e eyes) Turn(ctx context.Context, camera string, act models.PTZAct) models.PTZ {
	p := e.turner.Turn(ctx, camera, act)
	if p.Code == "" && act.Action.Turns() {
		e.engine.Turned(camera)
	}
	return p
}
