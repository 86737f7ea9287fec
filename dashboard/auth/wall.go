package auth

import (
	"context"
	"net/http"

	"zhihui/models"
	"zhihui/models/store"
)

// guest is who watches the wall of this machine without logging in. It has no session in the store, or each page that a
// browser without cookies loads would leave one: the cookie only says that the browser wants to be the guest, and AtHome
// judges each of its requests.
func guest() Visitor {
	return Visitor{User: models.User{Username: models.GuestName, Name: "大屏", Role: models.Wall}, Session: models.Session{Username: models.GuestName, Kind: models.SessionGuest}}
}

// Guest makes the browser this machine's guest; the caller has asked AtHome.
func (s *Sessions) Guest(w http.ResponseWriter) { s.setCookie(w, guestCookie, foreverAge) }

// screen is who watches a wall by a token.
func screen(l store.Login) Visitor {
	return Visitor{User: models.User{Username: l.Username, Name: l.Screen, Role: models.Wall, Area: l.Area}, Session: l.Session}
}

// MakeWallToken makes a token for a screen and returns its secret, which nobody can read again.
func (s *Sessions) MakeWallToken(ctx context.Context, name, area, by string) (models.WallToken, string, error) {
	secret := newSecret()
	t, err := s.store.CreateWallToken(ctx, name, area, secret, by)
	return t, secret, err
}

// EnterWall begins the session of a screen that shows a token's secret. It lasts until the token is revoked. A wrong secret
// counts like a wrong password from that address.
func (s *Sessions) EnterWall(w http.ResponseWriter, r *http.Request, address, secret string) (Visitor, error) {
	end, err := s.try(r.Context(), address, "")
	if err != nil {
		return Visitor{}, err
	}
	cookie := newSecret()
	l, err := s.store.EnterWall(r.Context(), secret, models.Session{ID: models.NewID(s.cfg.Now()), Address: address, Agent: agent(r)}, cookie)
	end(err)
	if err != nil {
		return Visitor{}, err
	}
	s.cfg.Log.Info("auth: a wall was let in", "screen", l.Screen, "address", address)
	return screen(l), s.replace(w, r, cookie, foreverAge)
}
