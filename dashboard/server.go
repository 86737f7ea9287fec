package dashboard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/dashboard/api"
	"zhihui/dashboard/auth"
	"zhihui/dashboard/live"
	"zhihui/dashboard/playback"
	"zhihui/dashboard/watched"
	"zhihui/models"
	"zhihui/models/pki"
	"zhihui/models/store"
)

// Deps is what the dashboard stands on. Registry and Logger are needed; a nil Now is time.Now, a nil Ready is always ready.
type Deps struct {
	Store      *store.Store
	Alerts     api.Alerts
	Orders     api.Orders
	Subscribe  func(camera string) (live.UnitReader, error) // a NotFound error for an unknown camera
	Ingest     api.Ingest
	Health     func() models.Health                 // nil = nothing but the time
	Recordings string                               // the folder of the footage
	Written    func(camera string) []models.Segment // what is being written of a camera; nil = nothing
	// RecordState is as in api.Deps; nil = nothing is recorded.
	RecordState func(camera string) models.RecordState
	// CheckRules is as in api.Deps; nil = what the store takes is good.
	CheckRules func([]models.Rule, map[string]models.Polygon, bool) error
	// ReadBy is as in api.Deps; nil = no rule asks another sensor.
	ReadBy   func(models.Rule) []string
	Basemap  []byte                      // GeoJSON, empty = none
	Ready    func(context.Context) error // nil error = seeded and able to log people in
	Now      func() time.Time
	Logger   *slog.Logger
	Registry *prometheus.Registry
}

// Server is the dashboard.
type Server struct {
	cfg      Config
	deps     Deps
	listener net.Listener
	http     *http.Server
	identity *pki.Identity // nil without TLS
	sessions *auth.Sessions
	feed     *live.Feed
	rooms    *live.Rooms
	watched  *watched.Book
	unready  atomic.Pointer[string] // why it was not ready when somebody asked last, "" = it was
}

const (
	readHeaderTimeout = 10 * time.Second
	bodyTimeout       = 30 * time.Second // of at most api.MaxBody bytes
	answerTimeout     = 2 * time.Minute  // of a whole answer; streams give each message its own time
	idleTimeout       = 2 * time.Minute
	farewell          = 2 * time.Second // what requests under way get when we stop
)

// New listens at once, so that an address in use is told before anything starts; Run answers, and frees the address when
// it ends. A server that is never run needs Close.
func New(cfg Config, d Deps) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Health == nil {
		d.Health = func() models.Health { return models.Health{At: models.At(d.Now())} }
	}
	if d.CheckRules == nil {
		d.CheckRules = func([]models.Rule, map[string]models.Polygon, bool) error { return nil }
	}
	if d.ReadBy == nil {
		d.ReadBy = func(models.Rule) []string { return nil }
	}
	if d.Written == nil {
		d.Written = func(string) []models.Segment { return nil }
	}
	if d.RecordState == nil {
		d.RecordState = func(string) models.RecordState { return models.RecordOff }
	}
	if d.Ready == nil {
		d.Ready = func(context.Context) error { return nil }
	}
	s := &Server{cfg: cfg, deps: d, rooms: live.NewRooms(d.Subscribe, d.Logger, d.Registry),
		watched: watched.New(watched.Deps{Write: d.Store.NoteViewings, Now: d.Now, Log: d.Logger, Registry: d.Registry})}
	handler, err := s.handler()
	if err != nil {
		return nil, err
	}
	// No WriteTimeout: streams live for days and set a deadline for each message.
	s.http = &http.Server{Handler: handler, ReadHeaderTimeout: readHeaderTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(d.Logger.Handler(), slog.LevelDebug)}
	if err := s.encrypt(); err != nil {
		return nil, err
	}
	if s.listener, err = net.Listen("tcp", cfg.Listen); err != nil {
		return nil, fmt.Errorf("the dashboard cannot listen on %s: %w", cfg.Listen, err)
	}
	s.listener = modest{s.listener}
	return s, nil
}

// handler makes the parts that answer requests.
func (s *Server) handler() (http.Handler, error) {
	d := s.deps
	var err error
	if s.feed, err = live.NewFeed(context.Background(), d.Store, d.Logger, d.Now, d.Registry); err != nil {
		return nil, err
	}
	s.sessions, err = auth.New(auth.Config{Secure: s.cfg.secure(), Guest: s.cfg.WallGuest, Lifetime: s.cfg.SessionLifetime.Std(),
		Idle: s.cfg.SessionIdle.Std(), OIDC: s.cfg.OIDC, Now: d.Now, Log: d.Logger}, d.Store)
	if err != nil {
		return nil, err
	}
	a, err := api.New(api.Deps{Store: d.Store, Alerts: d.Alerts, Orders: d.Orders, Sessions: s.sessions, Feed: s.feed,
		Rooms: s.rooms, Watched: s.watched, Footage: playback.New(d.Recordings, d.Store, d.Written, d.Logger, d.Registry), RecordState: d.RecordState, Ingest: d.Ingest, CheckRules: d.CheckRules, ReadBy: d.ReadBy, Health: d.Health, Basemap: d.Basemap, RateLimit: s.cfg.RateLimit, Now: d.Now, Log: d.Logger, Registry: d.Registry})
	if err != nil {
		return nil, err
	}
	return s.routes(a)
}

// Addr is where the server listens, as host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Publish shows a reading to the pages within a second; of several of one sensor in that second the newest. It does not
// wait for anybody.
func (s *Server) Publish(r models.Reading) { s.feed.Publish(r) }

// Pages tells how many pages follow the changes now, and how many were turned away since the start.
func (s *Server) Pages() (open int, refused uint64) { return s.feed.Pages() }

// Run answers until ctx ends, then ends the streams, gives requests under way 2 seconds, and returns when everybody has
// gone. An error means that the server could not go on.
func (s *Server) Run(ctx context.Context) error {
	streams, endStreams := context.WithCancel(context.Background())
	s.http.BaseContext = func(net.Listener) context.Context { return streams }
	noting, endNoting := context.WithCancel(context.Background())
	fed, noted, served := make(chan error, 1), make(chan error, 1), make(chan error, 1)
	go func() { fed <- s.feed.Run(streams) }()
	go func() { noted <- s.watched.Run(noting) }()
	go func() { served <- s.serve() }()
	s.sayReach()

	var err error
	select {
	case err = <-served:
	case <-ctx.Done():
		err = s.stop(endStreams)
		<-served
	}
	endStreams()
	s.rooms.Close()
	endNoting() // last: until then somebody may have looked
	return errors.Join(err, <-fed, <-noted)
}

func (s *Server) serve() error {
	var err error
	if s.http.TLSConfig != nil {
		err = s.http.ServeTLS(s.listener, "", "")
	} else {
		err = s.http.Serve(s.listener)
	}
	return fmt.Errorf("serve %s: %w", s.cfg.Listen, err)
}

func (s *Server) stop(endStreams func()) error {
	endStreams()
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close()
	}
	return err
}
