package rtsp

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

func TestGivesWay(t *testing.T) {
	refused := &Fault{Reason: Rejected, Cause: liberrors.ErrClientBadStatusCode{Code: base.StatusUnsupportedTransport}}
	silent := &Fault{Reason: Silent, Cause: liberrors.ErrClientUDPTimeout{}}
	arrived := &playback{way: gortsplib.TransportUDP, described: true}
	arrived.arrived.Store(true)
	for _, test := range []struct {
		name string
		p    *playback
		err  error
		want bool
	}{
		{"UDP is refused", &playback{way: gortsplib.TransportUDP, described: true}, refused, true},
		{"UDP brings nothing", &playback{way: gortsplib.TransportUDP, described: true}, silent, true},
		{"multicast brings nothing", &playback{way: gortsplib.TransportUDPMulticast, described: true}, silent, true},
		{"UDP has brought something", arrived, silent, false},
		{"no description", &playback{way: gortsplib.TransportUDP}, silent, false},
		{"wrong password", &playback{way: gortsplib.TransportUDP, described: true}, &Fault{Reason: AuthRefused}, false},
		{"TCP is refused", &playback{way: gortsplib.TransportTCP, described: true}, refused, true},
		{"TCP becomes UDP", &playback{way: gortsplib.TransportTCP, described: true}, &Fault{Reason: Garbage, Cause: liberrors.ErrClientServerRequestedUDP{}}, true},
		{"TCP brings nothing", &playback{way: gortsplib.TransportTCP, described: true}, &Fault{Reason: Silent, Cause: liberrors.ErrClientTCPTimeout{}}, false},
		{"too many players", &playback{way: gortsplib.TransportTCP, described: true}, &Fault{Reason: Rejected, Cause: liberrors.ErrClientBadStatusCode{Code: 453}}, false},
	} {
		require.Equal(t, test.want, test.p.givesWay(test.err), test.name)
	}
}

func TestWaysOf(t *testing.T) {
	require.Equal(t, []gortsplib.Transport{gortsplib.TransportTCP, gortsplib.TransportUDP}, waysOf(models.TransportAuto))
	require.Equal(t, []gortsplib.Transport{gortsplib.TransportTCP}, waysOf(models.TransportTCP))
	require.Equal(t, []gortsplib.Transport{gortsplib.TransportUDP, gortsplib.TransportTCP}, waysOf(models.TransportUDP))
	require.Equal(t, []gortsplib.Transport{gortsplib.TransportUDPMulticast, gortsplib.TransportTCP}, waysOf(models.TransportMulticast))
}

func TestStaysWithTheHostThatWasDialled(t *testing.T) {
	for said, want := range map[string]string{
		"RTP/AVP;unicast;client_port=1-2;server_port=3-4;source=198.51.100.7;ssrc=1": "RTP/AVP;unicast;client_port=1-2;server_port=3-4;ssrc=1",
		"RTP/AVP;unicast; Source=camera.invalid":                                     "RTP/AVP;unicast",
		"RTP/AVP/TCP;interleaved=0-1":                                                "RTP/AVP/TCP;interleaved=0-1",
	} {
		answer := &base.Response{Header: base.Header{"Transport": base.HeaderValue{said}}}
		stayHere(answer)
		require.Equal(t, base.HeaderValue{want}, answer.Header["Transport"])
	}
	stayHere(&base.Response{})
}

// datagrams counts the UDP sockets of this process.
func datagrams(t *testing.T) (n int) {
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil || len(fds) == 0 {
		t.Skip("this system does not list a program's sockets")
	}
	known := map[string]bool{}
	for _, table := range []string{"/proc/self/net/udp", "/proc/self/net/udp6"} {
		text, _ := os.ReadFile(table) // a machine may have but one
		for _, line := range strings.Split(string(text), "\n") {
			if fields := strings.Fields(line); len(fields) > 9 {
				known[fields[9]] = true
			}
		}
	}
	inode := regexp.MustCompile(`^socket:\[(\d+)\]$`)
	for _, fd := range fds {
		link, _ := os.Readlink(fd) // gone in the meantime
		if m := inode.FindStringSubmatch(link); m != nil && known[m[1]] {
			n++
		}
	}
	return n
}

