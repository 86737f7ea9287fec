package store

import (
	"context"
	"fmt"

	"zhihui/models"
)

// PutUser writes the user, new or known, and who did it. See EditUser for what it refuses and what it ends.
func (s *Store) PutUser(ctx context.Context, u models.User, by string) error {
	return s.Write(ctx, func(tx *Tx) error {
		before, err := tx.user(u.Username)
		if err != nil {
			return err
		}
		return tx.putUser(before, u, by)
	})
}

// CreateUser writes a new user and who did it. A known username or subject is a Conflict, an unknown area Invalid.
func (s *Store) CreateUser(ctx context.Context, u models.User, by string) error {
	return s.Write(ctx, func(tx *Tx) error {
		before, err := tx.user(u.Username)
		if err == nil && before != nil {
			err = &models.Error{Code: models.Conflict, Field: "username", Message: fmt.Sprintf("there is a user %q already", u.Username)}
		}
		if err != nil {
			return err
		}
		return tx.putUser(nil, u, by)
	})
}

// EditUser changes a known user as edit says, in one change set with who did it, and returns what has become of the user. A
// user who is disabled, or has another password or subject now, is logged out everywhere. The last administrator of the whole
// site who can log in must stay one: Conflict. An edit that changes nothing leaves no trace. edit must not block.
func (s *Store) EditUser(ctx context.Context, username, by string, edit func(*models.User) error) (u models.User, err error) {
	err = s.Write(ctx, func(tx *Tx) error {
		before, err := tx.user(username)
		if err != nil {
			return err
		}
		if before == nil {
			return notFound("user", username)
		}
		u = *before
		if err := edit(&u); err != nil || u == *before {
			return err
		}
		return tx.putUser(before, u, by)
	})
	return u, err
}

// putUser makes before (nil = nobody) into u.
func (tx *Tx) putUser(before *models.User, u models.User, by string) error {
	if err := validateUser(u); err != nil {
		return err
	}
	if err := tx.checkUser(before, u); err != nil {
		return err
	}
	row := userRow{Username: u.Username, Name: u.Name, Role: u.Role, Area: u.Area, PasswordHash: u.PasswordHash,
		MustChange: u.MustChange, Subject: u.Subject, Disabled: u.Disabled}
	if _, err := tx.db.NewInsert().Model(&row).On("CONFLICT (username) DO UPDATE").Exec(tx.ctx); err != nil {
		return fmt.Errorf("write a user: %w", err)
	}
	if before == nil {
		return tx.Ledger(by, "user.put", u.Username, nil, u)
	}
	action, another := "user.put", before.PasswordHash != u.PasswordHash
	if another { // which neither side shows
		action = "user.password"
	}
	if u.Disabled || another || before.Subject != "" && before.Subject != u.Subject {
		if err := tx.endSessions(u.Username); err != nil {
			return err
		}
	}
	return tx.Ledger(by, action, u.Username, *before, u)
}

func validateUser(u models.User) error {
	var f faults
	f.Add(models.ValidID(u.Username), "username", "a username has 1 to %d of a-z A-Z 0-9 . _ - and does not start with a dot", models.MaxID)
	f.Add(u.Username != models.SystemName && u.Username != models.GuestName, "username", "%s is a name of the hall itself: choose another one", u.Username)
	f.Add(u.Role.Valid(), "role", "%.40q is no role, choose admin, integrator, dispatcher, operator, grid or viewer", u.Role)
	f.text("name", u.Name, maxName)
	f.text("subject", u.Subject, maxSubject)
	return f.Err()
}

// checkUser looks at u beside what else there is.
func (tx *Tx) checkUser(before *models.User, u models.User) error {
	if before == nil || before.Area != u.Area {
		if err := tx.knownArea(u.Area); err != nil {
			return err
		}
	}
	if u.Subject != "" {
		taken, err := tx.db.NewSelect().Table("users").Where("subject = ? AND username <> ?", u.Subject, u.Username).Exists(tx.ctx)
		if err != nil {
			return fmt.Errorf("look for a subject: %w", err)
		}
		if taken {
			return &models.Error{Code: models.Conflict, Field: "subject", Message: "somebody else logs in under this name of the provider"}
		}
	}
	if before == nil || !rules(*before) || rules(u) {
		return nil
	}
	others, err := tx.db.NewSelect().Table("users").
		Where("role = ? AND area = '' AND NOT disabled AND password_hash || subject <> '' AND username <> ?", models.Admin, u.Username).Exists(tx.ctx)
	if err == nil && !others {
		return models.Errorf(models.Conflict, "%s is the last administrator of the whole site: make another one first", u.Username)
	}
	return wrap("look for administrators", err)
}

// rules tells whether u can log in and let others in.
func rules(u models.User) bool {
	return u.Role == models.Admin && u.Area == "" && !u.Disabled && u.PasswordHash+u.Subject != ""
}
