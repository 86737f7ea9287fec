package auth

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"zhihui/models"
)

const (
	cookieName = "session"
	maxToken   = 64 // bytes; ours have 43

	keyUser  = "user"
	keyGuest = "guest"
)

// users is the part of the store that knows people.
type users interface {
	User(ctx context.Context, username string) (models.User, error)
}

// Sessions logs people in and out and knows them again.
type Sessions struct {
	scs      *scs.SessionManager
	users    users
	hashes   *hasher
	accounts *limits
	addrs    *limits
	guest    bool
	now      func() time.Time
}

// Config says what depends on the listener.
type Config struct {
	Secure   bool             // cookies only over TLS
	Guest    bool             // Guest sessions count
	Lifetime time.Duration    // of a session, from the login
	Now      func() time.Time // nil = time.Now
}

// New returns the sessions kept in store, of the people in users. It takes some 100 ms: it hashes a password.
func New(cfg Config, store scs.Store, users users) (*Sessions, error) {
	hashes, err := newHasher()
	if err != nil {
		return nil, err
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Sessions{
		// Not scs.New: that begins with a store in memory, whose sweeper never ends.
		scs: &scs.SessionManager{
			Lifetime: cfg.Lifetime, Store: store, Codec: scs.GobCodec{},
			Cookie: scs.SessionCookie{Name: cookieName, Path: "/", HttpOnly: true, Persist: true, Secure: cfg.Secure, SameSite: http.SameSiteLaxMode},
		},
		users: users, hashes: hashes, guest: cfg.Guest, now: cfg.Now,
		accounts: newLimits(10*time.Second, 10),
		addrs:    newLimits(time.Second, 30),
	}, nil
}

// load reads the session of a request into its context. scs.LoadAndSave is not used anywhere: it hides Flush and Hijack
// of the ResponseWriter, and only logging in and out change a session.
func (s *Sessions) load(r *http.Request) (context.Context, error) {
	token := ""
	if c, err := r.Cookie(cookieName); err == nil && len(c.Value) <= maxToken {
		token = c.Value
	}
	ctx, err := s.scs.Load(r.Context(), token)
	if err != nil {
		return nil, fmt.Errorf("read a session: %w", err)
	}
	return ctx, nil
}

// User returns who sends the request, read from the store each time: what an administrator changes counts at once.
func (s *Sessions) User(r *http.Request) (models.User, error) {
	ctx, err := s.load(r)
	if err != nil {
		return models.User{}, err
	}
	if s.guest && s.scs.GetBool(ctx, keyGuest) {
		return guest(), nil
	}
	name := s.scs.GetString(ctx, keyUser)
	if name == "" {
		return models.User{}, models.Errorf(models.Unauthenticated, "log in first")
	}
	u, err := s.users.User(ctx, name)
	if models.CodeOf(err) == models.NotFound || err == nil && u.Disabled {
		return models.User{}, models.Errorf(models.Unauthenticated, "this account is closed, log in with another one")
	}
	return u, err
}

// guest is who watches the wall without logging in; it is in no store.
func guest() models.User {
	return models.User{Username: "wall", Name: "大屏", Role: models.Wall}
}

// Guest begins a session of the wall's guest.
func (s *Sessions) Guest(w http.ResponseWriter, r *http.Request) error {
	return s.begin(w, r, keyGuest, true)
}

// begin starts a session with one value under a new token, so that a token planted before is worth nothing.
func (s *Sessions) begin(w http.ResponseWriter, r *http.Request, key string, value any) error {
	ctx, err := s.load(r)
	if err != nil {
		return err
	}
	if err := s.scs.Clear(ctx); err != nil {
		return fmt.Errorf("clear a session: %w", err)
	}
	if err := s.scs.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew a session: %w", err)
	}
	s.scs.Put(ctx, key, value)
	token, expiry, err := s.scs.Commit(ctx)
	if err != nil {
		return fmt.Errorf("keep a session: %w", err)
	}
	s.scs.WriteSessionCookie(ctx, w, token, expiry)
	return nil
}

// LogOut ends the session of the request, in the store and in the browser.
func (s *Sessions) LogOut(w http.ResponseWriter, r *http.Request) error {
	ctx, err := s.load(r)
	if err != nil {
		return err
	}
	if err := s.scs.Destroy(ctx); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	s.scs.WriteSessionCookie(ctx, w, "", time.Time{})
	return nil
}
