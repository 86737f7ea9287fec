package ingest

import (
	"github.com/prometheus/client_golang/prometheus"

	"zhihui/models"
)

type metrics struct {
	cameras *prometheus.GaugeVec
	units   prometheus.Counter
	lost    prometheus.Counter
	unheard prometheus.Counter
	tries   prometheus.Counter
	probes  prometheus.Counter
	live    prometheus.Histogram
	noticed prometheus.Histogram
}

// within are the bounds of what is measured in seconds.
func within() []float64 { return []float64{.1, .25, .5, 1, 1.5, 2, 3, 4, 4.5, 5, 10, 30} }

func newMetrics(r prometheus.Registerer, hub *Hub) *metrics {
	m := &metrics{
		cameras: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "zhihui_cameras", Help: "Cameras of the site by state.",
		}, []string{"state"}),
		units: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "zhihui_ingest_access_units_total", Help: "Access units received whole from cameras.",
		}),
		lost: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "zhihui_ingest_lost_access_units_total", Help: "Access units that never came from a connected camera, or not whole.",
		}),
		unheard: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "zhihui_ingest_unheard_sound_frames_total", Help: "Frames of sound that came and were left out: broken, too late, or too many to wait for a unit.",
		}),
		tries: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "zhihui_ingest_tries_total", Help: "Times that a camera was asked for its stream.",
		}),
		probes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "zhihui_ingest_probes_total", Help: "Times that a camera which is away was looked for.",
		}),
		live: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "zhihui_ingest_live_seconds", Buckets: within(),
			Help: "From when a camera could be asked for its stream until its first key unit, the wait for others included.",
		}),
		noticed: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "zhihui_ingest_noticed_seconds", Buckets: within(),
			Help: "From the last unit of a camera that was online until its end was noticed.",
		}),
	}
	for _, state := range []models.CameraState{
		models.CameraConnecting, models.CameraOnline, models.CameraDegraded,
		models.CameraAuthRefused, models.CameraOffline, models.CameraDisabled,
	} {
		m.cameras.WithLabelValues(string(state))
	}
	dropped := prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "zhihui_ingest_dropped_access_units_total", Help: "Access units that analysis or a viewer missed because it was too slow.",
	}, func() float64 { return float64(hub.dropped.Load()) })
	r.MustRegister(m.cameras, m.units, m.lost, m.unheard, m.tries, m.probes, m.live, m.noticed, dropped)
	return m
}

// moved notes that a camera went from one state to another; "" is not on the site.
func (m *metrics) moved(from, to models.CameraState) {
	if from == to {
		return
	}
	if from != "" {
		m.cameras.WithLabelValues(string(from)).Dec()
	}
	if to != "" {
		m.cameras.WithLabelValues(string(to)).Inc()
	}
}
