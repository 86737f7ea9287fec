package alerting

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhihui/models"
)

// BenchmarkHandle offers 1,000 events a second from 64 callers, each event twice (open, close), and reports how long
// Handle took: the bar is p95 under 100 ms on 2 cores.
func BenchmarkHandle(b *testing.B) {
	const rate, callers = 1000, 64
	h := newHall(b)
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range callers {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				due := began.Add(time.Duration(i) * time.Second / rate)
				time.Sleep(time.Until(due))
				e := event(fmt.Sprintf("e%d", i/2), source(fmt.Sprintf("cam-%d", i/2%1000)))
				if i%2 == 1 {
					e = event(e.ID, source(e.Source), revision(2), closedAt(t0+models.Time(i)))
				}
				if err := h.Handle(context.Background(), e); err != nil {
					b.Error(err)
				}
				took[i] = time.Since(due) // late callers count against us, too
			}
		})
	}
	all.Wait()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "max-ms")
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "events/s")
}
