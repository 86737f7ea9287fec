package rtsp

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

const noMulticast = "this machine has no network that takes multicast"

// addressOf is the camera that an offer's server is.
func addressOf(o offer, host string, port int) models.Camera {
	c := models.Camera{ID: "gate", URL: fmt.Sprintf("rtsp://%s:%d/live", host, port), Transport: o.transport}
	if o.tls {
		c.URL = "rtsps" + strings.TrimPrefix(c.URL, "rtsp")
	}
	if o.auth != "" {
		c.Username, c.Password = rtsptest.Username, passwordOf(o)
	}
	return c
}

// passwordOf is without a colon where gortsplib's server would part it there.
func passwordOf(o offer) string {
	if o.auth == "basic" {
		return "p@ssword/1"
	}
	return rtsptest.Password
}

func hostOf(o offer) string {
	if o.transport == multicast {
		return multicastHost()
	}
	return "127.0.0.1"
}

// startGStreamer serves the clip's file by GStreamer's own demuxer, parser, payloader and server.
func startGStreamer(t *testing.T, o offer, c *clip, pair *certificate) (models.Camera, string) {
	const python = "/usr/bin/python3" // the system's, which has the bindings
	if exec.CommandContext(t.Context(), python, "-c", "import gi; gi.require_version('GstRtspServer', '1.0')").Run() != nil {
		return models.Camera{}, "not installed: gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base -good -bad"
	}
	address, cannot := hostOf(o), ""
	switch {
	case address == "":
		cannot = noMulticast
	case o.transport == multicast:
		cannot = "wants the multicast ports for itself, so it and who plays cannot be on one machine"
	case o.quirk == onlyInBand:
		cannot = "always names the parameter sets in the SDP"
	case o.quirk == withoutRTCP, o.quirk == jumps, o.quirk == losesUDP, o.quirk == soundAlone, o.quirk == silentTracks:
		cannot = "cannot be told: " + string(o.quirk)
	}
	if cannot != "" {
		return models.Camera{}, cannot
	}
	want := map[string]any{
		"host": address, "launch": launchOf(t, o, c), "protocols": protocolsOf(o),
		"auth": o.auth, "username": rtsptest.Username, "password": passwordOf(o), "certificate": "", "key": "",
	}
	if o.tls {
		want["certificate"], want["key"] = pair.file, pair.key
	}
	text, err := json.Marshal(want)
	require.NoError(t, err)
	return addressOf(o, address, serveBy(t, exec.CommandContext(t.Context(), python, filepath.Join("testdata", "gst_server.py"), string(text)))), ""
}

// launchOf is GStreamer's pipeline for an offer.
func launchOf(t *testing.T, o offer, c *clip) string {
	name := map[models.Codec]string{models.H264: "h264", models.H265: "h265"}[c.codec]
	pay := fmt.Sprintf("rtp%spay name=pay0 pt=96 config-interval=", name)
	source := func(file string) string {
		return fmt.Sprintf("filesrc location=%s ! qtdemux name=d d.video_0 ! queue ! ", file)
	}
	parse := fmt.Sprintf("%sparse config-interval=-1 ! ", name)
	switch {
	case o.quirk == onlySDP:
		return "( " + source(c.files[0]) + pay + "0 )"
	case o.quirk.sounds() != "":
		hum := "audiotestsrc num-buffers=52 ! audioconvert ! audioresample ! "
		return "( " + source(c.files[0]) + parse + pay + "-1 " + map[quirk]string{
			withSound: "d.audio_0 ! queue ! aacparse ! rtpmp4gpay", withLATM: "d.audio_0 ! queue ! aacparse ! audio/mpeg,stream-format=adts ! aacparse ! audio/mpeg,stream-format=raw ! rtpmp4apay",
			withOpus: hum + "opusenc ! rtpopuspay", withALaw: hum + "alawenc ! rtppcmapay", withMuLaw: hum + "mulawenc ! rtppcmupay",
		}[o.quirk] + " name=pay1 )"
	case len(c.files) == 1:
		return "( " + source(c.files[0]) + parse + pay + "-1 )"
	}
	joined := filepath.Join(t.TempDir(), "joined.ts")
	join := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "concat", "-safe", "0", "-i", listOf(t, c), "-map", "0:v", "-c", "copy", joined)
	require.NoError(t, join.Run())
	return fmt.Sprintf("( filesrc location=%s ! tsdemux ! queue ! ", joined) + parse + pay + "-1 )"
}

func protocolsOf(o offer) []string {
	switch {
	case o.quirk == refusesUDP:
		return []string{"tcp"}
	case o.quirk == refusesTCP:
		return []string{"udp"}
	}
	return []string{"tcp", "udp"}
}

// serveBy starts a program that prints its port, and ends it with the test.
func serveBy(t *testing.T, cmd *exec.Cmd) (port int) {
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Wait() }) // killed by the end of the test's context
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = cmd.Wait()
	}
	require.NoError(t, err, "%v", &complaints)
	_, err = fmt.Sscan(line, &port)
	require.NoError(t, err)
	return port
}

// listOf is a file that names the clip's files to ffmpeg, with their lengths: sound is a bit longer.
func listOf(t *testing.T, c *clip) string {
	text := ""
	for _, file := range c.files {
		text += fmt.Sprintf("file '%s'\nduration %v\n", file, clipLength.Seconds())
	}
	name := filepath.Join(t.TempDir(), "list.txt")
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

// startFFmpeg lets ffmpeg push the clip to gortsplib's server, which hands its packets on as they come: the payload and
// the SDP are ffmpeg's.
func startFFmpeg(t *testing.T, o offer, c *clip, pair *certificate) (models.Camera, string) {
	cannot := ""
	switch {
	case hostOf(o) == "":
		cannot = noMulticast
	case o.quirk == onlyInBand:
		cannot = "always names the parameter sets in the SDP"
	case o.quirk == soundAlone:
		cannot = "cannot be told: " + string(o.quirk)
	case o.quirk == jumps:
		cannot = "mends the times itself"
	case o.quirk == silentTracks:
		cannot = "begins no track without packets"
	}
	if cannot != "" {
		return models.Camera{}, cannot
	}
	g := newGortsplib(t, o, pair)
	input := []string{"-v", "error", "-re", "-f", "concat", "-safe", "0", "-i", listOf(t, c), "-map", "0:v"}
	if o.quirk.sounds() != "" {
		input = append(input, "-map", "0:a")
	}
	if o.quirk != onlySDP {
		input = append(input, "-bsf:v", map[models.Codec]string{models.H264: "h264", models.H265: "hevc"}[c.codec]+"_mp4toannexb")
	}
	output := append([]string{"-c", "copy"}, map[quirk][]string{
		withLATM: {"-rtpflags", "latm"}, withOpus: {"-c:a", "libopus"}, withALaw: {"-c:a", "pcm_alaw", "-ar", "8000"}, withMuLaw: {"-c:a", "pcm_mulaw", "-ar", "8000"},
	}[o.quirk]...)
	output = append(output, "-f", "rtsp", "-rtsp_transport", "tcp")
	if o.tls {
		output = append(output, "-pkt_size", "1400") // the server ciphers what it hands on, which makes it longer
	}
	camera := addressOf(o, hostOf(o), g.port)
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, "ffmpeg", slices.Concat(input, output, []string{camera.URL})...)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })
	select {
	case <-g.announced:
	case <-time.After(30 * time.Second):
		cancel()
		_ = cmd.Wait()
		t.Fatalf("ffmpeg has announced nothing: %v", &complaints)
	}
	return camera, ""
}
