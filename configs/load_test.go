package configs

import (
	"os"
	"path/filepath"
	"testing"

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
	require.Equal(t, Default(), c)
}

func TestEveryExampleLoads(t *testing.T) {
	for _, name := range []string{"zhihui.yml", "demo/zhihui.yml", "demo/site.yml"} {
		require.NoError(t, Check(name), name)
	}
	site, err := LoadSite("demo/site.yml")
	require.NoError(t, err)
	require.Len(t, site.Cameras, 16)
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

func TestCheckNamesFaultsOfASite(t *testing.T) {
	name := write(t, `name: s
areas: [{id: a, name: a, kind: street}]
cameras:
  - id: c
    name: c
    area: b
    url: rtsp://h/1
    rules:
      - {kind: intrusion, zone: nowhere}
`)
	err := Check(name)
	require.ErrorContains(t, err, name+":6:11: cameras[0].area: ")
	require.ErrorContains(t, err, name+":9:33: cameras[0].rules[0].zone: ")
}

func TestLoadSaysWhatCannotBeRead(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.yml"))
	require.ErrorContains(t, err, "cannot read")
	_, err = LoadSite(write(t, "areas: [\n"))
	require.Error(t, err)
}
