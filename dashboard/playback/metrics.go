package playback

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	pieces, films, bytes, damaged prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "zhihui_playback_" + name, Help: help})
	}
	m := &metrics{
		pieces:  counter("pieces_total", "Pieces of footage that were sent to players."),
		films:   counter("films_total", "Films that were taken out, whole or not."),
		bytes:   counter("bytes_total", "Bytes of footage that were sent."),
		damaged: counter("unreadable_files_total", "Times a file of footage could not be read, and was played as a gap."),
	}
	reg.MustRegister(m.pieces, m.films, m.bytes, m.damaged)
	return m
}
