// Package rtsptest is a camera for tests: gortsplib's own server on a free port of 127.0.0.1, with Digest authentication.
package rtsptest

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/auth"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// The credentials that every test camera asks for.
const (
	Username = "operator"
	Password = "p@ss:word/1"
)

// Camera is one RTSP server with one stream at the path /live.
type Camera struct {
	t       testing.TB
	server  *gortsplib.Server
	stream  *gortsplib.ServerStream
	media   *description.Media
	address string
	encode  func([][]byte) ([]*rtp.Packet, error)

	mu       sync.Mutex
	refused  int
	sequence uint16
}

// H264 starts a camera whose SDP names the parameter sets.
func H264(t testing.TB) *Camera { return H264At(t, "127.0.0.1:0") }

// H264At is H264 on the given address, for a camera that returns.
func H264At(t testing.TB, addr string) *Camera {
	f := &format.H264{PayloadTyp: 96, PacketizationMode: 1, SPS: SPS(), PPS: PPS()}
	e, err := f.CreateEncoder()
	require.NoError(t, err)
	return start(t, addr, f, e.Encode)
}

// Opus starts a camera that has sound only.
func Opus(t testing.TB) *Camera {
	return start(t, "127.0.0.1:0", &format.Opus{PayloadTyp: 97, ChannelCount: 2}, nil)
}

// MJPEG starts a camera whose video is coded as nobody here understands.
func MJPEG(t testing.TB) *Camera { return start(t, "127.0.0.1:0", &format.MJPEG{}, nil) }

// H265 starts a camera whose SDP names no parameter sets: they come in band.
func H265(t testing.TB) *Camera {
	f := &format.H265{PayloadTyp: 98}
	e, err := f.CreateEncoder()
	require.NoError(t, err)
	return start(t, "127.0.0.1:0", f, e.Encode)
}

func start(t testing.TB, addr string, f format.Format, encode func([][]byte) ([]*rtp.Packet, error)) *Camera {
	c := &Camera{t: t, encode: encode, sequence: 65530}
	media := &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{f}}
	if _, sound := f.(*format.Opus); sound {
		media.Type = description.MediaTypeAudio
	}
	c.serve(addr, media, c)
	return c
}

// serve listens with a stream of these tracks, what is beside its own in front.
func (c *Camera) serve(addr string, media *description.Media, handler gortsplib.ServerHandler, beside ...*description.Media) {
	c.address, c.media = addr, media
	c.server = &gortsplib.Server{
		Handler: handler, RTSPAddress: addr, AuthMethods: []auth.VerifyMethod{auth.VerifyMethodDigestMD5},
		Listen: func(network, address string) (net.Listener, error) {
			l, err := net.Listen(network, address)
			if err == nil {
				c.address = l.Addr().String()
			}
			return l, err
		},
	}
	require.NoError(c.t, c.server.Start())
	c.stream = &gortsplib.ServerStream{Server: c.server, Desc: &description.Session{Medias: append(beside, c.media)}}
	require.NoError(c.t, c.stream.Initialize())
	c.t.Cleanup(c.Close)
}

// Close stops the server and cuts its connections.
func (c *Camera) Close() {
	c.mu.Lock()
	server := c.server
	c.server = nil
	c.mu.Unlock()
	if server != nil {
		c.stream.Close()
		server.Close()
	}
}

// Address is host:port.
func (c *Camera) Address() string { return c.address }

// Model is the camera as a site would describe it.
func (c *Camera) Model(id string) models.Camera {
	return models.Camera{ID: id, URL: "rtsp://" + c.address + "/live", Username: Username, Password: Password, Revision: 1}
}

// Refused counts the requests whose credentials were wrong.
func (c *Camera) Refused() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.refused
}

// Send writes one access unit with the RTP time of at. drop leaves out the packets of these indexes.
func (c *Camera) Send(at time.Duration, nalus [][]byte, drop ...int) {
	packets, err := c.encode(nalus)
	require.NoError(c.t, err)
	missing := map[int]bool{}
	for _, i := range drop {
		missing[i] = true
	}
	for i, p := range packets {
		p.Timestamp = uint32(at * 90_000 / time.Second)
		p.SequenceNumber = c.sequence
		c.sequence++
		if !missing[i] {
			require.NoError(c.t, c.stream.WritePacketRTP(c.media, p))
		}
	}
}

// Play sends n units at the given rate, a key unit every gop; it ends early when stop closes.
func (c *Camera) Play(stop <-chan struct{}, every time.Duration, gop int) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for i := 0; ; i++ {
		c.Send(time.Duration(i)*every, Unit(i%gop == 0))
		select {
		case <-stop:
			return
		case <-tick.C:
		}
	}
}

// OnDescribe answers DESCRIBE.
func (c *Camera) OnDescribe(ctx *gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	return c.answer(ctx.Conn, ctx.Request, ctx.Path)
}

// OnSetup answers SETUP.
func (c *Camera) OnSetup(ctx *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	return c.answer(ctx.Conn, ctx.Request, ctx.Path)
}

// OnPlay answers PLAY.
func (c *Camera) OnPlay(*gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	return &base.Response{StatusCode: base.StatusOK}, nil
}

func (c *Camera) answer(conn *gortsplib.ServerConn, req *base.Request, path string) (*base.Response, *gortsplib.ServerStream, error) {
	if !conn.VerifyCredentials(req, Username, Password) {
		if len(req.Header["Authorization"]) > 0 {
			c.mu.Lock()
			c.refused++
			c.mu.Unlock()
		}
		return &base.Response{StatusCode: base.StatusUnauthorized}, nil, liberrors.ErrServerAuth{}
	}
	if path != "/live" {
		return &base.Response{StatusCode: base.StatusNotFound}, nil, nil
	}
	return &base.Response{StatusCode: base.StatusOK}, c.stream, nil
}

// SPS returns a valid H.264 sequence parameter set.
func SPS() []byte {
	return []byte{
		0x67, 0x64, 0x00, 0x0c, 0xac, 0x3b, 0x50, 0xb0, 0x4b, 0x42, 0x00, 0x00, 0x03, 0x00, 0x02, 0x00,
		0x00, 0x03, 0x00, 0x3d, 0x08,
	}
}

// PPS returns an H.264 picture parameter set.
func PPS() []byte { return []byte{0x68, 0xee, 0x3c, 0x80} }

// Unit returns an H.264 access unit: a key picture of several packets, or a small one.
func Unit(key bool) [][]byte {
	if !key {
		return [][]byte{{byte(h264.NALUTypeNonIDR) | 0x40, 0x80, 1, 2, 3}}
	}
	idr := make([]byte, 4000)
	idr[0], idr[1] = byte(h264.NALUTypeIDR)|0x60, 0x80
	for i := 2; i < len(idr); i++ {
		idr[i] = byte(i%250 + 1)
	}
	return [][]byte{idr}
}
