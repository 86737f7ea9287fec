package auth

import (
	"errors"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
)

func TestPauses(t *testing.T) {
	for n, want := range map[int]time.Duration{0: 0, 1: 0, 5: 0, 6: time.Second, 7: 2 * time.Second, 8: 4 * time.Second, 14: 256 * time.Second,
		15: 512 * time.Second, 16: longestPause, 17: longestPause, 1 << 40: longestPause} {
		require.Equal(t, want, pause(n, 5), "%d", n)
	}
}

// Whatever comes in whatever order: between two tries that are let through after n failures in a row there is at least the
// pause of n, no wait is longer than the longest, a success forgives, and the memory is bounded.
func TestTriesByChance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := newTries(2)
		now := time.Unix(1e9, 0)
		type state struct {
			failed int
			last   time.Time
		}
		known := map[string]state{}
		t.Repeat(map[string]func(*rapid.T){
			"try": func(t *rapid.T) {
				key := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "key")
				was := known[key]
				wait := x.take(key, now)
				open := was.last.Add(pause(was.failed, 2))
				if wait > 0 {
					require.LessOrEqual(t, wait, longestPause)
					require.Equal(t, open, now.Add(wait), "the wait is until the pause is over, and asking does not prolong it")
					return
				}
				require.False(t, now.Before(open), "let through too early")
				if now.Sub(was.last) >= forgiven {
					was.failed = 0
				}
				switch rapid.SampledFrom([]string{"failure", "failure", "success", "nothing"}).Draw(t, "outcome") {
				case "failure":
					known[key] = state{was.failed + 1, now}
				case "success":
					x.forgive(key)
					delete(known, key)
				case "nothing":
					x.undo(key, now)
					known[key] = state{was.failed, now.Add(-pause(was.failed, 2))}
				}
			},
			"wait": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.Int64Range(0, int64(2*longestPause)).Draw(t, "for")))
			},
			"": func(t *rapid.T) { require.LessOrEqual(t, x.keys.size(), 2*generation) },
		})
	})
}

func TestTriesForgetTheOldest(t *testing.T) {
	x := newTries(1)
	now := time.Unix(1e9, 0)
	for i := range 5 * generation {
		x.take(time.Duration(i).String(), now)
	}
	require.LessOrEqual(t, x.keys.size(), 2*generation)
}

// In real time: what people wait is what they are told.
func TestTheWaitIsWhatItSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newTries(0)
		require.Zero(t, x.take("k", time.Now()))
		begun := time.Now()
		for want := time.Second; want < longestPause; want *= 2 {
			wait := x.take("k", time.Now())
			require.Equal(t, want, wait)
			time.Sleep(wait - time.Nanosecond)
			require.NotZero(t, x.take("k", time.Now()))
			time.Sleep(time.Nanosecond)
			require.Zero(t, x.take("k", time.Now()))
		}
		require.Equal(t, 1023*time.Second, time.Since(begun))
		require.Equal(t, longestPause, x.take("k", time.Now()))
		time.Sleep(forgiven)
		require.Zero(t, x.take("k", time.Now()))
		require.Equal(t, time.Second, x.take("k", time.Now()), "after an hour it begins anew")
	})
}

func (s *Sessions) guess(address, username, pass string) error {
	_, err := s.LogIn(httptest.NewRecorder(), request(nil), address, username, pass)
	return err
}

func TestGuessingIsSlowedDownWhereverItComesFrom(t *testing.T) {
	c := newClock()
	s, _ := open(t, Config{Now: c.now})
	for _, username := range []string{"anna", "nobody"} {
		for i := range freeOfAccount + 1 {
			require.Equal(t, models.Unauthenticated, models.CodeOf(s.guess(strings.Repeat("9", i+1), username, "wrong")), username)
		}
		err := s.guess("another", username, password)
		require.Equal(t, models.TooMany, models.CodeOf(err), "%s: the right one waits as well", username)
		var early *TooEarly
		require.ErrorAs(t, err, &early)
		require.Equal(t, "1", early.RetryAfter())
		require.Contains(t, err.Error(), "wait 1 s ")
	}
	c.at = c.at.Add(time.Second)
	require.NoError(t, s.guess("another", "anna", password))
	require.NoError(t, s.guess("another", "anna", password))
}

// Nobody is locked out for ever by guesses from elsewhere.
func TestAKnownPlaceGoesItsOwnWay(t *testing.T) {
	c := newClock()
	s, st := open(t, Config{Now: c.now})
	require.NoError(t, s.guess("10.0.0.1", "anna", password))
	attack := func() {
		for i := range 2 * freeOfAccount {
			_ = s.guess(netip.AddrFrom4([4]byte{1, 2, 3, byte(i)}).String(), "anna", "wrong")
		}
	}
	attack()
	require.Equal(t, models.TooMany, models.CodeOf(s.guess("10.9.9.9", "anna", password)))
	require.NoError(t, s.guess("10.0.0.1", "anna", password))

	later, err := New(s.cfg, st) // after a restart as well
	require.NoError(t, err)
	s = later
	attack()
	require.NoError(t, s.guess("10.0.0.1", "anna", password))
	for range freeOfAccount + 1 {
		require.Equal(t, models.Unauthenticated, models.CodeOf(s.guess("10.0.0.1", "anna", "wrong")))
	}
	require.Equal(t, models.TooMany, models.CodeOf(s.guess("10.0.0.1", "anna", password)), "the place itself is slowed down, too")
}

func TestAnAddressIsSlowedDownOverAllAccounts(t *testing.T) {
	c := newClock()
	s, _ := open(t, Config{Now: c.now})
	for i := range freeOfAddress + 1 {
		require.Equal(t, models.Unauthenticated, models.CodeOf(s.guess("2001:db8::1", "u"+time.Duration(i).String(), "wrong")))
		if i < freeOfAddress {
			require.NoError(t, s.guess("2001:db8::1", "adam", password), "an account of one's own forgives nothing")
		}
	}
	require.Equal(t, models.TooMany, models.CodeOf(s.guess("2001:db8::2:1", "anna", password)), "all of the /64")
	require.NoError(t, s.guess("2001:db8:0:1::1", "anna", password))
}

func TestWhatTellsNothingCostsNothing(t *testing.T) {
	c := newClock()
	s, _ := open(t, Config{Now: c.now})
	for range 100 {
		end, err := s.try(t.Context(), "a", "anna")
		require.NoError(t, err)
		end(errors.New("the disk is full"))
	}
}

func TestNetworks(t *testing.T) {
	for address, want := range map[string]string{"10.0.0.1": "10.0.0.1", "::ffff:10.0.0.1": "10.0.0.1", "2001:db8::1": "2001:db8::/64",
		"2001:db8:0:0:5::": "2001:db8::/64", "fe80::1%eth0": "fe80::/64", "here": "here", "": ""} {
		require.Equal(t, want, network(address), address)
	}
}

func FuzzNetwork(f *testing.F) {
	for _, v := range []string{"10.0.0.1", "::1", "::ffff:1.2.3.4", "fe80::1%x", strings.Repeat("x", 100)} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v string) { require.LessOrEqual(t, len(network(v)), 64) })
}
