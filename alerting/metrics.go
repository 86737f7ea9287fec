package alerting

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	events  *prometheus.CounterVec
	seconds prometheus.Histogram
}

func newMetrics(reg prometheus.Registerer) metrics {
	f := promauto.With(reg)
	return metrics{
		events: f.NewCounterVec(prometheus.CounterOpts{
			Name: "zhihui_alerting_events_total",
			Help: "Messages about events, by what became of them: a verdict, invalid or failed.",
		}, []string{"verdict"}),
		seconds: f.NewHistogram(prometheus.HistogramOpts{
			Name:    "zhihui_alerting_handle_seconds",
			Help:    "From a message about an event until its alert and order were on the disk.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5},
		}),
	}
}

func (m metrics) handled(v verdict, took time.Duration) {
	m.events.WithLabelValues(string(v)).Inc()
	m.seconds.Observe(took.Seconds())
}
