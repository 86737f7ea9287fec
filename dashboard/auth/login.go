package auth

import (
	"net/http"

	"zhihui/models"
)

// LogIn checks a password and begins a session. address is where the request comes from. An unknown name, a disabled
// account and a wrong password get one answer after the same work, so that names cannot be found out.
func (s *Sessions) LogIn(w http.ResponseWriter, r *http.Request, address, username, password string) (models.User, error) {
	now := s.now()
	refundAddr, ok := s.addrs.take(address, now)
	if !ok {
		return models.User{}, tooMany()
	}
	refundAccount, ok := s.accounts.take(address+" "+username, now)
	if !ok {
		return models.User{}, tooMany()
	}
	u, err := s.check(r, username, password)
	if models.CodeOf(err) == models.Unauthenticated {
		return models.User{}, err
	}
	refundAddr()
	refundAccount()
	if err != nil {
		return models.User{}, err
	}
	return u, s.begin(w, r, keyUser, u.Username)
}

func (s *Sessions) check(r *http.Request, username, password string) (models.User, error) {
	u, err := s.users.User(r.Context(), username)
	if err != nil && models.CodeOf(err) != models.NotFound {
		return models.User{}, err
	}
	hash := u.PasswordHash
	if err != nil || u.Disabled || len(password) > MaxPassword {
		hash = ""
	}
	match, err := s.hashes.matches(r.Context(), password, hash)
	if err != nil {
		return models.User{}, err
	}
	if !match {
		return models.User{}, models.Errorf(models.Unauthenticated, "the username or the password is wrong")
	}
	return u, nil
}

func tooMany() error {
	return models.Errorf(models.TooMany, "too many failed logins, wait 10 seconds and try again")
}
