package rtsp

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// quirk is what a server does that not every server does.
type quirk string

const (
	refusesUDP   quirk = "refuses UDP"
	refusesTCP   quirk = "refuses TCP"
	losesUDP     quirk = "agrees to UDP, and nothing comes"
	withSound    quirk = "sound"
	withLATM     quirk = "sound in LATM"
	withOpus     quirk = "Opus"
	withALaw     quirk = "G.711 A-law"
	withMuLaw    quirk = "G.711 µ-law"
	soundAlone   quirk = "agrees to UDP, and sound alone comes"
	silentTracks quirk = "silent tracks"
	onlySDP      quirk = "parameter sets only in the SDP"
	onlyInBand   quirk = "parameter sets only in band"
	withoutRTCP  quirk = "no RTCP"
	jumps        quirk = "its clock jumps"
)

// offer is one kind of stream, a row of the matrix.
type offer struct {
	name      string
	clip      string
	transport models.Transport
	auth      string // basic or digest, "" = none
	tls       bool
	quirk     quirk
}

const (
	tcp       = models.TransportTCP
	udp       = models.TransportUDP
	multicast = models.TransportMulticast
)

func offers() []offer {
	return []offer{
		{name: "H.264, TCP, Digest", clip: "h264", transport: tcp, auth: "digest"},
		{name: "H.265, TCP, Basic", clip: "h265", transport: tcp, auth: "basic"},
		{name: "H.264, auto", clip: "h264"},
		{name: "H.264, auto, server refuses TCP", clip: "h264", quirk: refusesTCP},
		{name: "H.264, UDP, Basic", clip: "h264", transport: udp, auth: "basic"},
		{name: "H.265, UDP, Digest", clip: "h265", transport: udp, auth: "digest"},
		{name: "H.264, UDP refused, falls back to TCP", clip: "h264", transport: udp, auth: "digest", quirk: refusesUDP},
		{name: "H.264, UDP blocked, falls back to TCP", clip: "h264", transport: udp, quirk: losesUDP},
		{name: "H.264, multicast", clip: "h264", transport: multicast},
		{name: "H.265, multicast", clip: "h265", transport: multicast},
		{name: "H.264, RTSPS, Digest", clip: "h264", auth: "digest", tls: true},
		{name: "H.265, RTSPS", clip: "h265", tls: true},
		{name: "H.264 with sound", clip: "h264", transport: tcp, quirk: withSound},
		{name: "H.264 with sound, UDP", clip: "h264", transport: udp, quirk: withSound},
		{name: "H.264 with sound, multicast", clip: "h264", transport: multicast, quirk: withSound},
		{name: "H.264 with LATM", clip: "h264", transport: tcp, quirk: withLATM},
		{name: "H.265 with Opus", clip: "h265", transport: tcp, quirk: withOpus},
		{name: "H.264 with G.711 A-law", clip: "h264", transport: tcp, quirk: withALaw},
		{name: "H.264 with G.711 µ-law, UDP", clip: "h264", transport: udp, quirk: withMuLaw},
		{name: "H.264, sound alone by UDP, falls back", clip: "h264", transport: udp, quirk: soundAlone},
		{name: "H.264, silent sound and metadata, TCP", clip: "h264", transport: tcp, quirk: silentTracks},
		{name: "H.264, silent sound and metadata, UDP", clip: "h264", transport: udp, quirk: silentTracks},
		{name: "H.264, B-frames", clip: "b-frames"},
		{name: "H.265, B-frames", clip: "h265 b-frames", transport: udp},
		{name: "H.264, four slices a picture", clip: "slices"},
		{name: "H.264, four slices a picture, UDP", clip: "slices", transport: udp},
		{name: "H.264, parameter sets only in the SDP", clip: "h264", quirk: onlySDP},
		{name: "H.265, parameter sets only in the SDP", clip: "h265", quirk: onlySDP},
		{name: "H.264, parameter sets only in band", clip: "h264", quirk: onlyInBand},
		{name: "H.265, parameter sets only in band", clip: "h265", quirk: onlyInBand},
		{name: "H.264, no RTCP", clip: "h264", transport: udp, quirk: withoutRTCP},
		{name: "H.264, timestamps jump", clip: "h264", quirk: jumps},
		{name: "H.264, the size changes", clip: "size", transport: tcp},
	}
}

// host is one of the servers. start serves the clip as the offer says, or says in a sentence why it cannot.
type host struct {
	name  string
	start func(t *testing.T, o offer, c *clip, pair *certificate) (camera models.Camera, cannot string)
}

// TestInterop plays every kind of stream of every server and prints what came of it.
func TestInterop(t *testing.T) {
	for _, program := range []string{"ffmpeg", "ffprobe"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed: it makes the streams", program)
		}
	}
	hosts := []host{{"gortsplib", startGortsplib}, {"GStreamer", startGStreamer}, {"ffmpeg", startFFmpeg}}
	clips, pair := makeClips(t), newCertificate(t)
	m := newMatrix(hosts)
	t.Run("streams", func(t *testing.T) {
		for _, o := range offers() {
			for _, h := range hosts {
				t.Run(o.name+"/"+h.name, func(t *testing.T) {
					t.Parallel()
					m.set(o, h, "✗")
					camera, cannot := h.start(t, o, clips[o.clip], pair)
					if cannot != "" {
						m.set(o, h, "–")
						m.note(h.name + ": " + cannot)
						t.Skip(cannot)
					}
					m.set(o, h, fmt.Sprintf("✓ %d", plays(t, o, clips[o.clip], camera, pair)))
				})
			}
		}
	})
	m.tell(t)
}

