package api

import (
	"context"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/models"
)

// painted measures from the receipt of what made an alert's condition true until a browser has painted its card. Of all
// pages the first report of an alert counts, however late it is. It remembers the last remembered to 2·remembered alerts.
type painted struct {
	seconds prometheus.Histogram

	mu         sync.Mutex
	young, old map[string]bool
}

const remembered = 10000

func newPainted(reg prometheus.Registerer) *painted {
	p := &painted{young: map[string]bool{}, seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "zhihui_capture_to_wall_seconds",
		Help:    "From the receipt of the picture or reading that made an alert to the first browser that has painted it.",
		Buckets: []float64{.1, .25, .5, .75, 1, 1.5, 2, 3, 5, 10},
	})}
	reg.MustRegister(p.seconds)
	return p
}

// first tells whether the alert is reported for the first time.
func (p *painted) first(alert string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.young[alert] || p.old[alert] {
		return false
	}
	if len(p.young) >= remembered {
		p.old, p.young = p.young, map[string]bool{}
	}
	p.young[alert] = true
	return true
}

// Painted takes a page's report. Alerts without an instant of capture cannot be measured.
func (a *API) Painted(ctx context.Context, r PaintedRequestObject) (PaintedResponseObject, error) {
	now := models.At(a.Now())
	known := make([]models.Alert, len(r.Body.Alerts))
	for i, id := range r.Body.Alerts {
		var err error
		if known[i], err = a.seen(ctx).Alert(ctx, id); err != nil {
			return nil, err
		}
	}
	for _, v := range known {
		if !v.CapturedAt.IsZero() && a.painted.first(v.ID) {
			a.painted.seconds.Observe(max(now.Sub(v.CapturedAt), 0).Seconds())
		}
	}
	return Painted204Response{}, nil
}
