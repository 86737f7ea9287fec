package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"zhihui/models"
)

// maxSubject bounds what an OIDC provider calls a person, in bytes; OpenID Connect allows no more.
const maxSubject = 255

type userRow struct {
	bun.BaseModel `bun:"table:users"`
	Username      string `bun:",pk"`
	Name          string
	Role          models.Role
	Area          string
	PasswordHash  string
	MustChange    bool
	Subject       string
	Disabled      bool
}

// user returns the user, nil when there is none.
func (tx *Tx) user(username string) (*models.User, error) {
	found, err := users(tx.ctx, tx.db.NewSelect().Where("username = ?", username))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// User returns the user or a NotFound error.
func (s *Store) User(ctx context.Context, username string) (models.User, error) {
	return s.oneUser(ctx, "username", username)
}

// UserBySubject returns whom the OIDC provider calls by that subject, or a NotFound error.
func (s *Store) UserBySubject(ctx context.Context, subject string) (models.User, error) {
	if subject == "" {
		return models.User{}, notFound("user", subject)
	}
	return s.oneUser(ctx, "subject", subject)
}

func (s *Store) oneUser(ctx context.Context, column, value string) (models.User, error) {
	found, err := users(ctx, s.read.NewSelect().Where("? = ?", bun.Ident(column), value))
	if err == nil && len(found) == 0 {
		err = notFound("user", value)
	}
	if err != nil {
		return models.User{}, err
	}
	return found[0], nil
}

// Users returns every user by username.
func (s *Store) Users(ctx context.Context) ([]models.User, error) { return s.In(Whole).Users(ctx) }

// Users returns the users whose own area lies within the scope, by username.
func (v Scope) Users(ctx context.Context) ([]models.User, error) {
	return users(ctx, v.rows().OrderExpr("username"))
}

func users(ctx context.Context, q *bun.SelectQuery) ([]models.User, error) {
	var rows []userRow
	if err := q.Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	found := make([]models.User, len(rows))
	for i, r := range rows {
		found[i] = models.User{Username: r.Username, Name: r.Name, Role: r.Role, Area: r.Area, PasswordHash: r.PasswordHash,
			MustChange: r.MustChange, Subject: r.Subject, Disabled: r.Disabled}
	}
	return found, nil
}