// plays is what every row must pass: the pictures come whole, all, once and in order, with the camera's times, can be
// decoded from the first, and nothing is called lost. It returns how many a decoder makes of them.
func plays(t *testing.T, o offer, c *clip, camera models.Camera, pair *certificate) int {
	source := testSource()
	source.roots = pair.pool
	if o.quirk != silentTracks { // whose stream lasts longer than the time without any packet may
		source.AnswerTimeout = 10 * time.Second // the other servers share this machine with all other tests
	}
	p := playFrom(t, source, camera, o.quirk.sounds() != "" || o.quirk == silentTracks)
	var got bytes.Buffer
	var heard []models.SoundFrame
	var first *models.AccessUnit
	for i, want := range c.units {
		u := p.next(t)
		if first == nil {
			first = u
			require.True(t, u.Key, "what comes first can be decoded")
		}
		require.Equal(t, c.codec, u.Codec)
		require.Equal(t, picture(c.codec, want.nalus), picture(c.codec, u.NALUs), "unit %d, whole and in order", i)
		require.Equal(t, want.key, u.Key, "unit %d", i)
		require.InDelta(t, want.pts-c.units[0].pts, u.PTS-first.PTS, float64(2*time.Millisecond), "time of unit %d", i)
		heard = append(heard, u.Sound...)
		for _, nalu := range u.NALUs {
			_, _ = got.Write(append([]byte{0, 0, 0, 1}, nalu...))
		}
	}
	time.Sleep(50 * time.Millisecond) // for what must not come
	require.Empty(t, p.units)
	require.Empty(t, p.lost)
	require.Empty(t, p.ended)
	require.Equal(t, wayOf(o), lastOf(p.ways), "the way they came")
	sounds(t, o, c, heard)
	n := decoded(t, c.codec, got.Bytes())
	require.Equal(t, len(c.units), n, "every picture can be decoded")
	return n
}

// wayOf is how an offer's pictures come in the end.
func wayOf(o offer) models.Transport {
	switch {
	case o.quirk == refusesTCP:
		return udp
	case o.quirk == refusesUDP, o.quirk == losesUDP, o.quirk == soundAlone, o.transport == models.TransportAuto:
		return tcp
	}
	return o.transport
}

func lastOf(ways chan models.Transport) (last models.Transport) {
	for len(ways) > 0 {
		last = <-ways
	}
	return last
}

// picture is what of an access unit is of the picture itself: servers add and leave out parameter sets and more.
func picture(codec models.Codec, nalus [][]byte) (slices [][]byte) {
	a := assembler{codec: codec}
	for _, nalu := range nalus {
		if r := a.role(nalu); r == roleSlice || r == roleKey {
			slices = append(slices, nalu)
		}
	}
	return slices
}

func decoded(t *testing.T, codec models.Codec, stream []byte) int {
	format := map[models.Codec]string{models.H264: "h264", models.H265: "hevc"}[codec]
	cmd := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-count_frames", "-select_streams", "v", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", "-f", format, "-")
	cmd.Stdin = bytes.NewReader(stream)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	require.NoError(t, err, complaints.String())
	require.Empty(t, complaints.String())
	number, _, _ := strings.Cut(string(out), "\n")
	n, err := strconv.Atoi(strings.Trim(strings.TrimSpace(number), ","))
	require.NoError(t, err)
	return n
}

// matrix is what came of every row with every server.
type matrix struct {
	hosts []host
	mu    sync.Mutex
	cells map[string]string
	notes map[string]bool
}

func newMatrix(hosts []host) *matrix {
	return &matrix{hosts: hosts, cells: map[string]string{}, notes: map[string]bool{}}
}

func (m *matrix) set(o offer, h host, cell string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cells[o.name+h.name] = cell
}

func (m *matrix) note(text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.notes[text] = true
}

// tell prints the matrix, and leaves it where make test finds it: go test hides what passing tests print.
func (m *matrix) tell(t *testing.T) {
	var b strings.Builder
	fmt.Fprintf(&b, "%-42s", "pictures played, decoded and compared")
	for _, h := range m.hosts {
		fmt.Fprintf(&b, "%-11s", h.name)
	}
	for _, o := range offers() {
		fmt.Fprintf(&b, "\n%-42s", o.name)
		for _, h := range m.hosts {
			fmt.Fprintf(&b, "%-11s", m.cells[o.name+h.name])
		}
	}
	for _, note := range sorted(m.notes) {
		fmt.Fprintf(&b, "\n– %s", note)
	}
	t.Log("\n" + b.String())
	if dir := os.Getenv("ZHIHUI_REPORT"); dir != "" {
		require.NoError(t, os.MkdirAll(dir, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "interop.txt"), []byte(b.String()+"\n"), 0o644))
	}
}
