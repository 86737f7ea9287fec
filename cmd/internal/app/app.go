// Package app wires the parts of zhihui together, in one straight line and in the order of the data, and takes them down
// in the opposite order.
//
// app.go is that line, stack.go takes it down; ingest.go and site.go join the cameras and sensors of the store to those who
// watch them (roster.go remembers them), recorder.go brings their states and readings into the store, sources.go says whom
// health.go asks. The checks of the health page are in check*.go.
package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"zhihui/alerting"
	"zhihui/alerting/notify"
	"zhihui/alerting/orders"
	"zhihui/configs"
	"zhihui/dashboard"
	"zhihui/detect"
	"zhihui/detect/rules"
	"zhihui/ingest"
	"zhihui/ingest/mqtt"
	"zhihui/ingest/onvif"
	"zhihui/ingest/recording"
	"zhihui/models"
	"zhihui/models/bus"
	"zhihui/models/store"
)

// StopLimit is how long stopping may take; what is not down by then is named and left to the end of the process.
const StopLimit = 5 * time.Second

// consumer is the durable name under which alerting reads the events.
const consumer = "alerting"

// hall is one running process.
type hall struct {
	version string
	cfg     configs.Config
	log     *slog.Logger
	reg     *prometheus.Registry
	parts   *stack
	ready   gate

	store     *store.Store
	bus       *bus.Bus
	orders    *orders.Engine
	pipeline  *alerting.Pipeline
	hub       *ingest.Hub
	cameras   *ingest.Supervisor
	sensors   *mqtt.Client
	listener  *onvif.Listener
	vision    *detect.Vision
	engine    *detect.Engine
	recorder  *recorder
	disk      *recording.Disk
	footage   *recording.Recorder
	keeper    *recording.Keeper
	roster    roster
	dashboard *dashboard.Server
	deadman   *notify.Deadman
	watch     *watch
}

// Run runs the hall of that version until ctx ends or a part of it fails, and returns when everything is down.
func Run(ctx context.Context, version string, cfg configs.Config, log *slog.Logger) error {
	running, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	h := &hall{version: version, cfg: cfg, log: log, reg: prometheus.NewRegistry(), parts: newStack(log, fail)}
	h.reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	err := h.start(running)
	if err == nil && running.Err() == nil {
		h.ready.open()
		log.Info("the hall is open", "address", h.dashboard.Addr())
		<-running.Done()
	}
	switch { // what a start that was cut short says only follows from this
	case ctx.Err() != nil:
		err = nil
	case running.Err() != nil:
		err = context.Cause(running)
	}
	h.ready.close()
	log.Info("the hall closes")
	return errors.Join(err, h.parts.close(StopLimit))
}

// start follows the data backwards: who receives is there before who sends.
func (h *hall) start(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		h.startStore, h.startAlerting, h.startRecording, h.startDetect, h.makeIngest, h.startDashboard, h.startIngest, h.startSite,
	} {
		if err := step(ctx); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
	}
	return nil
}

func (h *hall) startStore(context.Context) (err error) {
	unlock, err := Lock(h.cfg.Store.Dir)
	if err != nil {
		return err
	}
	h.parts.push("lock", unlock)
	if h.store, err = store.Open(h.cfg.Store, h.log); err != nil {
		return err
	}
	h.parts.push("store", h.store.Close)
	h.parts.run("retention", h.store.Run)
	return h.store.Register(h.reg)
}

// startAlerting takes up the events that the last process left on the bus before anything new happens.
func (h *hall) startAlerting(ctx context.Context) (err error) {
	if h.bus, err = bus.Start(h.cfg.Bus, filepath.Join(h.cfg.Store.Dir, "bus"), h.log); err != nil {
		return err
	}
	h.parts.push("bus", func() error { h.bus.Close(); return nil })
	h.parts.run("broker", h.bus.Run)
	h.cfg.Alerting.Notify.Broker = h.cfg.MQTT.Out.URL != ""
	h.parts.run("notify", notify.New(h.cfg.Alerting.Notify, h.store, h.publisher(), time.Now, h.log, h.reg).Run)
	h.orders = orders.New(h.cfg.Alerting.FollowUp, h.store, h.cfg.Alerting.Notify.Outbox(), time.Now, h.log, h.reg)
	h.parts.run("orders", h.orders.Run)
	h.pipeline = alerting.New(h.cfg.Alerting, h.store, h.orders, h.log, h.reg)
	h.parts.run("alerting", func(ctx context.Context) error {
		return h.bus.ConsumeEvents(ctx, consumer, h.pipeline.Handle)
	})
	return h.bus.Drained(ctx)
}

