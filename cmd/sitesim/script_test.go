package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

const goodScript = `loop: 60s
rtsp: {listen: "127.0.0.1:0", username: u, password: p}
mqtt: {url: "tcp://127.0.0.1:1883"}
cameras:
  - id: cam-01
    clips:
      - {file: vtest.avi, crop: [0.1, 0.1, 0.5, 0.5], mirror: true, phase: 2s}
  - id: cam-02
    mode: silent
    clips: [{file: tree.avi}]
    encoding: {codec: h265, qp: 30}
    begin: live
    listen: 127.0.0.1:0
sensors:
  - id: water
    topic: a/b
    period: 1s
    path: data.level
    curve: [{at: 0s, value: 1}, {at: 20s, value: 2}]
events:
  - {at: 10s, camera: cam-01, do: drop}
  - {at: 20s, camera: cam-01, do: return}
`

func TestParseScript(t *testing.T) {
	s, err := parseScript("x.yml", []byte(goodScript))
	require.NoError(t, err)
	require.Equal(t, time.Minute, s.Loop.Std())
	require.Equal(t, []float64{0.1, 0.1, 0.5, 0.5}, s.Cameras[0].Clips[0].Crop)
	require.Equal(t, ModeSilent, s.Cameras[1].Mode)
	require.Equal(t, Event{At: Span(20 * time.Second), Camera: "cam-01", Do: "return"}, s.Events[1])
	require.Equal(t, ModePlay, s.Events[1].Do.mode())
	require.Equal(t, Camera{ID: "cam-02", Mode: ModeSilent, Clips: []Clip{{File: "tree.avi"}}, Begin: BeginLive, Listen: "127.0.0.1:0",
		Encoding: Encoding{Codec: CodecH265, QP: 30}}, s.Cameras[1])
}

func TestParseScriptFaults(t *testing.T) {
	for _, tc := range []struct{ name, from, to, want string }{
		{"unknown key", "mirror: true", "mirrored: true", "[7:55] unknown field \"mirrored\""},
		{"wrong type", "loop: 60s", "loop: [1]", "[1:7] \"[\" is no duration"},
		{"bad duration", "phase: 2s", "phase: soon", "[7:76] \"soon\" is no duration"},
		{"no YAML", "loop: 60s", "loop: {", "x.yml: "},
		{"no loop", "loop: 60s", "loop: 0s", "x.yml:1: loop: must be at least 1s"},
		{"no address", `listen: "127.0.0.1:0", `, "", "x.yml:2: rtsp.listen: say where"},
		{"no ONVIF address", "loop: 60s", "loop: 60s\nonvif: {listen: here}", "x.yml:2: onvif.listen: \"here\" is no address"},
		{"nothing to discover", "loop: 60s", "loop: 60s\nonvif: {discovery: true}", "x.yml:2: onvif.discovery: there is nothing"},
		{"no password", ", password: p", "", "x.yml:2: rtsp: the cameras need"},
		{"no broker", `{url: "tcp://127.0.0.1:1883"}`, `{url: "1883"}`, "x.yml:3: mqtt.url: say where"},
		{"camera twice", "id: cam-02", "id: cam-01", "x.yml:8: cameras[1].id: cam-01 is there twice"},
		{"bad id", "id: cam-02", "id: a b", "x.yml:8: cameras[1].id: \"a b\" is no identifier"},
		{"mode", "mode: silent", "mode: loud", "x.yml:9: cameras[1].mode: \"loud\" is not one of"},
		{"no clips", "clips: [{file: tree.avi}]", "clips: []", "x.yml:10: cameras[1].clips: camera cam-02 names no clip"},
		{"a folder", "file: tree.avi", "file: ../tree.avi", "must be a file's name"},
		{"crop of three", "[0.1, 0.1, 0.5, 0.5]", "[0.1, 0.1, 0.5]", "x.yml:7: cameras[0].clips[0].crop: must be [x, y, width, height]"},
		{"hide at the edge", "mirror: true", "hide: [0, 0.1, 0.5, 0.5]", "clips[0].hide: [0 0.1 0.5 0.5] does not lie"},
		{"length", "mirror: true", "length: 90s", "a clip lasts 80 s at most"},
		{"gust", "path: data.level", "gust: 2", "lies outside 0…1"},
		{"storm without end", "rtsp:", "storm: {from: 10s, to: 10s}\nrtsp:", "x.yml:2: storm: must begin before it ends"},
		{"storm's look", "mode: silent", "storm: hail", "x.yml:9: cameras[1].storm: \"hail\" is not one of dark, rain"},
		{"story untold", "rtsp:", "story: [{at: 1s, text: a}]\nrtsp:", "x.yml:2: story[0].text: a moment is told in both languages"},
		{"story backwards", "rtsp:", "story: [{at: 2s, text: a, en: a}, {at: 1s, text: b, en: b}]\nrtsp:", "story[1].at: 1s must come after"},
		{"scene's name", "mode: silent", "scenes: {usual: [{file: a.avi}]}", "\"usual\" cannot name a scene"},
		{"scene without clips", "mode: silent", "scenes: {night: []}", "scenes.night: camera cam-02 names no clip"},
		{"event's scene", "do: return", "scene: night", "camera cam-01 has no scene \"night\""},
		{"scene and action", "do: return", "do: return, scene: usual", "shows a scene or does something, not both"},
		{"crop outside", "[0.1, 0.1, 0.5, 0.5]", "[0.6, 0.1, 0.5, 0.5]", "does not lie in the picture"},
		{"brightness", "mirror: true", "brightness: 2", "lies outside"},
		{"codec", "codec: h265", "codec: vp8", "x.yml:11: cameras[1].encoding.codec: \"vp8\" is not one of h264, h265"},
		{"rate and quality", "qp: 30", "qp: 30, rate: 384", "x.yml:11: cameras[1].encoding.qp: a camera has a rate or a constant quality"},
		{"quality", "qp: 30", "qp: 52", "cameras[1].encoding.qp: 52 lies outside 1…51"},
		{"rate", "qp: 30", "rate: 3", "cameras[1].encoding.rate: 3 lies outside 32…20000 kbit/s"},
		{"rate for all", "rtsp:", "encoding: {rate: -1}\nrtsp:", "x.yml:2: encoding.rate: -1 lies outside"},
		{"broken GOP", "qp: 30", "gop: 150ms", "cameras[1].encoding.gop: 150ms must be a multiple of 100ms, at most 20s"},
		{"endless GOP", "qp: 30", "gop: 21s", "at most 20s"},
		{"sound", "mode: silent", "sound: mp3", "x.yml:9: cameras[1].sound: \"mp3\" is not one of aac, opus, pcma, pcmu"},
		{"begin", "begin: live", "begin: now", "x.yml:12: cameras[1].begin: \"now\" is not one of key, live"},
		{"listen", "listen: 127.0.0.1:0", "listen: here", "x.yml:13: cameras[1].listen: \"here\" is no address"},
		{"topic", "topic: a/b", "topic: a/#", "x.yml:16: sensors[0].topic"},
		{"period", "    period: 1s\n", "", "x.yml:15: sensors[0].period: sensor water needs"},
		{"noise", "path: data.level", "noise: -1", "must not be negative"},
		{"path", "data.level", "data..level", "has an empty part"},
		{"list element", "data.level", "data.3", "only element 0"},
		{"no curve", "[{at: 0s, value: 1}, {at: 20s, value: 2}]", "[]", "at least one point"},
		{"curve backwards", "{at: 20s, value: 2}", "{at: 0s, value: 2}", "x.yml:19: sensors[0].curve[1].at: 0s does not come after"},
		{"curve outside", "{at: 20s, value: 2}", "{at: 60s, value: 2}", "outside the loop"},
		{"event outside", "{at: 20s, camera", "{at: 99s, camera", "x.yml:22: events[1].at: 1m39s lies outside"},
		{"event's camera", "camera: cam-01, do: return", "camera: cam-09, do: return", "no camera \"cam-09\""},
		{"event's action", "do: return", "do: fly", "\"fly\" is not one of return, play, drop,"},
		{"event without a port of its own", "do: return", "do: refuse", "x.yml:22: events[1].do: camera cam-01 needs a listen of its own"},
		{"mode without a port of its own", "- id: cam-01", "- id: cam-01\n    mode: blackhole", "x.yml:6: cameras[0].mode: camera cam-01 needs a listen"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.Contains(t, goodScript, tc.from)
			_, err := parseScript("x.yml", []byte(strings.Replace(goodScript, tc.from, tc.to, 1)))
			require.ErrorContains(t, err, tc.want)
			require.Equal(t, models.Invalid, models.CodeOf(err))
		})
	}
}

