package auth

import (
	"context"
	"net/http"
	"unicode/utf8"

	"zhihui/models"
)

// LogIn checks a password and begins a session. address is where the request comes from. An unknown name, a disabled
// account and a wrong password get one answer after the same work, so that names cannot be found out.
func (s *Sessions) LogIn(w http.ResponseWriter, r *http.Request, address, username, password string) (Visitor, error) {
	end, err := s.try(r.Context(), address, username)
	if err != nil {
		return Visitor{}, err
	}
	u, err := s.check(r.Context(), username, password)
	end(err)
	if err != nil {
		s.cfg.Log.Warn("auth: a login was refused", "user", u.Username, "address", address, "reason", models.CodeOf(err))
		return Visitor{}, err
	}
	return s.begin(w, r, u, models.SessionPassword, address)
}

// check returns the user whose password it is. Beside an error the user is the one of that name, if there is one: what was
// typed as a name may be a password, and goes nowhere.
func (s *Sessions) check(ctx context.Context, username, password string) (models.User, error) {
	u, err := s.store.User(ctx, username)
	if err != nil && models.CodeOf(err) != models.NotFound {
		return models.User{}, err
	}
	hash := u.PasswordHash
	if err != nil || u.Disabled || utf8.RuneCountInString(password) > MaxPassword {
		hash = ""
	}
	match, err := s.hashes.matches(ctx, password, hash)
	if err != nil {
		return u, err
	}
	if !match {
		return u, models.Errorf(models.Unauthenticated, "the username or the password is wrong")
	}
	return u, nil
}

// ChangePassword makes next the visitor's password. It ends all sessions of the account; this browser gets a new one. A wrong
// current password is counted as guesses are.
func (s *Sessions) ChangePassword(w http.ResponseWriter, r *http.Request, v Visitor, address, current, next string) error {
	ctx := r.Context()
	if v.PasswordHash == "" {
		return models.Errorf(models.Conflict, "this account has no password, it logs in by %s", s.ProviderName())
	}
	end, err := s.try(ctx, address, v.Username)
	if err != nil {
		return err
	}
	u, err := s.check(ctx, v.Username, current)
	end(err)
	if models.CodeOf(err) == models.Unauthenticated {
		return models.FieldError("current", "this is not your current password")
	}
	if err != nil {
		return err
	}
	if next == current {
		return models.FieldError("new", "this is the password that you have already, choose another one")
	}
	hash, err := s.NewPassword(ctx, "new", next, u)
	if err != nil {
		return err
	}
	u, err = s.store.EditUser(ctx, u.Username, u.Username, func(now *models.User) error {
		if now.PasswordHash != u.PasswordHash {
			return models.Errorf(models.Conflict, "the password was changed by somebody else at this moment, log in again")
		}
		now.PasswordHash, now.MustChange = hash, false
		return nil
	})
	if err != nil {
		return err
	}
	_, err = s.begin(w, r, u, v.Session.Kind, address)
	return err
}
