package notify

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"zhihui/models"
)

// The bounds of a dead-man's settings.
const (
	leastEvery = time.Second
	mostEvery  = time.Hour
)

// DeadmanConfig names an address outside that expects to hear from us, and tells people when it does not: the hall itself
// cannot say that it is gone.
type DeadmanConfig struct {
	URL     string          `yaml:"url"`     // http or https, without a user; gets a GET; "" = off
	Every   models.Duration `yaml:"every"`   // 1s to 1h
	Timeout models.Duration `yaml:"timeout"` // of finding out that we can work, and of the request: 100ms to 1m each
}

// DefaultDeadman is off, and says what holds once it has an address: every minute.
func DefaultDeadman() DeadmanConfig {
	return DeadmanConfig{Every: models.Duration(time.Minute), Timeout: models.Duration(defaultTimeout)}
}

func (c DeadmanConfig) validate(f *models.Faults) {
	if c.URL == "" {
		return
	}
	const at = "notify.deadman"
	f.Add(isTarget(c.URL), at+".url", "must be an address such as https://host/path, without a user and without #")
	f.Add(c.Every.Std() >= leastEvery && c.Every.Std() <= mostEvery, at+".every", "must be from %s to %s", leastEvery, mostEvery)
	f.Add(c.Timeout.Std() >= leastTimeout && c.Timeout.Std() <= mostTimeout, at+".timeout", "must be from %s to %s", leastTimeout, mostTimeout)
}

// isTarget tells whether messages can be sent there.
func isTarget(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil && u.Fragment == ""
}

// Deadman tells an address outside, again and again, that the hall is able to work, and is silent when it is not.
type Deadman struct {
	cfg    DeadmanConfig
	able   func(context.Context) error
	now    func() time.Time
	client *http.Client
	log    *slog.Logger
	pings  *prometheus.CounterVec

	mu     sync.Mutex
	status DeadmanStatus
}

// DeadmanStatus is how the last turn went.
type DeadmanStatus struct {
	Off    bool        // by the settings
	SentAt models.Time // of the newest ping that was answered, 0 = none yet
	Since  models.Time // since when Unable or Fault stands
	Unable string      // why we are silent on purpose
	Fault  string      // why the address has not heard us
}

// NewDeadman returns a dead-man that asks able each time whether the hall can do its work; able gives up with its context.
func NewDeadman(c DeadmanConfig, able func(context.Context) error, now func() time.Time, log *slog.Logger, reg prometheus.Registerer) *Deadman {
	return &Deadman{
		cfg: c, able: able, now: now, log: log, client: newClient(c.Timeout.Std()), status: DeadmanStatus{Off: c.URL == ""},
		pings: promauto.With(reg).NewCounterVec(prometheus.CounterOpts{
			Name: "zhihui_deadman_pings_total",
			Help: "Turns of the dead-man: sent, failed (the address has not heard us) or unable (we are silent on purpose).",
		}, []string{"outcome"}),
	}
}

// Run pings until ctx ends; without an address it only waits. No fault of the address ends it.
func (d *Deadman) Run(ctx context.Context) error {
	if d.cfg.URL == "" {
		<-ctx.Done()
		return ctx.Err()
	}
	defer d.client.CloseIdleConnections()
	tick := time.NewTicker(d.cfg.Every.Std())
	defer tick.Stop()
	for {
		d.turn(ctx)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// Status tells how the last turn went.
func (d *Deadman) Status() DeadmanStatus {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.status
}

func (d *Deadman) turn(ctx context.Context) {
	asking, cancel := context.WithTimeout(ctx, d.cfg.Timeout.Std())
	unable := d.able(asking)
	cancel()
	var fault error
	if unable == nil {
		fault = d.ping(ctx)
	}
	if ctx.Err() != nil { // we are being stopped, which says nothing of the address
		return
	}
	d.note(unable, fault)
}

func (d *Deadman) note(unable, fault error) {
	now := models.At(d.now())
	d.mu.Lock()
	defer d.mu.Unlock()
	before := d.status
	next := DeadmanStatus{SentAt: before.SentAt, Since: before.Since, Unable: text(unable), Fault: text(fault)}
	well, was := unable == nil && fault == nil, before.Unable == "" && before.Fault == ""
	switch {
	case well:
		next.SentAt, next.Since = now, 0
	case was:
		next.Since = now
	}
	d.status = next
	switch {
	case unable != nil:
		d.pings.WithLabelValues("unable").Inc()
		d.log.Error("no dead-man ping is sent: the hall cannot do its work", "error", unable)
	case fault != nil:
		d.pings.WithLabelValues("failed").Inc()
		d.log.Warn("the dead-man's address did not take our ping", "error", fault)
	default:
		d.pings.WithLabelValues("sent").Inc()
	}
}

// ping makes one request. Its error repeats no URL, which may hold a token.
func (d *Deadman) ping(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.cfg.URL, nil)
	if err != nil {
		return bareFault(err)
	}
	req.Header.Set("User-Agent", "zhihui")
	res, err := d.client.Do(req)
	if err != nil {
		return bareFault(err)
	}
	defer res.Body.Close()
	// Only so that the connection can be used again: the status has said all.
	_, _ = io.CopyN(io.Discard, res.Body, mostAnswer)
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("the address answered %s", res.Status)
	}
	return nil
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return fmt.Sprintf("%.200s", err.Error())
}
