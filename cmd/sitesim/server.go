package main

import (
	"context"
	"log/slog"
	"net"
	"sync"

	"github.com/bluenviron/gortsplib/v4/pkg/auth"
	"github.com/bluenviron/gortsplib/v4/pkg/base"

	"zhihui/models"
)

// server answers RTSP for every camera, at /CAMERA, by TCP alone and with Digest alone.
type server struct {
	username string
	password string
	cameras  map[string]*camera // complete before the server starts
	ports    []*port            // the first is the script's, the others are each a camera's own
	logger   *slog.Logger

	mu     sync.Mutex
	links  map[*link]bool // nil when closed
	serves sync.WaitGroup
}

func newServer(r RTSP, logger *slog.Logger) *server {
	return &server{
		username: r.Username, password: r.Password, cameras: map[string]*camera{}, logger: logger,
		ports: []*port{newPort(r.Listen)}, links: map[*link]bool{},
	}
}

// listen opens the ports. Where one cannot be opened, none stays open.
func (s *server) listen() error {
	for _, p := range s.ports {
		if err := p.open(); err != nil {
			for _, p := range s.ports {
				p.shut()
			}
			return models.Errorf(models.Unavailable, "the cameras cannot listen on %s: %v", p.address, err)
		}
	}
	return nil
}

// addr is where the script's port listens.
func (s *server) addr() string { return s.ports[0].address }

// port is the number of that port.
func (s *server) port() string {
	_, number, _ := net.SplitHostPort(s.addr()) // of an open port it is never anything else
	return number
}

// run takes connections until ctx ends.
func (s *server) run(ctx context.Context) {
	var group sync.WaitGroup
	for _, p := range s.ports {
		group.Go(func() { p.run(ctx, s.take, s.logger) })
	}
	group.Wait()
}

// take serves a connection from now on.
func (s *server) take(c *net.TCPConn) {
	nonce, err := auth.GenerateNonce()
	if err != nil {
		c.Close()
		return
	}
	l, err := newLink(c, nonce)
	if err != nil {
		c.Close()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.links == nil {
		c.Close()
		return
	}
	s.links[l] = true
	s.serves.Go(func() {
		defer s.forget(l)
		l.serve(func(req *base.Request) bool { return s.answer(l, req) })
	})
}

func (s *server) forget(l *link) {
	if l.camera != nil {
		l.camera.leave(l)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.links, l)
}

// close ends every connection, and returns when nothing is served any more.
func (s *server) close() {
	s.mu.Lock()
	for l := range s.links {
		l.leave()
		l.end()
	}
	s.links = nil
	s.mu.Unlock()
	s.serves.Wait()
}
