package auth

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
)

func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPace(10, time.Now)
		for range 40 {
			require.NoError(t, p.Take("anna", "192.0.2.1"))
		}
		err := p.Take("anna", "192.0.2.1")
		require.Equal(t, models.TooMany, models.CodeOf(err))
		var early *TooEarly
		require.True(t, errors.As(err, &early))
		require.Equal(t, "1", early.RetryAfter())
		for range 100 { // asking in vain does not prolong it
			require.Error(t, p.Take("anna", "192.0.2.1"))
		}
		require.NoError(t, p.Take("anna", "192.0.2.2"), "another address has its own")
		require.NoError(t, p.Take("bert", "192.0.2.1"), "another account has its own")
		require.NoError(t, p.Take("", "192.0.2.1"), "strangers at that address have their own")
		time.Sleep(early.Wait)
		require.NoError(t, p.Take("anna", "192.0.2.1"))
		require.Error(t, p.Take("anna", "192.0.2.1"))
	})
}

func TestAPaceKnowsANetworkNotItsAddresses(t *testing.T) {
	p := NewPace(1, func() time.Time { return time.Unix(1e9, 0) })
	for i := range burst {
		require.NoError(t, p.Take("", fmt.Sprintf("2001:db8::%d", i)))
	}
	require.Error(t, p.Take("", "2001:db8::ffff"), "whoever has one IPv6 address has all of its /64")
	require.NoError(t, p.Take("", "2001:db8:0:1::1"))
}

// Whoever comes from wherever, the memory is bounded, and in any stretch nobody who is remembered gets more than burst and pace allow.
func TestPaceByChance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(1e9, 0)
		p := NewPace(5, func() time.Time { return now })
		taken, begun := 0, now
		for range rapid.IntRange(1, 300).Draw(t, "requests") {
			if p.Take("anna", "192.0.2.1") == nil {
				taken++
			}
			now = now.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "ms")) * time.Millisecond)
		}
		require.LessOrEqual(t, float64(taken), burst*5+5*now.Sub(begun).Seconds()+1e-6)
	})
	p := NewPace(5, time.Now)
	for i := range 5 * generation {
		require.NoError(t, p.Take("", fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)))
	}
	require.LessOrEqual(t, p.callers.size(), 2*generation)
}
