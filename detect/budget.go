package detect

import (
	"sync"
	"time"
)

// claimLasts is how long a camera counts as wanting looks after it has last said so.
const claimLasts = 2 * time.Second

const (
	// patrols is the part of the looks that is for cameras that sleep, so that the busy ones never take all.
	patrols = 1.0 / 8
	// saved is how much of unused looks may be made up for at once: cameras that come or wake together look one after the other.
	saved = 500 * time.Millisecond
)

// budget divides the looks of the network among the cameras that want some. The rule is fair and has no queue: of n
// cameras each may look every n / rate seconds, and never more often than every.
type budget struct {
	rate  float64 // looks a second, all cameras together
	every time.Duration

	mu        sync.Mutex
	claims    map[string]time.Time
	swept     time.Time
	has       float64 // looks that may be had now
	filled    time.Time
	patrolled time.Time
}

func newBudget(rate float64, every time.Duration) *budget {
	return &budget{rate: rate, every: every, claims: map[string]time.Time{}}
}

// share notes that a camera wants looks and returns the least time between two of its, and whether there is one now.
func (b *budget) share(camera string, now time.Time) (every time.Duration, spare bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.claims[camera] = now
	if now.Sub(b.swept) > claimLasts/4 {
		b.swept = now
		for id, at := range b.claims {
			if now.Sub(at) > claimLasts {
				delete(b.claims, id)
			}
		}
	}
	return fairShare(len(b.claims), b.rate*(1-patrols), b.every), b.fill(now) >= 2 // one stays for who sleeps
}

// patrol tells whether there is a look for a camera that sleeps.
func (b *budget) patrol(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.patrolled) < fairShare(1, b.rate*patrols, 0) || b.fill(now) < 1 {
		return false
	}
	b.patrolled = now
	return true
}

// took notes that the network was asked.
func (b *budget) took() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.has--
}

// fill adds the looks that have come since, and returns how many there are.
func (b *budget) fill(now time.Time) float64 {
	most := max(2, b.rate*saved.Seconds())
	if dt := now.Sub(b.filled).Seconds(); dt > 0 {
		b.has, b.filled = min(b.has+dt*b.rate, most), now
	}
	return b.has
}

// fairShare is the least time between two looks at one of n cameras.
func fairShare(n int, rate float64, every time.Duration) time.Duration {
	return max(every, time.Duration(float64(n)/rate*float64(time.Second)))
}