// startDetect resumes the events that are still open, so that none is opened twice or left open for ever.
func (h *hall) startDetect(ctx context.Context) (err error) {
	deps := detect.Deps{
		Subscribe: func(camera string) detect.Reader { return h.hub.Subscribe(camera, analysisDepth) },
		Newest:    h.hub.Newest,
		Past:      func(sensor string, from time.Time) []models.Reading { return h.past(ctx, sensor, from) },
		Publish:   h.publish, SaveSnapshot: h.store.SaveSnapshot, Views: filepath.Join(h.cfg.Store.Dir, "views"),
	}
	if !h.cfg.Vision.Off {
		if h.vision, err = detect.NewVision(h.cfg.Vision, h.log, h.reg); err != nil {
			return err
		}
		h.parts.run("vision", h.vision.Run)
		deps.Vision = h.vision
	}
	if h.engine, err = detect.New(h.cfg.Detect, deps, h.log, h.reg); err != nil {
		return err
	}
	open, err := h.store.OpenEvents(ctx)
	if err != nil {
		return err
	}
	h.engine.Resume(open)
	h.parts.run("detect", h.engine.Run)
	return nil
}

// past is what a sensor has said from an instant on; of a long time it is the means of minutes.
func (h *hall) past(ctx context.Context, sensor string, from time.Time) (all []models.Reading) {
	f := store.TrendFilter{From: models.At(from), To: models.At(time.Now()), Limit: store.MaxTrend}
	told, err := h.store.In(store.Whole).Trend(ctx, sensor, f)
	if err != nil {
		h.log.Warn("a rate begins anew: what the sensor has said cannot be read", "sensor", sensor, "error", err)
	}
	for _, r := range told.Items {
		all = append(all, r.Reading)
	}
	return all
}

func (h *hall) startDashboard(context.Context) error {
	basemap, err := h.basemap()
	if err != nil {
		return err
	}
	h.dashboard, err = dashboard.New(h.cfg.Dashboard, dashboard.Deps{
		Store: h.store, Alerts: h.pipeline, Orders: h.orders, Subscribe: h.live, Ingest: h.eyes(), CheckRules: rules.CheckAll, ReadBy: rules.ReadBy, Basemap: basemap, Ready: h.isReady,
		Recordings: h.cfg.Recording.Folder(h.cfg.Store.Dir), Written: h.footage.Open, RecordState: h.footage.State,
		Health: h.health, Logger: h.log, Registry: h.reg,
	})
	if err != nil {
		return err
	}
	h.deadman = notify.NewDeadman(h.cfg.Alerting.Notify.Deadman, h.able, time.Now, h.log, h.reg)
	h.watch = newWatch(h.sources(), h.cfg.Store.Dir, time.Now, h.log, h.reg)
	h.parts.run("health", h.watch.Run)
	h.parts.run("deadman", h.deadman.Run)
	h.parts.run("dashboard", h.dashboard.Run)
	return nil
}

func (h *hall) basemap() ([]byte, error) {
	if h.cfg.Basemap == "" {
		return nil, nil
	}
	b, err := os.ReadFile(h.cfg.Basemap)
	if err != nil {
		return nil, fmt.Errorf("the base map: %w", err)
	}
	return b, nil
}

// mqtt points the sensors' client at the embedded broker where the settings name no other.
func (h *hall) mqtt() mqtt.Config {
	c := h.cfg.MQTT
	if c.URL == "" && h.cfg.Bus.MQTT.Address != "" {
		h.inside(&c.Broker)
		c.InFlight = bus.InFlight
		c.ClientID += fmt.Sprintf("-%08x", crc32.ChecksumIEEE([]byte(c.Wildcard))) // or the broker went on with an old one, too
	}
	return c
}

// inside points a client at the embedded broker.
func (h *hall) inside(b *mqtt.Broker) {
	scheme := "tcp://"
	if h.bus.Certificate() != nil {
		scheme = "ssl://"
	}
	b.ClientID += "-" + h.bus.Name()
	b.URL, b.Username, b.Password = scheme+h.bus.MQTTAddress(), h.cfg.Bus.MQTT.Username, h.cfg.Bus.MQTT.Password
}

// publisher tells others what happens, where the settings name a broker for that; else it is nil, and Notify.Broker false.
func (h *hall) publisher() notify.Publish {
	out := h.cfg.MQTT.Out
	var encrypt func() (*tls.Config, error)
	switch out.URL {
	case "":
		return nil
	case mqtt.Embedded:
		h.inside(&out)
		encrypt = h.bus.MQTTDial()
	}
	p := mqtt.NewPublisher(out, encrypt, h.log)
	h.parts.push("publisher", func() error { p.Close(); return nil })
	return p.Publish
}
