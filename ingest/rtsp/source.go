// Package rtsp plays one camera over RTSP and TCP and gives its access units. It is the only importer of gortsplib.
// There is no retry here: a stream runs once, and its end has a named Reason.
package rtsp

import (
	"context"
	"errors"
	"net"
	"net/url"
	"syscall"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"

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

	// What the greeting gives, on the goroutine of Run; either may be nil.
	Open    func(sound string) // the camera has said what it sends; the coding of its sound, "" = none
	Playing func()             // the camera has agreed to play
}

// writeTimeout bounds a request on its way out: requests are small, so one that waits goes to a camera that no longer reads.
const writeTimeout = time.Second

// Run plays the camera until its stream ends or ctx does, and returns a *Fault, or ctx's cause. When it returns, the
// connection is closed and the sink is no longer called.
func (s *Source) Run(ctx context.Context, camera models.Camera, sink Sink) error {
	target, err := address(camera)
	if err != nil {
		return &Fault{Reason: BadAddress, Cause: err}
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	tcp := gortsplib.TransportTCP
	p := &playback{source: s, camera: camera.ID, sink: sink, end: end}
	p.client = &gortsplib.Client{
		Scheme: target.Scheme, Host: target.Host, Transport: &tcp,
		ReadTimeout: s.AnswerTimeout, WriteTimeout: writeTimeout,
		DialContext:   s.dialOnly(ctx, target.Hostname()),
		OnPacketsLost: func(uint64) {}, // the video finds them by itself
		OnDecodeError: p.misfit, OnResponse: p.hear,
	}
	if err := p.client.Start2(); err != nil {
		return &Fault{Reason: Garbage, Cause: err}
	}
	stop := context.AfterFunc(ctx, p.client.Close)
	if err = p.play(target); err == nil {
		err = p.client.Wait()
	}
	stop()
	p.client.Close()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	heard := p.client.Stats().Conn.BytesReceived > 0
	reason := classify(err, heard)
	if reason == Ended && heard && !p.answered.Load() { // such as a web server, which says so and hangs up
		reason = Garbage
	}
	return &Fault{Reason: reason, Cause: err}
}

func (s *Source) dialer() *net.Dialer { return &net.Dialer{Timeout: s.DialTimeout, Control: s.Control} }

// maxDials bounds the connections of one stream: a camera may send us on to another path, but not in a circle.
const maxDials = 3

// dialOnly dials, but only the host that the site names: a redirect to another one would carry our credentials there.
// The end of run ends all reading at once: gortsplib's Close waits for a TLS handshake that the camera never answers.
func (s *Source) dialOnly(run context.Context, host string) func(context.Context, string, string) (net.Conn, error) {
	dials := 0
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		dials++
		if named, _, err := net.SplitHostPort(addr); err != nil || named != host || dials > maxDials {
			return nil, errRedirect
		}
		conn, err := s.dialer().DialContext(ctx, network, addr)
		if err == nil {
			context.AfterFunc(run, func() { _ = conn.SetReadDeadline(time.Now()) })
		}
		return conn, err
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
