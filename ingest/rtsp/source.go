package rtsp

import (
	"context"
	"crypto/x509"
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

	roots *x509.CertPool // that vouch for cameras of rtsps; nil = those of the system
}

// Sink takes what a stream gives. Its functions are called one at a time on the connection's reading goroutine: whatever
// waits in them stalls the camera.
type Sink struct {
	Unit func(*models.AccessUnit) // Seq and Session are not set
	Lost func(units int)          // so many units never came, or not whole

	// Metadata takes each document that the camera sends beside its video, nil for one that came broken or too large. It is
	// called by turns with the others, or beside them where packets come by UDP. nil = nobody wants them.
	Metadata func(document []byte)
	Hears    func(bool) // with Metadata, on the goroutine of Run: whether the camera lets us have them

	// Sound asks for the camera's sound, which comes with the units, and takes what becomes of it: whether the camera lets us have
	// it, and later whether it is garbage. Unheard counts its frames that came and were left out. Called as Metadata. nil = nobody
	// wants it.
	Sound   func(models.SoundMeasure)
	Unheard func(frames int)

	// What the greeting gives, on the goroutine of Run; either may be nil.
	Open    func(models.SoundMeasure)  // the camera has said what it sends: its sound, and whether that could be kept
	Playing func(way models.Transport) // the camera has agreed to play that way: TCP, UDP or multicast
}

// writeTimeout bounds a request on its way out: requests are small, so one that waits goes to a camera that no longer reads.
const writeTimeout = time.Second

// Run plays the camera until its stream ends or ctx does, and returns a *Fault, or ctx's cause. When it returns, the
// connection is closed and the sink is no longer called. A transport that brings nothing gives way to the next of the
// camera's; then the sink hears Open and Playing again.
func (s *Source) Run(ctx context.Context, camera models.Camera, sink Sink) error {
	target, err := address(camera)
	if err != nil {
		return &Fault{Reason: BadAddress, Cause: err}
	}
	ways := waysOf(camera.Transport)
	for {
		p := s.playback(camera, sink, ways[0])
		err := p.run(ctx, target)
		if p.upset != nil && ctx.Err() == nil { // the picture goes before what comes beside it
			p.upset(&sink)
			continue
		}
		if ways = ways[1:]; len(ways) == 0 || ctx.Err() != nil || !p.givesWay(err) {
			return err
		}
	}
}

func (s *Source) playback(camera models.Camera, sink Sink, way gortsplib.Transport) *playback {
	signs := signer{username: camera.Username, password: camera.Password}
	return &playback{source: s, camera: camera.ID, sink: sink, way: way, signer: signs}
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
