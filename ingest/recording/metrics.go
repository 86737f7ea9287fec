package recording

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/models"
)

// metrics are what a Recorder tells of itself.
type metrics struct {
	bytes    prometheus.Counter
	units    prometheus.Counter
	lost     prometheus.Counter
	segments prometheus.Counter
	clips    prometheus.Counter
	fsync    prometheus.Histogram
}

func newMetrics(reg prometheus.Registerer, states func() map[models.RecordState]int) (*metrics, error) {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "zhihui_recording_" + name, Help: help})
	}
	m := &metrics{
		bytes:    counter("bytes_total", "Bytes of footage that were written, those of rings apart."),
		units:    counter("units_total", "Access units that were written into footage."),
		lost:     counter("lost_units_total", "Access units that should have been kept and were not, because the disk took nothing for too long."),
		segments: counter("segments_total", "Files of footage that are on the disk and in the index."),
		clips:    counter("clips_total", "Clips that were begun."),
		fsync: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "zhihui_recording_fsync_seconds", Help: "How long a file and its folder took to get to the disk.",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 8),
		}),
	}
	all := []prometheus.Collector{m.bytes, m.units, m.lost, m.segments, m.clips, m.fsync, &stateGauge{states, prometheus.NewDesc(
		"zhihui_recording_cameras", "Cameras by how their recording is.", []string{"state"}, nil)}}
	var errs []error
	for _, c := range all {
		errs = append(errs, reg.Register(c))
	}
	return m, errors.Join(errs...)
}

// stateGauge counts the cameras when it is asked.
type stateGauge struct {
	states func() map[models.RecordState]int
	desc   *prometheus.Desc
}

func (g *stateGauge) Describe(c chan<- *prometheus.Desc) { c <- g.desc }

func (g *stateGauge) Collect(c chan<- prometheus.Metric) {
	for state, n := range g.states() {
		c <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, float64(n), string(state))
	}
}
