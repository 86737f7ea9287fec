package ingest

import sched "runtime/metrics"

// A hall that has too little processor reads its cameras late, and they drop what they cannot send: a thousand would look slow
// and lossy at once. That goroutines wait for a processor tells it. A ticker does not: who waits for time goes before who waits
// for the network.
const (
	waitsLong  = 0.2 // seconds
	waitsMany  = 10  // one in so many that are long is too many
	waitsLeast = 100 // in a second, to tell anything
)

// waits counts how long goroutines have waited for a processor.
type waits struct {
	read      func() (long, all uint64) // since the start of the process
	long, all uint64                    // at the call before
}

func newWaits() *waits {
	sample := []sched.Sample{{Name: "/sched/latencies:seconds"}}
	w := &waits{read: func() (long, all uint64) {
		sched.Read(sample)
		if sample[0].Value.Kind() != sched.KindFloat64Histogram { // of a runtime that counts no more
			return 0, 0
		}
		h := sample[0].Value.Float64Histogram()
		for i, n := range h.Counts {
			all += n
			if h.Buckets[i] >= waitsLong {
				long += n
			}
		}
		return long, all
	}}
	w.long, w.all = w.read()
	return w
}

// starved tells whether too many have waited too long since the call before.
func (w *waits) starved() bool {
	long, all := w.read()
	newLong, newAll := long-w.long, all-w.all
	w.long, w.all = long, all
	return newAll >= waitsLeast && newLong*waitsMany > newAll
}
