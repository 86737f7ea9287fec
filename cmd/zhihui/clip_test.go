//go:build !race

// The test kills the real binary, which the race detector does not watch.

package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

// TestTheSecondsBefore lets a sensor rise at a camera that is recorded by its events: what the camera saw ten seconds before plays soon
// after. The hall is killed in the middle of it; the clip goes on and ends 20 s after the sensor fell.
func TestTheSecondsBefore(t *testing.T) {
	t.Parallel()
	h := bareHall(t)
	h.camera = rtsptest.H264(t)
	h.settle(fmt.Sprintf("bus: {mqtt: {address: %q, username: device, password: device-password}}\nvision: {off: true}\n", h.mqtt))
	h.seed()
	recordEvents(t, h)
	stop := make(chan struct{})
	defer close(stop)
	go playNoise(h.camera, stop)
	h.start()
	h.logIn()
	h.until("the ring is kept", 20*time.Second, func() bool { return recordState(h) == models.RecordReady })
	time.Sleep(14 * time.Second) // and holds what it should

	rise, risen := h.waterStands(t, "2"), time.Now()
	var clip models.Clip
	h.until("the clip plays", 10*time.Second, func() bool { return h.clip(&clip) && h.footageFrom(clip.From) != 0 })
	t.Logf("it plays %s after the reading", time.Since(risen).Round(time.Millisecond))
	require.LessOrEqual(t, h.footageFrom(clip.From), models.At(risen.Add(-10*time.Second)))
	rise()
	time.Sleep(time.Second) // until the reading is written: the broker gives it again otherwise, maybe after the next
	h.kill()
	h.start()
	h.logIn()
	h.until("the clip goes on", 20*time.Second, func() bool { return recordState(h) == models.RecordRunning })
	require.True(t, h.clip(&clip))
	require.Zero(t, clip.To)

	fall, fallen := h.waterStands(t, "0"), time.Now()
	h.until("the clip ends", 40*time.Second, func() bool { return h.clip(&clip) && clip.To != 0 })
	require.InDelta(t, 20, clip.To.Sub(models.At(fallen)).Seconds(), 2)
	fall()
	h.kill()
}

// playNoise sends ten units a second of which no two are the same: what never changes is frozen, and that is an event, too.
func playNoise(c *rtsptest.Camera, stop <-chan struct{}) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		unit := rtsptest.Unit(n%20 == 0)
		noise := make([]byte, 200+rand.IntN(300))
		for i := range noise {
			noise[i] = byte(1 + rand.IntN(255)) // no start code
		}
		unit[len(unit)-1] = append(slices.Clone(unit[len(unit)-1]), noise...)
		c.Send(time.Duration(n)*100*time.Millisecond, unit)
		select {
		case <-stop:
			return
		case <-tick.C:
		}
	}
}

func recordEvents(t *testing.T, h *hall) {
	s := h.store()
	above, clear := 1.0, 0.5
	c := h.camera.Model("gate")
	c.Name, c.Area, c.Record.Mode = "gate", "street", models.RecordEvents
	_, err := s.ApplySite(t.Context(), models.Site{
		Name: "clip", Areas: []models.Area{{ID: "street", Name: "street", Kind: models.Street}}, Cameras: []models.Camera{c},
		Sensors: []models.Sensor{{ID: "level", Name: "level", Area: "street", Kind: "water_level", Topic: "level", Camera: "gate",
			Rules: []models.Rule{{Kind: models.SensorThreshold, Severity: models.Red, Above: &above, Clear: &clear}}}},
	}, "test")
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

// waterStands lets the sensor say a value; the returned function hangs up.
func (h *hall) waterStands(t *testing.T, value string) (hangUp func()) {
	c := mqtt.NewClient(mqtt.NewClientOptions().AddBroker("tcp://" + h.mqtt).SetClientID("water").SetUsername("device").SetPassword("device-password"))
	token := c.Connect()
	require.True(t, token.WaitTimeout(5*time.Second))
	require.NoError(t, token.Error())
	token = c.Publish("level", 1, false, value)
	require.True(t, token.WaitTimeout(5*time.Second))
	require.NoError(t, token.Error())
	return func() { c.Disconnect(0) }
}

func recordState(h *hall) models.RecordState {
	var found struct{ State models.RecordState }
	h.call(http.MethodGet, "/cameras/gate/recordings", "", &found)
	return found.State
}

// clip reads the newest one.
func (h *hall) clip(into *models.Clip) bool {
	var found struct{ Items []models.Clip }
	if h.call(http.MethodGet, "/clips?camera=gate", "", &found) != http.StatusOK || len(found.Items) == 0 {
		return false
	}
	*into = found.Items[0]
	return true
}

// footageFrom is where the piece of footage begins that is asked for at an instant; 0 = there is none.
func (h *hall) footageFrom(at models.Time) models.Time {
	r, err := h.client.Get("http://" + h.http + "/api/v1/cameras/gate/footage?from=" + at.String())
	if err != nil {
		return 0
	}
	defer r.Body.Close()
	from, _ := strconv.ParseInt(r.Header.Get("Zhihui-From"), 10, 64)
	return models.Time(from)
}
