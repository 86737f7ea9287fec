package rtsp

import (
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/auth"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

// gortsplibHost is gortsplib's server with one stream, given by the test or recorded by a client.
type gortsplibHost struct {
	t         *testing.T
	offer     offer
	server    *gortsplib.Server
	port      int
	announced chan struct{} // somebody records
	playing   chan struct{} // somebody plays, and would hear every packet from now on
	over      chan struct{}
	asked     atomic.Bool

	mu     sync.Mutex
	stream *gortsplib.ServerStream
	mute   *gortsplib.ServerStream // of the same description, where nothing is ever written
}

func newGortsplib(t *testing.T, o offer, pair *certificate) *gortsplibHost {
	g := &gortsplibHost{t: t, offer: o, announced: make(chan struct{}), playing: make(chan struct{}), over: make(chan struct{})}
	var err error
	for range 20 { // until a pair of ports is free
		if err = g.listen(hostOf(o), 40_000+2*rand.IntN(10_000), pair); err == nil {
			break
		}
	}
	require.NoError(t, err)
	t.Cleanup(func() {
		close(g.over)
		g.server.Close()
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.stream != nil {
			g.stream.Close()
			g.mute.Close()
		}
	})
	return g
}

func (g *gortsplibHost) listen(host string, port int, pair *certificate) error {
	g.server = &gortsplib.Server{
		Handler: g, RTSPAddress: host + ":0", WriteQueueSize: 1024, DisableRTCPSenderReports: g.offer.quirk == withoutRTCP,
		AuthMethods: []auth.VerifyMethod{map[string]auth.VerifyMethod{"basic": auth.VerifyMethodBasic}[g.offer.auth]},
		Listen: func(network, address string) (net.Listener, error) {
			l, err := net.Listen(network, address)
			if err == nil {
				g.port = l.Addr().(*net.TCPAddr).Port
			}
			return l, err
		},
	}
	if g.offer.auth != "basic" {
		g.server.AuthMethods[0] = auth.VerifyMethodDigestMD5
	}
	if g.offer.quirk != refusesUDP {
		g.server.UDPRTPAddress, g.server.UDPRTCPAddress = fmt.Sprintf("%s:%d", host, port), fmt.Sprintf("%s:%d", host, port+1)
	}
	if g.offer.transport == multicast {
		g.server.MulticastIPRange, g.server.MulticastRTPPort, g.server.MulticastRTCPPort = "239.76.0.0/16", port+2, port+3
	}
	if g.offer.tls {
		g.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair.tls}}
	}
	return g.server.Start()
}

// publish makes the description what the server plays.
func (g *gortsplibHost) publish(d *description.Session) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stream = &gortsplib.ServerStream{Server: g.server, Desc: d}
	require.NoError(g.t, g.stream.Initialize())
	g.mute = &gortsplib.ServerStream{Server: g.server, Desc: d}
	require.NoError(g.t, g.mute.Initialize())
}

func (g *gortsplibHost) admits(conn *gortsplib.ServerConn, req *base.Request) bool {
	return g.offer.auth == "" || conn.VerifyCredentials(req, rtsptest.Username, passwordOf(g.offer))
}

func (g *gortsplibHost) OnDescribe(ctx *gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if !g.admits(ctx.Conn, ctx.Request) {
		return &base.Response{StatusCode: base.StatusUnauthorized}, nil, liberrors.ErrServerAuth{}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return &base.Response{StatusCode: base.StatusOK}, g.stream, nil
}

func (g *gortsplibHost) OnSetup(ctx *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case ctx.Session.State() == gortsplib.ServerSessionStatePreRecord:
		return &base.Response{StatusCode: base.StatusOK}, nil, nil
	case g.offer.quirk == refusesTCP && ctx.Transport == gortsplib.TransportTCP:
		return &base.Response{StatusCode: base.StatusUnsupportedTransport}, nil, nil
	case (g.offer.quirk == losesUDP || g.offer.quirk == soundAlone) && ctx.Transport == gortsplib.TransportUDP:
		return &base.Response{StatusCode: base.StatusOK}, g.mute, nil
	}
	return &base.Response{StatusCode: base.StatusOK}, g.stream, nil
}

