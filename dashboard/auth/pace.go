package auth

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"zhihui/models"
)

// burst is how many seconds' worth of requests may come at once: a wall of 64 tiles opens them all together.
const burst = 4

// Pace bounds how many requests a second are answered, by account and address or by address alone. It remembers thousands of
// them; who is forgotten begins anew with a full burst.
type Pace struct {
	perSecond int
	now       func() time.Time

	mu      sync.Mutex
	callers lately[rate.Limiter]
}

// NewPace returns a pace of so many requests a second in the long run, four times as many at once.
func NewPace(perSecond int, now func() time.Time) *Pace {
	return &Pace{perSecond: perSecond, now: now}
}

// Take counts one request of the account ("" = nobody who is known) from the address; it returns a TooEarly error instead when
// there were too many. A refused one is not counted: who waits as told gets in.
func (p *Pace) Take(account, address string) error {
	now := p.now()
	p.mu.Lock()
	l := p.callers.of(account+" "+network(address), p.begin) // no username holds a blank
	p.mu.Unlock()
	r := l.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	r.CancelAt(now)
	return &TooEarly{Wait: wait, err: models.Errorf(models.TooMany, "more than %d requests a second came from here: wait a moment and try again", p.perSecond)}
}

func (p *Pace) begin() *rate.Limiter {
	return rate.NewLimiter(rate.Limit(p.perSecond), burst*p.perSecond)
}
