package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"zhihui/models"
)

type userRow struct {
	bun.BaseModel `bun:"table:users"`
	Username      string `bun:",pk"`
	Name          string
	Role          models.Role
	PasswordHash  string
	Disabled      bool
}

// PutUser writes the user, new or known, and who did it.
func (s *Store) PutUser(ctx context.Context, u models.User, by string) error {
	switch {
	case !models.ValidID(u.Username):
		return models.FieldError("username", "a username has 1 to %d of a-z A-Z 0-9 . _ - and does not start with a dot", models.MaxID)
	case !u.Role.Valid():
		return models.FieldError("role", "%.40q is no role, choose admin, integrator, dispatcher, operator, grid or viewer", u.Role)
	case len(u.Name) > maxName:
		return models.FieldError("name", "a name has %d bytes at most", maxName)
	}
	return s.Write(ctx, func(tx *Tx) error {
		row := userRow{Username: u.Username, Name: u.Name, Role: u.Role, PasswordHash: u.PasswordHash, Disabled: u.Disabled}
		if _, err := tx.db.NewInsert().Model(&row).On("CONFLICT (username) DO UPDATE").Exec(tx.ctx); err != nil {
			return fmt.Errorf("write a user: %w", err)
		}
		return tx.Ledger(LedgerRow{By: by, Action: "user.put", Entity: u.Username, After: u})
	})
}

// User returns the user or a NotFound error.
func (s *Store) User(ctx context.Context, username string) (models.User, error) {
	users, err := s.users(ctx, s.read.NewSelect().Where("username = ?", username))
	if err == nil && len(users) == 0 {
		return models.User{}, notFound("user", username)
	}
	if err != nil {
		return models.User{}, err
	}
	return users[0], nil
}

// Users returns every user by username.
func (s *Store) Users(ctx context.Context) ([]models.User, error) {
	return s.users(ctx, s.read.NewSelect().OrderExpr("username"))
}

func (s *Store) users(ctx context.Context, q *bun.SelectQuery) ([]models.User, error) {
	var rows []userRow
	if err := q.Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	users := make([]models.User, len(rows))
	for i, r := range rows {
		users[i] = models.User{Username: r.Username, Name: r.Name, Role: r.Role, PasswordHash: r.PasswordHash, Disabled: r.Disabled}
	}
	return users, nil
}
