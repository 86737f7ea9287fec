package recording

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// keepMetrics are what a Keeper tells of itself.
type keepMetrics struct {
	bytes    *prometheus.CounterVec
	segments *prometheus.CounterVec
	undone   prometheus.Gauge
	due      prometheus.Gauge
}

func newKeepMetrics(reg prometheus.Registerer) (*keepMetrics, error) {
	counter := func(name, help string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "zhihui_recording_deleted_" + name, Help: help}, []string{"cause"})
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: "zhihui_recording_" + name, Help: help})
	}
	m := &keepMetrics{
		bytes:    counter("bytes_total", "Bytes of footage that were deleted, by age, by the bytes of its camera, or because too little of the disk was free."),
		segments: counter("segments_total", "Files of footage that were deleted, by the same causes."),
		undone:   gauge("undeleted_files", "Files whose rows are gone and that the disk does not let go."),
		due:      gauge("overdue_cameras", "Cameras with footage that has reached its age and is not deleted yet."),
	}
	var errs []error
	for _, c := range []prometheus.Collector{m.bytes, m.segments, m.undone, m.due} {
		errs = append(errs, reg.Register(c))
	}
	return m, errors.Join(errs...)
}
