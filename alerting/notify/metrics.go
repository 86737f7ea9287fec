package notify

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	tries *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer) metrics {
	return metrics{promauto.With(reg).NewCounterVec(prometheus.CounterOpts{
		Name: "zhihui_notify_tries_total",
		Help: "Tries to deliver a message to a target: sent, failed (it is tried again) or given_up.",
	}, []string{"target", "outcome"})}
}
