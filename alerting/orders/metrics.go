package orders

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	steps *prometheus.CounterVec
	lamps *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer) metrics {
	f := promauto.With(reg)
	return metrics{
		steps: f.NewCounterVec(prometheus.CounterOpts{
			Name: "zhihui_order_steps_total",
			Help: "Steps that people took with orders.",
		}, []string{"action"}),
		lamps: f.NewCounterVec(prometheus.CounterOpts{
			Name: "zhihui_order_lamps_total",
			Help: "Lamps that turned because time went by.",
		}, []string{"lamp"}),
	}
}
