package detect

import "github.com/prometheus/client_golang/prometheus"

// metrics are what detection counts about itself.
type metrics struct {
	units     *prometheus.CounterVec // by gateReason
	looks     prometheus.Counter
	faults    prometheus.Counter
	sights    *prometheus.CounterVec // by outcome
	events    *prometheus.CounterVec // by kind and what
	coalesced prometheus.Counter
	retries   prometheus.Counter
	snapshots *prometheus.CounterVec // by outcome
	unknown   prometheus.Counter
	delay     prometheus.Histogram
}

func newMetrics(reg prometheus.Registerer, waiting func() float64) (*metrics, error) {
	counter := func(name, help string) prometheus.CounterOpts {
		return prometheus.CounterOpts{Namespace: "zhihui", Subsystem: "detect", Name: name, Help: help}
	}
	m := &metrics{
		units:     prometheus.NewCounterVec(counter("units_total", "Access units by what the gate decided."), []string{"reason"}),
		looks:     prometheus.NewCounter(counter("looks_total", "Pictures that the network has looked at.")),
		faults:    prometheus.NewCounter(counter("faults_total", "Units whose analysis failed.")),
		sights:    prometheus.NewCounterVec(counter("glances_total", "Key pictures that were looked at for the camera's condition, by outcome."), []string{"outcome"}),
		events:    prometheus.NewCounterVec(counter("messages_total", "Messages about events."), []string{"kind", "what"}),
		coalesced: prometheus.NewCounter(counter("coalesced_total", "Messages replaced by newer ones while they waited.")),
		retries:   prometheus.NewCounter(counter("publish_retries_total", "Attempts to publish that were not accepted.")),
		snapshots: prometheus.NewCounterVec(counter("snapshots_total", "Snapshots of events by outcome."), []string{"outcome"}),
		unknown:   prometheus.NewCounter(counter("unknown_total", "Readings, results and states of sources that are not known.")),
		delay: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "zhihui", Subsystem: "detect", Name: "publish_seconds",
			Help:    "From the receipt that made a condition true to the accepted opening.",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}),
	}
	backlog := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "zhihui", Subsystem: "detect",
		Name: "outbox_messages", Help: "Messages that wait to be accepted."}, waiting)
	for _, c := range []prometheus.Collector{m.units, m.looks, m.faults, m.sights, m.events, m.coalesced, m.retries, m.snapshots,
		m.unknown, m.delay, backlog} {
		if err := reg.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *metrics) glanced(err error) {
	outcome := "seen"
	if err != nil {
		outcome = "failed"
	}
	m.sights.WithLabelValues(outcome).Inc()
}
