package configs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"
)

func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file.yml")
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

// TestTheCommentedExampleIsTheDefault keeps the page that explains every setting true.
func TestTheCommentedExampleIsTheDefault(t *testing.T) {
	c, err := Load("zhihui.yml")
	require.NoError(t, err)
	c.Alerting.Notify.Webhooks, c.Dashboard.TrustedProxies = nil, nil // [] in the file
	c.Vision.Remotes, c.Ingest.Networks, c.Dashboard.Metrics = nil, nil, nil
	require.Equal(t, Default(), c)

	var every, shown map[string]any
	b, err := yaml.Marshal(Default())
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(b, &every))
	b, err = os.ReadFile("zhihui.yml")
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(b, &shown))
	require.Empty(t, unshown("", every, shown), "settings that the page leaves out")
}

// unshown names the keys of every that shown lacks.
func unshown(at string, every, shown map[string]any) (missing []string) {
	for key, value := range every {
		there, ok := shown[key]
		if !ok {
			missing = append(missing, at+key)
		}
		if section, ok := value.(map[string]any); ok {
			inner, _ := there.(map[string]any)
			missing = append(missing, unshown(at+key+".", section, inner)...)
		}
	}
	return missing
}

func TestEveryExampleLoads(t *testing.T) {
	for _, name := range []string{"zhihui.yml", "demo/zhihui.yml", "demo/site.yml"} {
		require.NoError(t, Check(name), name)
	}
	site, err := LoadSite("demo/site.yml")
	require.NoError(t, err)
	require.Len(t, site.Cameras, 16)
}

// TestThePagesExampleLoads holds the site file that the repository's pages show to what the program reads.
func TestThePagesExampleLoads(t *testing.T) {
	for _, page := range []string{"../README.md", "../README.zh-CN.md"} {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		_, example, found := strings.Cut(string(text), "```yaml\n")
		require.True(t, found, page)
		example, _, _ = strings.Cut(example, "```")
		site, err := LoadSite(write(t, example))
		require.NoError(t, err, page)
		require.Len(t, site.Cameras, 1, page)
		require.Len(t, site.Sensors, 1, page)
	}
}

func TestCheckNamesFaultsOfSettings(t *testing.T) {
	name := write(t, "dashboard:\n  lissen: 127.0.0.1:80\n  listen: nowhere\nstore: {dir: x}\ningest:\n  silence: soon\n")
	require.EqualError(t, Check(name), name+":2:3: unknown field \"lissen\": there is no such key here, remove it or mend its spelling\n"+
		name+":6:12: \"soon\" is no duration, write one such as 500ms, 0.5s or 5m")
	name = write(t, "dashboard:\n  listen: nowhere\nlog: {format: xml}\n")
	err := Check(name)
	require.ErrorContains(t, err, name+":2:11: dashboard.listen: \"nowhere\" is no address")
	require.ErrorContains(t, err, name+":3:15: log.format: \"xml\" is no log format")
}

// TestCheckNamesEveryFaultOfASection: a person mends a file once, not once for each fault.
func TestCheckNamesEveryFaultOfASection(t *testing.T) {
	err := Check(write(t, `store: {dir: "", keep: {readings: 1s, changes: 1s, snapshots: 1s, snapshot_bytes: 1}}
bus: {replicas: 9, max_age: 1s, max_bytes: 3, mqtt: {address: x}}
ingest: {dial_timeout: 1ms, silence: 1ms, retry_first: 1ms, auth_retry: 1ms, handshakes: 0, gop_units: 0, gop_bytes: 0}
mqtt: {url: "http://u:secret@h", client_id: "", qos: 9}
detect: {language: x, time_zone: x, inferences: 0, infer_every: 1ms, publishers: 0}
vision: {instances: -1, stuck: 1ms}
alerting:
  orders: [{kinds: [x, y], due: 1ms}, {severities: [z], due: 1h, yellow: 2}]
  follow_up: {kinds: [x]}
  notify: {webhooks: [{name: a, url: "https://u:secret@h", secret: short}, {name: a, url: "ftp://h", secret: short}]}
dashboard: {listen: nowhere, session_lifetime: 1s, tls_cert: x, trusted_proxies: [a, b]}
`))
	var faults Faults
	require.ErrorAs(t, err, &faults)
	lines := map[int]int{}
	for _, f := range faults {
		lines[f.Line]++
	}
	require.Equal(t, map[int]int{1: 5, 2: 6, 3: 7, 4: 4, 5: 5, 6: 2, 8: 5, 9: 1, 10: 5, 11: 5}, lines, "%s", err)
	require.NotContains(t, err.Error(), "u:secret")
}

