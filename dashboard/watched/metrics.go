package watched

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	noted   *prometheus.CounterVec
	refused prometheus.Counter
}

func newMetrics(reg prometheus.Registerer, waiting func() float64) *metrics {
	m := &metrics{
		noted: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "zhihui_watched_views_total", Help: "Views of cameras that were noted in the ledger, by way."}, []string{"way"}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "zhihui_watched_refused_total", Help: "Views that were refused because they could not be noted."}),
	}
	reg.MustRegister(m.noted, m.refused, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "zhihui_watched_waiting", Help: "Views that wait for the store."}, waiting))
	return m
}