func TestParseScriptEmpty(t *testing.T) {
	_, err := parseScript("x.yml", []byte("loop: 60s\n"))
	require.ErrorContains(t, err, "neither cameras nor sensors")
	_, err = LoadScript(filepath.Join(t.TempDir(), "none.yml"))
	require.Equal(t, models.NotFound, models.CodeOf(err))
}

func TestSpan(t *testing.T) {
	for text, want := range map[string]time.Duration{"500ms": time.Second / 2, "2m": 2 * time.Minute, `"1h30m"`: 90 * time.Minute, "0s": 0} {
		var got struct{ At Span }
		require.NoError(t, yaml.Unmarshal([]byte("at: "+text), &got))
		require.Equal(t, want, got.At.Std(), text)
		require.Equal(t, want.String(), got.At.String())
	}
	for _, text := range []string{"5", "-2s", "soon", "[1s]", "{a: 1s}", "1 s"} {
		var got struct{ At Span }
		require.ErrorContains(t, yaml.Unmarshal([]byte("\n\nat: "+text), &got), "[3:", text)
	}
}

func FuzzParseScript(f *testing.F) {
	f.Add([]byte(goodScript))
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := parseScript("x.yml", text); err == nil {
			require.NotZero(t, s.Loop)
		}
	})
}

// The demo's script must load, and each of its cameras must find a clip where Debian's opencv-doc alone is installed.
func TestDemoScript(t *testing.T) {
	s, err := LoadScript(filepath.Join("..", "..", "configs", "demo", "sim.yml"))
	require.NoError(t, err)
	require.Len(t, s.Cameras, 16)
	folder := t.TempDir()
	for _, name := range []string{"vtest.avi", "tree.avi"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), nil, 0o644))
	}
	looks := map[string]string{}
	for _, c := range s.Cameras {
		for name := range c.Scenes {
			_, _, err := findClip(c.ID, c.scene(name), []string{folder})
			require.NoError(t, err, name)
		}
		clip, _, err := findClip(c.ID, c.Clips, []string{folder})
		require.NoError(t, err)
		look := clip.File + clip.filter(c.Storm, usualEncoding())
		require.Empty(t, looks[look], "%s looks like another camera", c.ID)
		looks[look] = c.ID
	}
}
