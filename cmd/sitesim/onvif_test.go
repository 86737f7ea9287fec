package main

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/ingest/onvif"
	"zhihui/models"
)

// startRecorder runs two cameras with ONVIF beside them.
func startRecorder(t *testing.T, settings ONVIF) *site {
	t.Helper()
	script := &Script{ONVIF: settings, Cameras: []Camera{{ID: "cam-01"}, {ID: "cam-02", Encoding: Encoding{Codec: CodecH265, Rate: 384}}}}
	s, stop := startSite(t, script)
	t.Cleanup(func() { stop() })
	return s
}

func find(t *testing.T, address, password string) models.FoundDevice {
	t.Helper()
	found, err := onvif.NewSearcher(models.Reach{"127.0.0.0/8"}, slog.New(slog.DiscardHandler)).Search(t.Context(), address, "zhihui", password)
	require.NoError(t, err)
	require.Len(t, found, 1)
	return found[0]
}

// The product's own client reads it to the addresses at which the cameras play.
func TestTheProductReadsONVIF(t *testing.T) {
	s := startRecorder(t, ONVIF{Listen: "127.0.0.1:0"})
	at := s.onvif.listener.Addr().String()
	d := find(t, at, "secret")
	require.Equal(t, []string{"", at, "Zhihui", "sitesim", s.onvif.id}, []string{d.Code, d.Address, d.Maker, d.Model, d.Serial})
	stream := models.FoundStream{Width: 640, Height: 360, FPS: 10}
	one, two := stream, stream
	one.Profile, one.Name, one.Source, one.Codec, one.BitRate, one.URL = "cam-01", "cam-01", "cam-01", "H264", 480_000, "rtsp://"+s.server.addr()+"/cam-01"
	two.Profile, two.Name, two.Source, two.Codec, two.BitRate, two.URL = "cam-02", "cam-02", "cam-02", "H265", 384_000, "rtsp://"+s.server.addr()+"/cam-02"
	require.Equal(t, []models.FoundStream{one, two}, d.Streams)

	require.Equal(t, string(onvif.AuthRefused), find(t, at, "wrong").Code)
}

func soap(body string) string {
	return `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:d="http://www.onvif.org/ver10/device/wsdl" xmlns:m="http://www.onvif.org/ver10/media/wsdl" ` +
		`xmlns:t="http://www.onvif.org/ver10/schema"><s:Body>` + body + `</s:Body></s:Envelope>`
}

// curl logs in by HTTP digest, which is not our code.
func TestCurlReadsONVIF(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not installed")
	}
	s := startRecorder(t, ONVIF{Listen: "127.0.0.1:0"})
	ask := func(password, body string) string {
		out, err := exec.CommandContext(t.Context(), "curl", "-s", "--noproxy", "*", "--digest", "--user", "zhihui:"+password, "-H", "Content-Type: application/soap+xml",
			"--data", soap(body), "http://"+s.onvif.listener.Addr().String()+"/onvif/media_service").CombinedOutput()
		require.NoError(t, err, string(out))
		return string(out)
	}
	stream := `<m:GetStreamUri><m:StreamSetup><t:Stream>RTP-Unicast</t:Stream></m:StreamSetup><m:ProfileToken>%</m:ProfileToken></m:GetStreamUri>`
	require.Contains(t, ask("secret", strings.Replace(stream, "%", "cam-01", 1)), "<tt:Uri>rtsp://"+s.server.addr()+"/cam-01</tt:Uri>")
	require.Contains(t, ask("secret", strings.Replace(stream, "%", "cam-09", 1)), "InvalidArgVal")
	require.Contains(t, ask("wrong", "<m:GetProfiles/>"), "NotAuthorized")
	said := ask("secret", "<m:GetProfiles/>")
	require.Equal(t, []int{2, 1}, []int{strings.Count(said, "<trt:Profiles "), strings.Count(said, "<tt:Encoding>H264")}, "no word for H.265 there")
	require.Contains(t, ask("secret", "<m:GetVideoSources/>"), `token="cam-02"`)
	require.Contains(t, ask("secret", "<d:GetScopes/>"), "/hardware/sitesim")
	require.Contains(t, ask("secret", "<d:SystemReboot/>"), "ActionNotSupported")
	require.Contains(t, ask("secret", "<d:GetCapabilities/>"), "/onvif/media_service")
}

// independent asks by the npm package onvif, a client that others wrote, and prints what it made of the answers.
const independent = `
const { Cam } = require('onvif')
const [hostname, port, password] = process.argv.slice(1)
new Cam({ hostname, port: +port, username: 'zhihui', password, timeout: 20000 }, function (err) {
  if (err) return console.log(JSON.stringify({ fault: err.message }))
  this.getStreamUri({ protocol: 'RTSP', profileToken: 'cam-02' }, (fault, at) => this.getDeviceInformation((_, is) =>
    console.log(JSON.stringify({ fault: fault && String(fault), at: at?.uri, model: is?.model, profiles: this.profiles.map((p) => p.$.token), codecs: this.profiles.map((p) => p.videoEncoderConfiguration.encoding) }))))
})`

