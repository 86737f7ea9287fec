// Package rtsp plays one camera over RTSP and TCP and gives its access units. It is the only importer of gortsplib.
// There is no retry here: a stream runs once, and its end has a named Reason.
package rtsp

import (
	"context"
	"errors"
	"net"
	"net/url"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/pion/rtp"

	"zhihui/models"
)

// Source plays cameras. The zero value of a timeout is not usable.
type Source struct {
	DialTimeout   time.Duration    // until the TCP connection stands
	AnswerTimeout time.Duration    // for each answer, and the longest time without any packet at all
	Now           func() time.Time // our clock

	// Control may refuse an address before it is dialled, see models.Reach; nil = all are dialled.
	Control func(network, address string, c syscall.RawConn) error
}

// Sink takes what a stream gives. Its functions are called one at a time on the connection's reading goroutine: whatever
// waits in them stalls the camera.
type Sink struct {
	Unit func(*models.AccessUnit) // Seq and Session are not set
	Lost func(units int)          // so many units never came, or not whole
	Open func(sound string)       // the camera has said what it sends, before the first unit; the coding of its sound, "" = none. May be nil
}

// Run plays the camera until its stream ends or ctx does, and returns a *Fault, or ctx's cause. When it returns, the
// connection is closed and the sink is no longer called.
func (s *Source) Run(ctx context.Context, camera models.Camera, sink Sink) error {
	target, err := address(camera)
	if err != nil {
		return &Fault{Reason: BadAddress, Cause: err}
	}
	tcp := gortsplib.TransportTCP
	var answered atomic.Bool
	client := &gortsplib.Client{
		Scheme: target.Scheme, Host: target.Host, Transport: &tcp,
		ReadTimeout: s.AnswerTimeout, WriteTimeout: s.AnswerTimeout,
		DialContext:   s.dialOnly(target.Hostname()),
		OnPacketsLost: func(uint64) {}, OnDecodeError: func(error) {}, // the video finds both by itself
		OnResponse: func(*base.Response) { answered.Store(true) },
	}
	if err := client.Start2(); err != nil {
		return &Fault{Reason: Garbage, Cause: err}
	}
	stop := context.AfterFunc(ctx, client.Close)
	err = s.play(client, target, camera.ID, sink)
	if err == nil {
		err = client.Wait()
	}
	stop()
	client.Close()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	heard := client.Stats().Conn.BytesReceived > 0
	reason := classify(err, heard)
	if reason == Ended && heard && !answered.Load() { // such as a web server, which says so and hangs up
		reason = Garbage
	}
	return &Fault{Reason: reason, Cause: err}
}

func (s *Source) play(client *gortsplib.Client, target *base.URL, camera string, sink Sink) error {
	description, _, err := client.Describe(target)
	if err != nil {
		return err
	}
	track, err := findVideo(description)
	if err != nil {
		return err
	}
	if sink.Open != nil {
		sink.Open(soundOf(description))
	}
	if _, err := client.Setup(description.BaseURL, track.media, 0, 0); err != nil {
		return err
	}
	client.OnPacketRTP(track.media, track.format, func(p *rtp.Packet) {
		unit, lost := track.packet(p)
		if lost > 0 {
			sink.Lost(lost)
		}
		if unit != nil {
			unit.Camera, unit.ReceivedAt, unit.NTP = camera, s.Now(), track.ntp(client, p)
			sink.Unit(unit)
		}
	})
	_, err = client.Play(nil)
	return err
}

// Probe tells whether anything listens at the camera's address: one TCP connection, closed at once. It returns a *Fault
// when not, and costs a camera that is away as little as can be.
func (s *Source) Probe(ctx context.Context, camera models.Camera) error {
	target, err := address(camera)
	if err != nil {
		return &Fault{Reason: BadAddress, Cause: err}
	}
	conn, err := s.dialer().DialContext(ctx, "tcp", hostPort(target))
	if err != nil {
		return &Fault{Reason: classify(err, false), Cause: err}
	}
	return conn.Close()
}

func (s *Source) dialer() *net.Dialer { return &net.Dialer{Timeout: s.DialTimeout, Control: s.Control} }

// maxDials bounds the connections of one stream: a camera may send us on to another path, but not in a circle.
const maxDials = 3

// dialOnly dials, but only the host that the site names: a redirect to another one would carry our credentials there.
func (s *Source) dialOnly(host string) func(context.Context, string, string) (net.Conn, error) {
	dials := 0
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		dials++
		if named, _, err := net.SplitHostPort(addr); err != nil || named != host || dials > maxDials {
			return nil, errRedirect
		}
		return s.dialer().DialContext(ctx, network, addr)
	}
}

var errCredentialsInURL = errors.New("the URL holds credentials")

// address joins the camera's URL and credentials for gortsplib. Its errors do not repeat the URL.
func address(camera models.Camera) (*base.URL, error) {
	u, err := base.ParseURL(camera.URL)
	switch {
	case err != nil:
		return nil, errors.New("the URL cannot be parsed")
	case u.User != nil:
		return nil, errCredentialsInURL
	case u.Hostname() == "":
		return nil, errors.New("the URL names no host")
	}
	if camera.Username != "" || camera.Password != "" {
		u.User = url.UserPassword(camera.Username, camera.Password)
	}
	return u, nil
}

func hostPort(u *base.URL) string {
	port := u.Port()
	if port == "" {
		port = "554"
		if u.Scheme == "rtsps" {
			port = "322"
		}
	}
	return net.JoinHostPort(u.Hostname(), port)
}
