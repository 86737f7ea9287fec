package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"zhihui/models"
	"zhihui/models/store"
)

const (
	secretSize  = 32                   // random bytes of a session's cookie and of a wall token
	maxAgent    = 200                  // bytes of a User-Agent that are kept
	seenEvery   = time.Minute          // how often it is noted that a session is used
	maxSeen     = 4096                 // sessions whose newest use is remembered here
	foreverAge  = 400 * 24 * time.Hour // as long as browsers keep a cookie at most
	guestCookie = "guest"
)

// Sessions logs people in and out and knows them again. Who is logged in stands in the store alone.
type Sessions struct {
	cfg       Config
	store     *store.Store
	hashes    *hasher
	accounts  *tries
	addresses *tries
	provider  *provider // nil = none
	sealer    sealer

	mu   sync.Mutex
	seen map[string]models.Time // newest use by session, so that each is noted once a minute at most, even when that fails
}

// Config says what depends on the listener.
type Config struct {
	Secure   bool             // cookies only over TLS
	Guest    bool             // this machine's own wall counts without a login
	Lifetime time.Duration    // of a person's session, from the login
	Idle     time.Duration    // a person's session ends when it was not used for so long; a wall's does not
	OIDC     OIDCConfig       // no issuer = no such login
	Now      func() time.Time // nil = time.Now
	Log      *slog.Logger     // nil = none
}

// New returns the sessions kept in st, of its people and wall tokens. It takes some 100 ms: it hashes a password.
func New(cfg Config, st *store.Store) (*Sessions, error) {
	hashes, err := newHasher()
	if err != nil {
		return nil, err
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	provider, err := newProvider(cfg.OIDC, cfg.Now)
	if err != nil {
		return nil, err
	}
	sealer, err := newSealer()
	if err != nil {
		return nil, fmt.Errorf("make a key for journeys: %w", err)
	}
	return &Sessions{cfg: cfg, store: st, hashes: hashes, accounts: newTries(freeOfAccount), addresses: newTries(freeOfAddress),
		provider: provider, sealer: sealer, seen: map[string]models.Time{}}, nil
}

// Visitor is who sends a request, and by which session.
type Visitor struct {
	models.User
	Session models.Session
}

// Who returns who sends the request, read from the store each time: what an administrator changes counts at once. address is
// where the request comes from.
func (s *Sessions) Who(r *http.Request, address string) (Visitor, error) {
	token := s.token(r)
	if token == guestCookie && s.cfg.Guest && AtHome(r) {
		return guest(), nil
	}
	if token == "" || token == guestCookie {
		return Visitor{}, models.Errorf(models.Unauthenticated, "log in first")
	}
	l, ok, err := s.store.Session(r.Context(), token)
	if err != nil {
		return Visitor{}, err
	}
	if !ok || !s.see(r, l, address) {
		return Visitor{}, models.Errorf(models.Unauthenticated, "this login has ended, log in again")
	}
	if l.Kind == models.SessionWall {
		return screen(l), nil
	}
	u, err := s.store.User(r.Context(), l.Username)
	if models.CodeOf(err) == models.NotFound || err == nil && u.Disabled {
		return Visitor{}, models.Errorf(models.Unauthenticated, "this account is closed, log in with another one")
	}
	u.MustChange = u.MustChange && l.Kind == models.SessionPassword // who came another way has not used that password
	return Visitor{User: u, Session: l.Session}, err
}

// see notes that a session is used: by a request, or by a stream that is open. It returns false when it was idle for too long.
// That it cannot be noted, on a full disk for example, shuts nobody out.
func (s *Sessions) see(r *http.Request, l store.Login, address string) bool {
	now := models.At(s.cfg.Now())
	s.mu.Lock()
	last := max(l.SeenAt, s.seen[l.ID])
	if l.Kind != models.SessionWall && now.Sub(last) >= s.cfg.Idle {
		s.mu.Unlock()
		return false
	}
	due := now.Sub(last) >= seenEvery
	if due {
		if len(s.seen) >= maxSeen {
			clear(s.seen) // costs each one more note
		}
		s.seen[l.ID] = now
	}
	s.mu.Unlock()
	if due {
		if err := s.store.SeeSession(r.Context(), l.ID, address, agent(r)); err != nil && r.Context().Err() == nil {
			s.cfg.Log.Warn("auth: the use of a session cannot be noted", "user", l.Username, "error", err)
		}
	}
	return true
}

// begin starts a person's session under a new token, and ends what the browser had before: a token that was planted is worth
// nothing.
func (s *Sessions) begin(w http.ResponseWriter, r *http.Request, u models.User, kind models.SessionKind, address string) (Visitor, error) {
	now := s.cfg.Now()
	x := models.Session{ID: models.NewID(now), Username: u.Username, Kind: kind, CreatedAt: models.At(now), SeenAt: models.At(now), Address: address, Agent: agent(r)}
	token := newSecret()
	expires := now.Add(s.cfg.Lifetime)
	if err := s.store.BeginSession(r.Context(), x, u, token, network(address), models.At(expires)); err != nil {
		return Visitor{}, err
	}
	s.cfg.Log.Info("auth: logged in", "user", u.Username, "kind", kind, "address", address)
	u.MustChange = u.MustChange && kind == models.SessionPassword
	return Visitor{User: u, Session: x}, s.replace(w, r, token, s.cfg.Lifetime)
}

// replace gives the browser a new cookie and forgets the session of its old one.
func (s *Sessions) replace(w http.ResponseWriter, r *http.Request, token string, age time.Duration) error {
	s.setCookie(w, token, age)
	return s.forget(r.Context(), s.token(r))
}

func (s *Sessions) forget(ctx context.Context, token string) error {
	if token == "" || token == guestCookie {
		return nil
	}
	return s.store.LeaveSession(ctx, token)
}

// LogOut ends the session of the request, in the store and in the browser.
func (s *Sessions) LogOut(w http.ResponseWriter, r *http.Request) error {
	s.setCookie(w, "", -1)
	return s.forget(r.Context(), s.token(r))
}

// List returns a page of sessions that count now, newest first, of one person or ("") of everybody.
func (s *Sessions) List(ctx context.Context, username, after string, limit int) ([]models.Session, string, error) {
	return s.store.Sessions(ctx, store.SessionFilter{Username: username, SeenAfter: models.At(s.cfg.Now().Add(-s.cfg.Idle)), After: after, Limit: limit})
}

// newSecret returns 32 random bytes as 43 characters that an address can hold.
func newSecret() string {
	b := make([]byte, secretSize)
	rand.Read(b) // never fails: see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b)
}
