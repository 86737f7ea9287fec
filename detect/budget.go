package detect

import (
	"sync"
	"time"
)

// claimLasts is how long a camera counts as wanting looks after it has last said so.
const claimLasts = 2 * time.Second

// budget divides the looks of the network among the cameras that want some. The rule is fair and has no queue: of n
// cameras each may look every n / rate seconds, and never more often than every.
type budget struct {
	rate  float64 // looks a second, all cameras together
	every time.Duration

	mu        sync.Mutex
	claims    map[string]time.Time
	swept     time.Time
	patrolled time.Time
}

// patrols is the part of the looks that is for cameras that sleep, so that the busy ones never take all.
const patrols = 1.0 / 8

func newBudget(rate float64, every time.Duration) *budget {
	return &budget{rate: rate, every: every, claims: map[string]time.Time{}}
}

// share notes that a camera wants looks and returns the least time between two of its.
func (b *budget) share(camera string, now time.Time) time.Duration {
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
	return fairShare(len(b.claims), b.rate*(1-patrols), b.every)
}

// patrol takes a look for a camera that sleeps, where there is one to have.
func (b *budget) patrol(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.patrolled) < fairShare(1, b.rate*patrols, 0) {
		return false
	}
	b.patrolled = now
	return true
}

// fairShare is the least time between two looks at one of n cameras.
func fairShare(n int, rate float64, every time.Duration) time.Duration {
	return max(every, time.Duration(float64(n)/rate*float64(time.Second)))
}
