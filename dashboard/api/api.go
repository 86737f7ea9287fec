package api

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"zhihui/dashboard/auth"
	"zhihui/dashboard/live"
	"zhihui/dashboard/playback"
	"zhihui/dashboard/watched"
	"zhihui/models"
	"zhihui/models/store"
)

// Alerts is what people do to alerts; package alerting does it.
type Alerts interface {
	Acknowledge(ctx context.Context, id string, by models.User, note string) (models.Alert, error)
	Confirm(ctx context.Context, id string, by models.User, note string) (models.Alert, error)
	Reject(ctx context.Context, id string, by models.User, note string) (models.Alert, error)
	MakeOrder(ctx context.Context, id string, by models.User, note string) (models.WorkOrder, error)
}

// Orders is what people do to orders; package alerting/orders does it. Actions are what can be done to an order now.
type Orders interface {
	Do(ctx context.Context, id string, action models.OrderAction, by models.User, note, assignee string) (models.WorkOrder, error)
	Actions(o models.WorkOrder) []models.OrderAction
}

// Deps is what the API stands on.
type Deps struct {
	Store    *store.Store
	Alerts   Alerts
	Orders   Orders
	Sessions *auth.Sessions
	Feed     *live.Feed
	Ingest   Ingest
	Rooms    *live.Rooms
	Watched  *watched.Book
	Footage  *playback.Library
	Health   func() models.Health
	// RecordState tells how the recording of a camera is right now.
	RecordState func(camera string) models.RecordState
	// CheckRules says why rules of a camera, with these zones, or of a sensor cannot run; package detect knows.
	CheckRules func(rules []models.Rule, zones map[string]models.Polygon, ofSensor bool) error
	// ReadBy are the ids of the sensors that a rule of a sensor asks; package detect knows.
	ReadBy    func(models.Rule) []string
	Basemap   []byte // GeoJSON, empty = none
	RateLimit int    // requests a second of one account at one address; half as many of an address by all who are not logged in
	Now       func() time.Time
	Log       *slog.Logger
	Registry  prometheus.Registerer
}

// API answers the operations of the contract.
type API struct {
	Deps
	contract  contract
	origin    *http.CrossOriginProtection
	known     *auth.Pace
	strangers *auth.Pace
	pushing   *auth.Pace // of readings, by token
	turning   *auth.Pace // of cameras, by person
	noted     *auth.Pace // of refusals, in the log
	painted   *painted
	editing   sync.Mutex // an edit is read, change, write
	importing sync.Mutex
	probes    probes
	pieces    readers // of footage
	films     readers // those who take one away
	locks     locks
}

// Base is where the API begins.
const Base = "/api/v1"

// New returns the API; Register puts it to work.
func New(d Deps) (*API, error) {
	c, err := loadContract()
	if err != nil {
		return nil, err
	}
	if len(d.Basemap) == 0 {
		d.Basemap = []byte(`{"type":"FeatureCollection","features":[]}`)
	}
	return &API{Deps: d, contract: c, origin: http.NewCrossOriginProtection(), painted: newPainted(d.Registry),
		known: auth.NewPace(d.RateLimit, d.Now), strangers: auth.NewPace(d.RateLimit/2, d.Now), pushing: auth.NewPace(d.RateLimit, d.Now), turning: auth.NewPace(actsASecond, d.Now), noted: auth.NewPace(1, d.Now)}, nil
}

// Register adds every operation to the router, under Base.
func (a *API) Register(r gin.IRouter) {
	r = r.Group(Base, a.sameOrigin)
	// A WebSocket is refused after it is open, see live.Rooms.View.
	r.GET("/cameras/:id/live", a.liveVideo)
	r = r.Group("", a.guard, a.validate)
	r.GET("/changes/stream", a.streamChanges)
	r.GET("/session/oidc", a.beginOIDC)
	r.GET("/session/oidc/callback", a.endOIDC)
	r.GET("/cameras/:id/picture", alone(a.getPicture))
	r.GET("/cameras/:id/footage", alone(a.getFootage))
	r.GET("/cameras/:id/download", alone(a.downloadFootage))
	RegisterHandlersWithOptions(r, NewStrictHandlerWithOptions(a, []StrictMiddlewareFunc{ownContext}, StrictGinServerOptions{
		RequestErrorHandlerFunc:  a.refuse,
		HandlerErrorFunc:         a.fail,
		ResponseErrorHandlerFunc: a.fail,
	}), GinServerOptions{ErrorHandler: func(c *gin.Context, err error, _ int) { a.refuse(c, err) }})
}

// own is a context that is a handler's alone. Gin uses its contexts again for later requests, and the database's driver looks at a
// request's context a moment longer than the request lives.
func own(c *gin.Context) *gin.Context {
	own := c.Copy()
	own.Writer = c.Writer
	return own
}

func alone(handle gin.HandlerFunc) gin.HandlerFunc { return func(c *gin.Context) { handle(own(c)) } }

func ownContext(next StrictHandlerFunc, _ string) StrictHandlerFunc {
	return func(c *gin.Context, request any) (any, error) { return next(own(c), request) }
}
