package store

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	writes   prometheus.Counter
	failed   prometheus.Counter
	readings prometheus.Counter
	commit   prometheus.Histogram
	waits    prometheus.GaugeFunc
}

func newMetrics(queue func() float64) metrics {
	return metrics{
		writes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "zhihui_store_writes_total", Help: "Change sets that the writer has run, refused ones included."}),
		failed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "zhihui_store_failed_commits_total", Help: "Groups of change sets of which nothing could be committed."}),
		readings: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "zhihui_store_readings_total", Help: "Readings that are kept: on the disk."}),
		commit: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "zhihui_store_commit_seconds", Help: "Time of one group of change sets, from its begin to its sync.",
			Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .2, .5, 1}}),
		waits: prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "zhihui_store_waiting_writes", Help: "Change sets that wait for the writer."}, queue),
	}
}

func (m *metrics) observe(group int, took time.Duration, err error) {
	m.writes.Add(float64(group))
	m.commit.Observe(took.Seconds())
	if err != nil {
		m.failed.Inc()
	}
}

// Register adds the store's metrics to reg.
func (s *Store) Register(reg prometheus.Registerer) error {
	for _, c := range []prometheus.Collector{s.metrics.writes, s.metrics.failed, s.metrics.readings, s.metrics.commit, s.metrics.waits} {
		if err := reg.Register(c); err != nil {
			return err
		}
	}
	return nil
}
