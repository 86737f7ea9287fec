package detect

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFairShare(t *testing.T) {
	every := 400 * time.Millisecond
	for _, c := range []struct {
		n    int
		rate float64
		want time.Duration
	}{{1, 12, every}, {4, 12, every}, {12, 12, time.Second}, {48, 12, 4 * time.Second}, {1, 0.5, 2 * time.Second}} {
		require.Equal(t, c.want, fairShare(c.n, c.rate, every))
	}
}

func TestBudgetForgetsWhoNoLongerAsks(t *testing.T) {
	b := newBudget(16, 10*time.Millisecond)
	one := time.Second / 14 // an eighth is for those that sleep
	for _, c := range []struct {
		camera string
		after  time.Duration
		want   time.Duration
	}{{"a", 0, one}, {"b", 0, 2 * one}, {"a", time.Second, 2 * one}, {"a", 4 * time.Second, one}} {
		every, _ := b.share(c.camera, noon.Add(c.after))
		require.InDelta(t, c.want, every, 1)
	}
}

// Cameras that come together look one after the other, and in the end as often as their share.
func TestBudgetIsNoBurst(t *testing.T) {
	b := newBudget(10, 400*time.Millisecond)
	looked := map[string]time.Time{}
	for tick := range 600 {
		now := noon.Add(time.Duration(tick) * 100 * time.Millisecond)
		looks := 0
		for n := range 50 {
			id := fmt.Sprint(n)
			if every, spare := b.share(id, now); spare && now.Sub(looked[id]) >= every {
				looked[id] = now
				b.took()
				looks++
			}
		}
		require.LessOrEqual(t, looks, 5)
	}
	for id, at := range looked {
		require.Less(t, noon.Add(time.Minute).Sub(at), 7*time.Second, id)
	}
}

func TestPatrolsHaveTheirPart(t *testing.T) {
	b := newBudget(16, 10*time.Millisecond)
	patrols, looked := 0, [50]time.Time{}
	for tick := range 1000 {
		now := noon.Add(time.Duration(tick) * 10 * time.Millisecond)
		for n := range 50 { // the busy ones want all there is
			every, spare := b.share(fmt.Sprint(n), now)
			if spare && now.Sub(looked[n]) >= every {
				looked[n] = now
				b.took()
			}
		}
		if b.patrol(now) {
			b.took()
			patrols++
		}
	}
	require.InDelta(t, 20, patrols, 2, "two a second")
}
