package main

import (
	"errors"
	"net"
	"strings"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/auth"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"

	"zhihui/models"
)

var errNoPower = errors.New("the camera is dropped")

// server answers RTSP for every camera, at /CAMERA, by TCP alone and with Digest alone.
type server struct {
	rtsp     gortsplib.Server
	username string
	password string
	cameras  map[string]*camera // complete before the server starts
	addr     net.Addr           // where it listens, after start
}

func newServer(r RTSP) *server {
	s := &server{username: r.Username, password: r.Password, cameras: map[string]*camera{}}
	s.rtsp = gortsplib.Server{
		Handler:     s,
		RTSPAddress: r.Listen,
		AuthMethods: []auth.VerifyMethod{auth.VerifyMethodDigestMD5},
		Listen: func(network, address string) (net.Listener, error) {
			l, err := net.Listen(network, address)
			if err == nil {
				s.addr = l.Addr()
			}
			return l, err
		},
	}
	return s
}

func (s *server) start() error {
	if err := s.rtsp.Start(); err != nil {
		return models.Errorf(models.Unavailable, "the cameras cannot listen on %s: %v", s.rtsp.RTSPAddress, err)
	}
	return nil
}

// OnDescribe answers 401, then 404, and only then with the stream, as cameras do. A camera that is dropped hangs up.
func (s *server) OnDescribe(ctx *gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	return s.stream(ctx.Conn, ctx.Request, ctx.Path)
}

// OnSetup answers as OnDescribe does.
func (s *server) OnSetup(ctx *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	return s.stream(ctx.Conn, ctx.Request, ctx.Path)
}

func (s *server) stream(conn *gortsplib.ServerConn, req *base.Request, path string) (
	*base.Response, *gortsplib.ServerStream, error,
) {
	if !conn.VerifyCredentials(req, s.username, s.password) {
		return &base.Response{StatusCode: base.StatusUnauthorized}, nil, liberrors.ErrServerAuth{}
	}
	c := s.cameras[strings.Trim(path, "/")]
	if c == nil {
		return &base.Response{StatusCode: base.StatusNotFound}, nil, nil
	}
	stream := c.offer()
	if stream == nil {
		conn.NetConn().Close() // what has no power says nothing
		return &base.Response{StatusCode: base.StatusServiceUnavailable}, nil, errNoPower
	}
	return &base.Response{StatusCode: base.StatusOK}, stream, nil
}

// OnPlay counts a session in.
func (s *server) OnPlay(ctx *gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	if c := s.cameras[strings.Trim(ctx.Path, "/")]; c != nil {
		ctx.Session.SetUserData(c)
		c.enter(ctx.Session)
	}
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// OnSessionClose counts it out.
func (s *server) OnSessionClose(ctx *gortsplib.ServerHandlerOnSessionCloseCtx) {
	if c, ok := ctx.Session.UserData().(*camera); ok {
		c.leave(ctx.Session)
	}
}

// OnStreamWriteError counts a packet that a slow reader's queue did not take.
func (s *server) OnStreamWriteError(ctx *gortsplib.ServerHandlerOnStreamWriteErrorCtx) {
	if c, ok := ctx.Session.UserData().(*camera); ok {
		c.countOverflow()
	}
}
