package mqtt

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	connected prometheus.GaugeFunc
	readings  prometheus.Counter
	bad       prometheus.Counter
	dropped   prometheus.Counter
	unknown   prometheus.Counter
}

func newMetrics(r prometheus.Registerer, connected func() bool) *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	m := &metrics{
		connected: prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "zhihui_sensor_broker_connected", Help: "1 while the connection to the MQTT broker stands.",
		}, func() float64 {
			if connected() {
				return 1
			}
			return 0
		}),
		readings: counter("zhihui_sensor_readings_total", "Readings decoded."),
		bad:      counter("zhihui_sensor_bad_payloads_total", "Payloads that held no reading."),
		dropped:  counter("zhihui_sensor_dropped_messages_total", "Messages that were pushed out of a full queue."),
		unknown:  counter("zhihui_sensor_unknown_topics_total", "Messages on topics that no sensor has."),
	}
	r.MustRegister(m.connected, m.readings, m.bad, m.dropped, m.unknown)
	return m
}
