package detect

import (
	"github.com/prometheus/client_golang/prometheus"

	"zhihui/detect/visionpb"
)

// visionMetrics are what the client of the pixel workers counts.
type visionMetrics struct {
	units   *prometheus.CounterVec // by admission
	deaths  *prometheus.CounterVec // by cause
	results *prometheus.CounterVec // by fault
	spent   *prometheus.HistogramVec
}

func newVisionMetrics(reg prometheus.Registerer, up, quarantined func() float64) (*visionMetrics, error) {
	opts := func(name, help string) prometheus.Opts {
		return prometheus.Opts{Namespace: "zhihui", Subsystem: "vision", Name: name, Help: help}
	}
	m := &visionMetrics{
		units:   prometheus.NewCounterVec(prometheus.CounterOpts(opts("units_total", "Access units offered to pixel workers, by what became of them.")), []string{"admission"}),
		deaths:  prometheus.NewCounterVec(prometheus.CounterOpts(opts("worker_deaths_total", "Ends of pixel workers that were not asked for.")), []string{"cause"}),
		results: prometheus.NewCounterVec(prometheus.CounterOpts(opts("results_total", "Answers of pixel workers.")), []string{"fault"}),
		spent: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "zhihui", Subsystem: "vision", Name: "seconds",
			Help: "Time that a worker spent on one picture.", Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5}}, []string{"stage"}),
	}
	for _, c := range []prometheus.Collector{m.units, m.deaths, m.results, m.spent,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts(opts("workers_up", "Pixel workers that answer.")), up),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts(opts("quarantined_cameras", "Cameras not looked at because they ended workers.")), quarantined)} {
		if err := reg.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *visionMetrics) answered(r *visionpb.Result) {
	m.results.WithLabelValues(r.GetFault().String()).Inc()
	m.spent.WithLabelValues("decode").Observe(float64(r.GetDecodeMs()) / 1000)
	if r.GetHasMotion() {
		m.spent.WithLabelValues("motion").Observe(float64(r.GetMotionMs()) / 1000)
	}
	if r.GetHasObjects() {
		m.spent.WithLabelValues("infer").Observe(float64(r.GetInferMs()) / 1000)
	}
}
