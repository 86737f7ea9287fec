package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/detect"
	"zhihui/ingest"
	"zhihui/ingest/onvif"
	"zhihui/models"
)

// alarming are two cameras of which the second reports by itself, 2 s after the begin and again and again.
func alarming(metadata bool) *Script {
	script := &Script{ONVIF: ONVIF{Listen: "127.0.0.1:0"}, Cameras: []Camera{{ID: "cam-01", Metadata: metadata}, {ID: "cam-02", Metadata: metadata}}}
	for s := 2; s < 60; s += 6 {
		script.Events = append(script.Events,
			Event{At: Span(time.Duration(s) * time.Second), Camera: "cam-02", Alarm: Alarm{Kind: models.LineCrossing, Name: "kerb <1>", Label: "Human"}},
			Event{At: Span(time.Duration(s) * time.Second), Camera: "cam-02", Alarm: Alarm{Kind: models.Intrusion, Name: "yard", For: Span(2 * time.Second)}})
	}
	return script
}

// The product hears a simulated camera, at its pull point and beside its stream, and makes events of it; the camera beside it
// stays quiet.
func TestTheProductHearsAlarms(t *testing.T) {
	for name, pulled := range map[string]bool{"at the pull point": true, "beside the video": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, stop := startSite(t, alarming(!pulled))
			defer stop()
			address := ""
			if pulled {
				address = s.onvif.listener.Addr().String()
			}
			events := hallOf(t, s, address)
			opened, closed := map[models.EventKind]models.Event{}, map[models.EventKind]models.Event{}
			for deadline := time.After(2 * patience); len(closed) < 2; {
				select {
				case ev := <-events:
					require.Equal(t, "cam-02", ev.Source)
					if ev.Revision == 1 {
						opened[ev.Kind] = ev
					} else if ev.State == models.EventClosed {
						closed[ev.Kind] = ev
					}
				case <-deadline:
					t.Fatal("not all events came: ", opened, closed)
				}
			}
			crossed, entered := opened[models.LineCrossing], opened[models.Intrusion]
			require.Equal(t, models.Facts{By: "camera", Zone: "kerb <1>", Label: "person"}, crossed.Facts)
			require.Equal(t, "摄像机自行报告：人员越线（规则「kerb <1>」）", crossed.Why)
			require.Equal(t, models.Facts{By: "camera", Zone: "yard"}, entered.Facts)
			require.InDelta(t, 2000, float64(closed[models.Intrusion].Facts.ForMs), 1000)
		})
	}
}

// hallOf runs ingest and detect as the hall has them, and returns the messages about what the cameras report.
func hallOf(t *testing.T, s *site, address string) <-chan models.Event {
	log, reg := slog.New(slog.DiscardHandler), prometheus.NewRegistry()
	events := make(chan models.Event, 1000)
	engine, err := detect.New(detect.DefaultConfig(), detect.Deps{Publish: func(_ context.Context, ev models.Event) error {
		if ev.Facts.By != "" {
			events <- ev
		}
		return nil
	}}, log, prometheus.NewRegistry())
	require.NoError(t, err)
	config := ingest.DefaultConfig()
	config.Networks = models.Reach{"127.0.0.0/8"}
	cameras := ingest.NewSupervisor(config, log, reg, ingest.NewHub(config), engine.CameraStatus)
	listener := onvif.NewListener(onvif.ListenerSettings{Networks: config.Networks, AuthRetry: time.Minute},
		onvif.Hears{Alarm: engine.Alarm, Lost: engine.AlarmsLost}, log, reg)
	cameras.OnMetadata(listener.Metadata, listener.Beside)
	var all []models.Camera
	for _, id := range []string{"cam-01", "cam-02"} {
		all = append(all, models.Camera{ID: id, URL: "rtsp://" + s.server.addr() + "/" + id, Username: "zhihui", Password: "secret", Revision: 1,
			Alarms: true, ONVIF: models.ONVIF{Address: address, Profile: id}})
	}
	require.NoError(t, engine.Apply(all, nil))
	cameras.Apply(all)
	listener.Apply(all)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 3)
	for _, run := range []func(context.Context) error{engine.Run, cameras.Run, listener.Run} {
		go func() { done <- run(ctx) }()
	}
	t.Cleanup(func() {
		cancel()
		for range 3 {
			require.NoError(t, <-done)
		}
	})
	return events
}

// hearing listens by the npm package onvif, a client that others wrote, until it has heard of both.
const hearing = `
const { Cam } = require('onvif')
const [hostname, port] = process.argv.slice(1)
new Cam({ hostname, port: +port, username: 'zhihui', password: 'secret', timeout: 20000 }, function (err) {
  if (err) throw err
  this.getEventProperties((fault, is) => {
    if (fault) throw fault
    const said = { topics: Object.keys(is.topicSet.ruleEngine), heard: {} }
    this.on('eventsError', (e) => { throw e })
    this.on('event', (m) => {
      const message = m.message.message, items = [].concat(message.source.simpleItem).map((i) => i.$)
      said.heard[m.topic._] = items.map((i) => i.Name + '=' + i.Value)
      if (Object.keys(said.heard).length < 2) return
      console.log(JSON.stringify(said))
      this.removeAllListeners('event')
      this.unsubscribe(() => process.exit(0))
    })
  })
})`