func (g *gortsplibHost) OnPlay(ctx *gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	g.asked.Store(ctx.Session.SetuppedStream() != g.mute)
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// OnResponse comes after the session was made to play, and before its answer goes out.
func (g *gortsplibHost) OnResponse(*gortsplib.ServerConn, *base.Response) {
	if g.asked.CompareAndSwap(true, false) {
		close(g.playing)
	}
}

func (g *gortsplibHost) OnAnnounce(ctx *gortsplib.ServerHandlerOnAnnounceCtx) (*base.Response, error) {
	g.publish(ctx.Description)
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// OnRecord hands on what is recorded from when somebody plays; until then the one who records waits.
func (g *gortsplibHost) OnRecord(ctx *gortsplib.ServerHandlerOnRecordCtx) (*base.Response, error) {
	ctx.Session.OnPacketRTPAny(func(m *description.Media, _ format.Format, packet *rtp.Packet) {
		select {
		case <-g.playing:
			_ = g.stream.WritePacketRTP(m, packet) // fails when the player has gone
		case <-g.over:
		}
	})
	close(g.announced)
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// startGortsplib sends the clip by gortsplib's payloader and server, faster than it was filmed.
func startGortsplib(t *testing.T, o offer, c *clip, pair *certificate) (models.Camera, string) {
	if hostOf(o) == "" {
		return models.Camera{}, noMulticast
	}
	f, encode := formatOf(t, o, c)
	video := &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{f}}
	d := &description.Session{Medias: []*description.Media{video}}
	said, spoken := spokenBy(o.quirk)
	audio := &description.Media{Type: description.MediaTypeAudio, Formats: []format.Format{said}}
	metadata := &description.Media{Type: description.MediaTypeApplication, Formats: []format.Format{&format.Generic{PayloadTyp: 107, RTPMa: "vnd.onvif.metadata/90000", ClockRat: 90000}}}
	switch {
	case o.quirk.sounds() != "":
		d.Medias = append(d.Medias, audio)
	case o.quirk == silentTracks:
		d.Medias = []*description.Media{metadata, audio, video}
	}
	g := newGortsplib(t, o, pair)
	g.publish(d)
	done := make(chan struct{})
	t.Cleanup(func() { <-done })
	go func() {
		defer close(done)
		for i := 0; !g.isPlaying(); i++ {
			if t.Context().Err() != nil {
				return
			}
			if o.quirk == soundAlone {
				_ = g.mute.WritePacketRTP(audio, spoken(i)) // fails when nobody plays
			}
			time.Sleep(5 * time.Millisecond)
		}
		var sequence uint16 = 65_500
		for i, u := range c.units {
			packets, err := encode(sent(o, c, u))
			if err != nil {
				t.Error(err)
				return
			}
			for _, p := range packets {
				p.SequenceNumber, p.Timestamp = sequence, stampOf(o, i, u)
				sequence++
				_ = g.stream.WritePacketRTP(video, p) // fails when the player has gone
			}
			if o.quirk.sounds() != "" {
				_ = g.stream.WritePacketRTP(audio, spoken(i))
			}
			time.Sleep(paceOf(o))
		}
	}()
	return addressOf(o, hostOf(o), g.port), ""
}

// paceOf makes the stream of a silent track last longer than any wait for a packet.
func paceOf(o offer) time.Duration {
	if o.quirk == silentTracks {
		return 100 * time.Millisecond
	}
	return 4 * time.Millisecond
}

// stampOf is the RTP time of the i-th unit. A clock that jumps goes an hour forth, and a day back.
func stampOf(o offer, i int, u clipUnit) uint32 {
	stamp := int64(u.pts) * rtpRate / int64(time.Second)
	switch {
	case o.quirk == jumps && i >= 20:
		stamp -= 24 * 3600 * rtpRate
	case o.quirk == jumps && i >= 10:
		stamp += 3600 * rtpRate
	}
	return uint32(stamp)
}

// sent is what of a unit goes out.
func sent(o offer, c *clip, u clipUnit) [][]byte {
	if o.quirk == onlySDP {
		return picture(c.codec, u.nalus)
	}
	return u.nalus
}

func formatOf(t *testing.T, o offer, c *clip) (format.Format, func([][]byte) ([]*rtp.Packet, error)) {
	vps, sps, pps := c.parameters()
	if o.quirk == onlyInBand {
		vps, sps, pps = nil, nil, nil
	}
	if c.codec == models.H265 {
		f := &format.H265{PayloadTyp: 98, VPS: vps, SPS: sps, PPS: pps}
		e, err := f.CreateEncoder()
		require.NoError(t, err)
		return f, e.Encode
	}
	f := &format.H264{PayloadTyp: 96, PacketizationMode: 1, SPS: sps, PPS: pps}
	e, err := f.CreateEncoder()
	require.NoError(t, err)
	return f, e.Encode
}