// publishes starts a server that sends what the test writes.
func publishes(t *testing.T, o offer) (*gortsplibHost, func(sequence uint16, at time.Duration)) {
	g := newGortsplib(t, o, nil)
	f := &format.H264{PayloadTyp: 96, PacketizationMode: 1, SPS: rtsptest.SPS(), PPS: rtsptest.PPS()}
	video := &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{f}}
	g.publish(&description.Session{Medias: []*description.Media{video}})
	return g, func(sequence uint16, at time.Duration) {
		h := rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: sequence, Timestamp: uint32(at * rtpRate / time.Second), Marker: true}
		_ = g.stream.WritePacketRTP(video, &rtp.Packet{Header: h, Payload: []byte{0x65, 0x88, 1, 2}})
	}
}

func TestUDPPortsAreFreedHoweverAStreamEnds(t *testing.T) {
	before := datagrams(t)
	for name, o := range map[string]offer{
		"the hall leaves":    {transport: udp, auth: "digest"},
		"the camera goes":    {transport: udp},
		"UDP is refused":     {transport: udp, quirk: refusesUDP},
		"nothing comes":      {transport: udp, quirk: losesUDP},
		"multicast":          {transport: multicast},
		"UDP is second best": {quirk: refusesTCP},
	} {
		if hostOf(o) == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			g, send := publishes(t, o)
			p := play(t, addressOf(o, hostOf(o), g.port))
			<-g.playing
			send(1, 0)
			p.next(t)
			why := errors.New("enough")
			if name == "the camera goes" {
				g.server.Close()
				require.Equal(t, Ended, ReasonOf(p.end(t)))
				return
			}
			p.cancel(why)
			require.ErrorIs(t, p.end(t), why)
		})
	}
	require.Eventually(t, func() bool { return datagrams(t) <= before }, 5*time.Second, 10*time.Millisecond)
}

// What is lost on the way is counted by units, as on TCP. gortsplib waits for 64 more packets before it believes it.
func TestCountsWhatIsLostByUDP(t *testing.T) {
	o := offer{transport: udp}
	g, send := publishes(t, o)
	p := play(t, addressOf(o, hostOf(o), g.port))
	<-g.playing
	at := func(i uint16) time.Duration { return time.Duration(i) * 40 * time.Millisecond }
	const units = 100
	for i := range uint16(units) {
		switch i {
		case 10, 20, 21: // never come
		case 30: // comes late, but it comes
			send(31, at(31))
			send(30, at(30))
		case 31:
		default:
			send(i, at(i))
		}
		time.Sleep(time.Millisecond) // no burst
	}
	for range units - 3 {
		p.next(t)
	}
	lost := 0
	for len(p.lost) > 0 {
		lost += <-p.lost
	}
	require.Equal(t, 3, lost)
	require.Empty(t, p.units)
}

// A port that is taken is passed over; where none can be opened at all it ends, with what the system says.
func TestWhereNoSocketCanBeOpened(t *testing.T) {
	var open sockets
	defer open.close()
	first, err := open.listen("udp", "127.0.0.1:0")
	require.NoError(t, err)
	_, err = open.listen("udp", first.LocalAddr().String())
	require.ErrorIs(t, err, syscall.EADDRINUSE)
	require.Len(t, open, 1)
	open.close()
	again, err := net.ListenPacket("udp", first.LocalAddr().String())
	require.NoError(t, err)
	require.NoError(t, again.Close())
}

// Control packets that nobody understands, more of them than pictures, are no reason to leave.
func TestStrangeControlPacketsAreNoHarm(t *testing.T) {
	t.Parallel()
	p := play(t, rtsptest.NewRaw(t, rtsptest.Mutter).Model("gate"))
	for range 30 {
		p.next(t)
	}
	require.Empty(t, p.ended)
	require.Empty(t, p.lost)
	p.cancel(context.Canceled)
	require.Error(t, p.end(t))
}

func TestUDPAgainstACameraThatHangsUp(t *testing.T) {
	camera := hostile(t, func(c net.Conn) { _, _ = io.ReadFull(c, make([]byte, 10)) })
	camera.Transport = udp
	require.Equal(t, Ended, ReasonOf(play(t, camera).end(t)))
}

// A hall that waits for no camera long has fallen back to TCP before it gives the camera up, whatever gortsplib's patience is.
func TestUDPGivesWayInTime(t *testing.T) {
	t.Parallel()
	o := offer{transport: udp, quirk: losesUDP}
	g, _ := publishes(t, o)
	source := testSource()
	source.AnswerTimeout = time.Second
	began := time.Now()
	p := playFrom(t, source, addressOf(o, hostOf(o), g.port), false)
	<-g.playing // by TCP: where nothing comes does not count
	require.Less(t, time.Since(began), 2800*time.Millisecond, "gortsplib would wait for 3 s")
	p.cancel(context.Canceled)
	require.Error(t, p.end(t))
}