func TestAnotherClientHearsAlarms(t *testing.T) {
	needOtherClient(t)
	s, stop := startSite(t, alarming(false))
	defer stop()
	host, port, err := net.SplitHostPort(s.onvif.listener.Addr().String())
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), "node", "-e", hearing, host, port)
	cmd.Dir = filepath.Join("..", "..", "dashboard", "web")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	var said struct {
		Topics []string
		Heard  map[string][]string
	}
	require.NoError(t, json.Unmarshal(out, &said), string(out))
	require.Equal(t, map[string][]string{
		"tns1:RuleEngine/LineDetector/Crossed":        {"VideoSourceConfigurationToken=cam-02", "Rule=kerb <1>"},
		"tns1:RuleEngine/FieldDetector/ObjectsInside": {"VideoSourceConfigurationToken=cam-02", "Rule=yard"},
	}, said.Heard)
	require.Len(t, said.Topics, 3)
	s.onvif.board.mu.Lock()
	defer s.onvif.board.mu.Unlock()
	require.Empty(t, s.onvif.board.points, "it has left")
}

// The same product reads the same words, whatever the name of a rule holds.
func TestAlarmsAreReadAsTheyWereWritten(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for _, a := range []Alarm{{Kind: models.LineCrossing, Name: `a"<&>'b`}, {Kind: models.Intrusion, Name: "西门", Label: "Vehicle"}, {Kind: models.Loitering}} {
		for _, on := range []bool{true, false} {
			got, ignored, err := onvif.AlarmsIn(documentOf(a.notification("cam", "Changed", on, at)), at)
			require.NoError(t, err)
			if a.Kind == models.LineCrossing && !on {
				continue // nobody says so
			}
			require.Zero(t, ignored)
			require.Equal(t, []any{a.Kind, a.Name, strings.ToLower(a.Label), on}, []any{got[0].Kind, got[0].Name, got[0].Label, got[0].Active})
		}
	}
}

func TestABoardIsBounded(t *testing.T) {
	b := newBoard()
	now := time.Now()
	b.now = func() time.Time { return now }
	b.tell("cam", Alarm{Kind: models.Intrusion, Name: "holds"}, true, now)
	b.tell("cam", Alarm{Kind: models.Intrusion, Name: "over"}, true, now)
	b.tell("cam", Alarm{Kind: models.Intrusion, Name: "over"}, false, now)
	for i := range pointsMost {
		require.True(t, b.open(fmt.Sprint(i), time.Minute))
	}
	require.False(t, b.open("one more", time.Minute))
	first := b.take("0", newsMost)
	require.Len(t, first, 1)
	require.Contains(t, first[0], `PropertyOperation="Initialized"`)
	require.Equal(t, first, b.holding("cam", now))
	for i := range newsMost + 1 {
		b.tell("cam", Alarm{Kind: models.LineCrossing, Name: fmt.Sprint("n", i)}, true, now)
	}
	require.Contains(t, b.take("0", 1)[0], `Value="n1"`, "the oldest goes")
	require.Len(t, b.take("0", newsMost), newsMost-1)
	require.Nil(t, b.take("nobody", 1))
	now = now.Add(2 * time.Minute)
	_, _, ok := b.renew("0", time.Minute)
	require.False(t, ok, "it was over")
	require.True(t, b.open("one more", time.Minute), "and those that are over make place")
	b.close("one more")
	require.Empty(t, b.points)
}

func TestScriptsOfAlarms(t *testing.T) {
	for field, spoil := range map[string]func(*Event){
		"events[0].alarm.kind":  func(e *Event) { e.Alarm.Kind = models.Crowd },
		"events[0].alarm.label": func(e *Event) { e.Alarm.Label = "Dog" },
		"events[0].alarm.name":  func(e *Event) { e.Alarm.Name = strings.Repeat("x", 100) },
		"events[0].alarm.for":   func(e *Event) { e.Alarm.For = 0 },
		"events[0].do":          func(e *Event) { e.Do = "drop" },
		"":                      func(*Event) {},
	} {
		e := Event{At: Span(time.Minute), Camera: "cam", Alarm: Alarm{Kind: models.Loitering, For: Span(time.Second)}}
		spoil(&e)
		s := &Script{Loop: Span(2 * time.Minute), Cameras: []Camera{{ID: "cam"}}, Events: []Event{e}}
		err := s.checkEvents()
		if field == "" {
			require.NoError(t, err)
			require.Len(t, steps(s), 3, "the begin of the loop, that of the alarm and its end")
			continue
		}
		require.ErrorContains(t, err, field)
	}
	require.Error(t, Alarm{Kind: models.LineCrossing, For: 1}.check("alarm", 0, Span(time.Minute)), "a line is crossed at once")
	require.Error(t, Alarm{Kind: models.Loitering, For: Span(time.Minute)}.check("alarm", 1, Span(time.Minute)), "longer than the loop")
}