func TestTheBrokerInsideMustListenToPublish(t *testing.T) {
	require.ErrorContains(t, Check(write(t, "mqtt: {out: {url: embedded}}\n")), ":1:19: mqtt.out.url: the broker inside has no listener")
	require.ErrorContains(t, Check(write(t, "mqtt: {out: {url: ftp://x}}\n")), "mqtt.out.url: must be tcp://")
	require.NoError(t, Check(write(t, "mqtt: {out: {url: embedded}}\nbus: {mqtt: {address: 127.0.0.1:1883, username: u, password: p}}\n")))
}

func TestCheckNamesFaultsOfASite(t *testing.T) {
	name := write(t, `name: s
areas: [{id: a, name: a, kind: street}]
cameras:
  - id: c
    name: c
    area: b
    url: rtsp://h/1
    record: {mode: hours, schedule: ["22:00-06:00", Monday]}
    rules:
      - {kind: intrusion, zone: nowhere}
sensors:
  - id: s
    name: s
    area: a
    topic: t
    rules:
      - {kind: sensor_rate, above: -1}
      - {kind: sensor_expression, expr: "value('s') >"}
      - {kind: sensor_expression, id: far, expr: "value('s') > value('gone')"}
`)
	err := Check(name)
	require.ErrorContains(t, err, name+":6:11: cameras[0].area: ")
	require.ErrorContains(t, err, name+`:8:53: cameras[0].record.schedule[1]: "Monday" is no part of a week`)
	require.ErrorContains(t, err, name+":10:33: cameras[0].rules[0].zone: ")
	require.ErrorContains(t, err, name+":17:36: sensors[0].rules[0].above: -1 is no rise")
	require.ErrorContains(t, err, name+":18:41: sensors[0].rules[1].expr: column 12: unexpected token")
	require.ErrorContains(t, err, name+`:19:50: sensors[0].rules[2].expr: there is no sensor "gone" in this file`)
}

// Hours in brackets are text only between quotes, which is not what people write first.
func TestCheckSaysHowHoursAreWritten(t *testing.T) {
	site := "name: s\nareas: [{id: a, name: a, kind: street}]\ncameras:\n  - {id: c, name: c, area: a, url: rtsp://h/1, record: {mode: hours, schedule: [%s]}}\n"
	require.ErrorContains(t, Check(write(t, fmt.Sprintf(site, "Mon-Fri 08:00-18:00"))), "write text: between quotes where there is a colon in it")
	require.NoError(t, Check(write(t, fmt.Sprintf(site, `"Mon-Fri 08:00-18:00", "Sat,Sun 00:00-24:00"`))))
	require.NoError(t, Check(write(t, strings.Replace(site, "{id: c, name: c, area: a, url: rtsp://h/1, record: {mode: hours, schedule: [%s]}}",
		"id: c\n    name: c\n    area: a\n    url: rtsp://h/1\n    record:\n      mode: hours\n      schedule:\n        - Mon-Fri 08:00-18:00\n        - 22:00-06:00\n", 1))))
}

func TestLoadSaysWhatCannotBeRead(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.yml"))
	require.ErrorContains(t, err, "cannot read")
	_, err = LoadSite(write(t, "areas: [\n"))
	require.Error(t, err)
}
