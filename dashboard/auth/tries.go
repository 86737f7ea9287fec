package auth

import (
	"context"
	"math"
	"strconv"
	"sync"
	"time"

	"zhihui/models"
)

// Guessing is slowed down by account, wherever it comes from, and by address, whichever account it aims at: after some free
// failures 1 s must pass before the next try, then 2 s, 4 s … up to 15 minutes. Nobody can lock a person out from elsewhere:
// tries from an address at which this person was let in within 90 days (store.KnownPlace) have a count of their own. The
// counts are kept in memory, because a restart that forgives them is not in the hands of a guesser; the places are in the
// store. An unknown name is counted like a known one.
const (
	freeOfAccount = 5  // a person who mistypes is not bothered
	freeOfAddress = 20 // a whole hall may stand behind one address
	longestPause  = 15 * time.Minute
	forgiven      = time.Hour // after the newest failure
)

// tries counts failures by key, of the newest keys: to push a count out, a guesser must fail with thousands of other names,
// which at two hashes at once takes minutes, and from many addresses.
type tries struct {
	free int

	mu   sync.Mutex
	keys lately[failures]
}

type failures struct {
	n     int
	last  time.Time
	until time.Time
}

func newTries(free int) *tries { return &tries{free: free} }

// pause is how long nothing goes after the nth failure.
func pause(n, free int) time.Duration {
	over := n - free
	if over <= 0 {
		return 0
	}
	return min(time.Second<<min(over-1, 10), longestPause)
}

// take counts a try as a failure before it is made, so that many at once are not free; it returns how long to wait instead
// when it comes too early.
func (t *tries) take(key string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.find(key)
	if wait := f.until.Sub(now); wait > 0 {
		return wait
	}
	if now.Sub(f.last) >= forgiven {
		f.n = 0
	}
	f.n++
	f.last, f.until = now, now.Add(pause(f.n, t.free))
	return 0
}

// undo takes back a try that told nothing about the secret.
func (t *tries) undo(key string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.find(key)
	f.n, f.until = max(f.n-1, 0), now
}

// forgive forgets the failures of a key.
func (t *tries) forgive(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keys.forget(key)
}

func (t *tries) find(key string) *failures {
	return t.keys.of(key, func() *failures { return &failures{} })
}

// try begins a try to log in; account "" is none. end must be told how it went: nil forgives the account, Unauthenticated is a
// failure, everything else tells nothing. A success does not forgive the address, or a guesser would log in with an account of
// his own in between.
func (s *Sessions) try(ctx context.Context, address, account string) (end func(error), err error) {
	address = network(address)
	key := account
	if account != "" {
		known, err := s.store.KnownPlace(ctx, account, address)
		if err != nil {
			return nil, err
		}
		if known {
			key = account + " " + address // no username holds a blank
		}
	}
	now := s.cfg.Now()
	if wait := s.addresses.take(address, now); wait > 0 {
		return nil, tooEarly(wait)
	}
	if key != "" {
		if wait := s.accounts.take(key, now); wait > 0 {
			s.addresses.undo(address, now)
			return nil, tooEarly(wait)
		}
	}
	return func(err error) {
		if models.CodeOf(err) == models.Unauthenticated {
			return
		}
		s.addresses.undo(address, now)
		switch {
		case key == "":
		case err == nil:
			s.accounts.forgive(key)
		default:
			s.accounts.undo(key, now)
		}
	}, nil
}

// TooEarly is a TooMany error that says when to try again.
type TooEarly struct {
	Wait time.Duration
	err  error
}

func tooEarly(wait time.Duration) error {
	e := &TooEarly{Wait: wait}
	e.err = models.Errorf(models.TooMany, "too many failed tries: wait %s s and try again", e.RetryAfter())
	return e
}

// RetryAfter is the wait in whole seconds, for the header of that name.
func (e *TooEarly) RetryAfter() string { return strconv.Itoa(int(math.Ceil(e.Wait.Seconds()))) }

func (e *TooEarly) Error() string { return e.err.Error() }

// Unwrap returns the models.Error.
func (e *TooEarly) Unwrap() error { return e.err }