// needOtherClient skips a test where that client is not installed.
func needOtherClient(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(filepath.Join("..", "..", "dashboard", "web", "node_modules", "onvif")); err != nil {
		t.Skip("the front end's packages are not installed: ", err)
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed")
	}
}

// A second implementation logs in by UsernameToken, and finds the same as ours.
func TestAnotherClientReadsONVIF(t *testing.T) {
	needOtherClient(t)
	web := filepath.Join("..", "..", "dashboard", "web")
	s := startRecorder(t, ONVIF{Listen: "127.0.0.1:0"})
	host, port, err := net.SplitHostPort(s.onvif.listener.Addr().String())
	require.NoError(t, err)
	ask := func(password string) string {
		cmd := exec.CommandContext(t.Context(), "node", "-e", independent, host, port, password)
		cmd.Dir = web
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		return string(out)
	}
	require.JSONEq(t, `{"fault":null,"at":"rtsp://`+s.server.addr()+`/cam-02","model":"sitesim","profiles":["cam-01","cam-02"],"codecs":["H264","H265"]}`, ask("secret"))
	require.Contains(t, ask("wrong"), "Sender not Authorized")
}

func TestWhatIsNoQuestion(t *testing.T) {
	s := startRecorder(t, ONVIF{Listen: "127.0.0.1:0"})
	for body, want := range map[string]int{"": http.StatusUnauthorized, "x": http.StatusBadRequest, "<a/>": http.StatusBadRequest, soap(""): http.StatusBadRequest,
		strings.Repeat("<a>", 400_000): http.StatusBadRequest} {
		response, err := http.Post("http://"+s.onvif.listener.Addr().String()+"/", "application/soap+xml", strings.NewReader(body))
		require.NoError(t, err)
		require.Equal(t, want, response.StatusCode)
		require.NoError(t, response.Body.Close())
	}
}

// A token counts once and while it is fresh.
func TestTokens(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	// printf %s nonce 2026-05-01T12:00:00Z secret | openssl sha1 -binary | base64
	right := wsToken{"zhihui", "Bio3oYKayQ6d8nShLgNlEukrxGU=", "bm9uY2U=", "2026-05-01T12:00:00Z"}
	turned := func(change func(*wsToken)) wsToken { v := right; change(&v); return v }
	l := &onvifLogin{username: "zhihui", password: "secret"}
	for name, wrong := range map[string]wsToken{
		"nobody": {}, "user": turned(func(v *wsToken) { v.Username = "x" }), "sum": turned(func(v *wsToken) { v.Password = "x" }),
		"nonce": turned(func(v *wsToken) { v.Nonce = "bm9uY2V4" }), "time": turned(func(v *wsToken) { v.Created = "2026-05-01T12:00:01Z" }), "no time": turned(func(v *wsToken) { v.Created = "x" }),
	} {
		require.False(t, l.token(wrong, now), name)
	}
	require.False(t, l.token(right, now.Add(tokenAge+time.Second)), "stale")
	require.True(t, l.token(right, now.Add(tokenAge)))
	require.False(t, l.token(right, now), "a second time")
}

// Whoever asks for cameras or any device by WS-Discovery is answered, and nobody else.
func TestDiscovery(t *testing.T) {
	script := &Script{ONVIF: ONVIF{Listen: "0.0.0.0:0", Discovery: true}, Cameras: []Camera{{ID: "cam-01"}}}
	r := newRecorder(script, newBoard(), func() string { return "8554" }, slog.New(slog.DiscardHandler))
	r.discover = "239.255.255.250:0" // a port that is free
	if err := r.listen(); err != nil {
		t.Skip("this machine takes no part in multicast: ", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.run(ctx) }()
	defer func() { cancel(); require.NoError(t, <-done) }()
	_, port, _ := net.SplitHostPort(r.air.LocalAddr().String())
	conn, err := net.Dial("udp4", net.JoinHostPort("127.0.0.1", port))
	require.NoError(t, err)
	defer conn.Close()
	probe := func(types string) {
		_, err := conn.Write([]byte(`<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" ` +
			`xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><e:Header><a:MessageID>uuid:1&lt;</a:MessageID></e:Header><e:Body><d:Probe><d:Types>` + types +
			`</d:Types></d:Probe></e:Body></e:Envelope>`))
		require.NoError(t, err)
	}
	probe("wsdp:Printer")
	_, err = conn.Write([]byte("<nonsense"))
	require.NoError(t, err)
	probe("dn:NetworkVideoTransmitter")
	buffer := make([]byte, 64<<10)
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	n, err := conn.Read(buffer)
	require.NoError(t, err)
	_, number, _ := net.SplitHostPort(r.listener.Addr().String())
	require.Contains(t, string(buffer[:n]), "<d:XAddrs>http://127.0.0.1:"+number+"/onvif/device_service</d:XAddrs>")
	require.Contains(t, string(buffer[:n]), "<wsa:RelatesTo>uuid:1&lt;</wsa:RelatesTo>")
	require.Equal(t, 1, bytes.Count(buffer[:n], []byte("<d:ProbeMatch>")))
}
