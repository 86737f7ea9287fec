package onvif

import "github.com/prometheus/client_golang/prometheus"

// What came of a notification, in the metric.
const (
	toldAlarm     = "alarm"
	toldNothing   = "no_alarm"
	toldElsewhere = "elsewhere" // an alarm of a source that no camera of the site plays
	toldGarbage   = "garbage"   // metadata that are no XML
	toldNever     = "lost"      // a document of metadata that came broken or too large
)

type metrics struct {
	notifications *prometheus.CounterVec
	subscriptions prometheus.Gauge
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		notifications: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "zhihui_ingest_notifications_total", Help: "What cameras have reported by themselves, by what came of it.",
		}, []string{"outcome"}),
		subscriptions: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "zhihui_ingest_pull_points", Help: "Devices whose pull point is listened to.",
		}),
	}
	r.MustRegister(m.notifications, m.subscriptions)
	return m
}
