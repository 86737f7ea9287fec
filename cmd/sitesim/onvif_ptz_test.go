package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/ingest/onvif"
	"zhihui/models"
)

// startTurning runs two cameras, of which the second can be turned.
func startTurning(t *testing.T) *site {
	t.Helper()
	s, stop := startSite(t, &Script{ONVIF: ONVIF{Listen: "127.0.0.1:0"}, Cameras: []Camera{{ID: "cam-01"}, {ID: "cam-02", PTZ: true}}})
	t.Cleanup(func() { stop() })
	return s
}

// startTurner is the product's own hand on these cameras.
func startTurner(t *testing.T, s *site, profile func(id string) string) (turn func(id string, a models.PTZAct) models.PTZ, stop func()) {
	t.Helper()
	find := func(id string) (models.Camera, bool) {
		return models.Camera{ID: id, Username: "zhihui", Password: "secret", ONVIF: models.ONVIF{Address: s.onvif.listener.Addr().String(), Profile: profile(id)}}, true
	}
	turner := onvif.NewTurner(find, models.Reach{"127.0.0.0/8"}, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- turner.Run(ctx) }()
	t.Cleanup(cancel)
	return func(id string, a models.PTZAct) models.PTZ { return turner.Turn(t.Context(), id, a) }, func() { cancel(); require.NoError(t, <-done) }
}

func TestTheProductTurnsACamera(t *testing.T) {
	s := startTurning(t)
	turn, stop := startTurner(t, s, func(id string) string { return id })
	h := s.onvif.heads["cam-02"]
	act := func(a models.PTZAction) models.PTZAct { return models.PTZAct{Action: a} }
	begun := time.Now()
	require.Empty(t, turn("cam-02", models.PTZAct{Action: models.PTZMove, Pan: 0.5, Tilt: -0.25, Zoom: 1}).Code)
	time.Sleep(time.Second)
	require.Empty(t, turn("cam-02", act(models.PTZStop)).Code)
	took := time.Since(begun)
	at, speed := h.at(time.Now())
	require.Equal(t, place{}, speed)
	require.InDelta(t, 0.5*turnRate*took.Seconds(), at.pan, 0.1)
	require.InDelta(t, -at.pan/2, at.tilt, 1e-9)
	require.InDelta(t, min(1, 2*at.pan), at.zoom, 1e-9)

	kept := turn("cam-02", models.PTZAct{Action: models.PTZSetPreset, Name: "大门 <1>"})
	require.Equal(t, []models.Preset{{Token: "preset-1", Name: "大门 <1>"}}, kept.Presets)
	require.Empty(t, turn("cam-02", act(models.PTZHome)).Code)
	require.Empty(t, turn("cam-02", models.PTZAct{Action: models.PTZGoto, Preset: "preset-1"}).Code)
	again, _ := h.at(time.Now())
	require.Equal(t, at, again)
	require.Empty(t, turn("cam-02", models.PTZAct{Action: models.PTZRemovePreset, Preset: "preset-1"}).Presets)
	require.Equal(t, string(onvif.NoPreset), turn("cam-02", models.PTZAct{Action: models.PTZGoto, Preset: "preset-1"}).Code)
	require.Equal(t, string(onvif.NoPTZ), turn("cam-01", act(models.PTZHome)).Code, "this one is fixed")

	require.Empty(t, turn("cam-02", models.PTZAct{Action: models.PTZMove, Pan: -0.1}).Code)
	stop()
	_, speed = h.at(time.Now())
	require.Equal(t, place{}, speed, "the hall was closed")
}

// A page that dies leaves no camera turning: our own stop comes before the timeout that the camera keeps.
func TestACameraStopsWhenNobodySaysMore(t *testing.T) {
	s := startTurning(t)
	turn, _ := startTurner(t, s, func(string) string { return "" })
	h := s.onvif.heads["cam-02"]
	begun := time.Now()
	for time.Since(begun) < 2*time.Second {
		require.Empty(t, turn("cam-02", models.PTZAct{Action: models.PTZMove, Pan: 0.1}).Code)
		time.Sleep(500 * time.Millisecond)
		_, speed := h.at(time.Now())
		require.NotEqual(t, place{}, speed, "it goes on while it is said again")
	}
	said := time.Now()
	require.Eventually(t, func() bool { _, speed := h.at(time.Now()); return speed == place{} }, 5*time.Second, 10*time.Millisecond)
	require.Less(t, time.Since(said), 1900*time.Millisecond)
}

