package auth

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits slows guessing down: failed logins are counted by key, successful ones cost nothing. It remembers between
// generation and 2·generation keys; what is not asked for in the meantime is forgotten first.
type limits struct {
	every time.Duration // one more try
	burst int

	mu         sync.Mutex
	young, old map[string]*rate.Limiter
}

const generation = 4096

func newLimits(every time.Duration, burst int) *limits {
	return &limits{every: every, burst: burst, young: map[string]*rate.Limiter{}}
}

// take counts a try of key at now. ok is false when there were too many; refund takes the count back.
func (l *limits) take(key string, now time.Time) (refund func(), ok bool) {
	r := l.limiter(key).ReserveN(now, 1)
	refund = func() { r.CancelAt(now) }
	if r.DelayFrom(now) > 0 {
		refund()
		return nil, false
	}
	return refund, true
}

func (l *limits) limiter(key string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if lim, ok := l.young[key]; ok {
		return lim
	}
	lim, ok := l.old[key]
	if !ok {
		lim = rate.NewLimiter(rate.Every(l.every), l.burst)
	}
	if len(l.young) >= generation {
		l.old, l.young = l.young, map[string]*rate.Limiter{}
	}
	l.young[key] = lim
	return lim
}
