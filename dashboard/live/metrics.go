package live

import "github.com/prometheus/client_golang/prometheus"

type roomMetrics struct {
	viewers prometheus.Gauge
	skipped prometheus.Counter
}

func newRoomMetrics(reg prometheus.Registerer) *roomMetrics {
	m := &roomMetrics{
		viewers: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "zhihui_live_viewers", Help: "WebSockets that look at a camera."}),
		skipped: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "zhihui_live_skipped_groups_total", Help: "Times a slow viewer lost pictures and went on at the newest key picture."}),
	}
	reg.MustRegister(m.viewers, m.skipped)
	return m
}

type feedMetrics struct {
	pages   prometheus.Gauge
	refused prometheus.Counter
}

func newFeedMetrics(reg prometheus.Registerer) *feedMetrics {
	m := &feedMetrics{
		pages: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "zhihui_live_pages", Help: "Pages that follow the changes."}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "zhihui_live_refused_pages_total", Help: "Pages that were turned away because too many follow already."}),
	}
	reg.MustRegister(m.pages, m.refused)
	return m
}