// turning turns by the npm package onvif, a client that others wrote, and prints where the camera was.
const turning = `
const { Cam } = require('onvif')
const [hostname, port] = process.argv.slice(1)
const wait = (ms) => new Promise((done) => setTimeout(done, ms))
new Cam({ hostname, port: +port, username: 'zhihui', password: 'secret', timeout: 20000 }, async function (err) {
  if (err) throw err
  const ask = (name, ...o) => new Promise((done, fail) => this[name](...o, (e, v) => e ? fail(e) : done(v)))
  const status = () => ask('getStatus', { profileToken: 'cam-02' })
  const said = { nodes: Object.keys(await ask('getNodes')), configurations: Object.keys(await ask('getConfigurations')), options: (await ask('getConfigurationOptions', 'cam-02')).spaces.continuous, at: [await status()] }
  await ask('continuousMove', { profileToken: 'cam-02', x: 0.5, y: -0.5, zoom: 0, timeout: 60000 })
  await wait(1000)
  said.moving = (await status()).moveStatus
  await ask('stop', { profileToken: 'cam-02', panTilt: true, zoom: true })
  said.at.push(await status())
  await wait(300)
  said.at.push(await status())
  await ask('setPreset', { profileToken: 'cam-02', presetName: 'there' })
  said.presets = Object.entries(await ask('getPresets', { profileToken: 'cam-02' })).map(([name, p]) => name + ' ' + p.$.token)
  await ask('gotoHomePosition', { profileToken: 'cam-02' })
  said.at.push(await status())
  await ask('gotoPreset', { profileToken: 'cam-02', preset: 'preset-1' })
  said.at.push(await status())
  await ask('removePreset', { profileToken: 'cam-02', presetToken: 'preset-1' })
  said.left = Object.keys(await ask('getPresets', { profileToken: 'cam-02' })).length
  said.fault = await ask('gotoPreset', { profileToken: 'cam-02', preset: 'preset-1' }).then(() => '', (e) => e.message)
  console.log(JSON.stringify(said))
})`

func TestAnotherClientTurnsACamera(t *testing.T) {
	needOtherClient(t)
	s := startTurning(t)
	host, port, err := net.SplitHostPort(s.onvif.listener.Addr().String())
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), "node", "-e", turning, host, port)
	cmd.Dir = filepath.Join("..", "..", "dashboard", "web")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	type status struct{ Position struct{ X, Y, Zoom float64 } }
	var said struct {
		Nodes, Configurations, Presets []string
		Options                        struct{ X, Y, Zoom struct{ Min, Max float64 } }
		At                             []status
		Moving                         struct{ PanTilt string }
		Left                           int
		Fault                          string
	}
	require.NoError(t, json.Unmarshal(out, &said), string(out))
	require.Equal(t, [][]string{{"cam-02"}, {"cam-02"}, {"there preset-1"}}, [][]string{said.Nodes, said.Configurations, said.Presets})
	require.Equal(t, []float64{-1, 1, -1, 1}, []float64{said.Options.X.Min, said.Options.Y.Max, said.Options.Zoom.Min, said.Options.Zoom.Max})
	require.Equal(t, []any{"MOVING", 0}, []any{said.Moving.PanTilt, said.Left})
	require.Contains(t, said.Fault, "preset")
	at := func(i int) float64 { return said.At[i].Position.X }
	require.Zero(t, at(0))
	require.Greater(t, at(1), 0.5*turnRate*0.9)
	require.InDelta(t, -at(1), said.At[1].Position.Y, 1e-3)
	require.Equal(t, []float64{at(1), 0, at(1)}, []float64{at(2), at(3), at(4)}, "stopped, home, and back at the preset")
}
