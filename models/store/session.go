package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"zhihui/models"
)

const (
	maxSessions = 50                   // of one person or one wall token at once; the one unseen for longest gives way
	wallMemory  = 400 * 24 * time.Hour // how long browsers keep a cookie at most: a wall that was away for longer has lost its own
)

// Login is a session as the hall needs it. Of the token in the browser's cookie only a hash is kept, so that a copy of the
// database logs nobody in.
type Login struct {
	models.Session
	Area      string      // of the wall token
	Screen    string      // name of the wall token
	ExpiresAt models.Time // 0 = not by itself
}

type sessionRow struct {
	bun.BaseModel `bun:"table:sessions"`
	ID            string `bun:",pk"`
	TokenHash     string
	Username      string
	Kind          models.SessionKind
	WallToken     string `bun:",nullzero"`
	CreatedAt     models.Time
	SeenAt        models.Time
	ExpiresAt     models.Time
	Address       string
	Agent         string
}

func (r sessionRow) session() models.Session {
	return models.Session{ID: r.ID, Username: r.Username, Kind: r.Kind, CreatedAt: r.CreatedAt, SeenAt: r.SeenAt, Address: r.Address, Agent: r.Agent}
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// BeginSession keeps a session of the person as, who was let in as read before, until it expires, and the place at which that
// was, see KnownPlace. Who was disabled in the meantime, or has another password or subject by now, gets an Unauthenticated
// error: a login under way with the old password must not outlive the change.
func (s *Store) BeginSession(ctx context.Context, x models.Session, as models.User, token, place string, expires models.Time) error {
	return s.Write(ctx, func(tx *Tx) error {
		u, err := tx.user(as.Username)
		switch {
		case err != nil:
		case u == nil || u.Disabled:
			err = models.Errorf(models.Unauthenticated, "this account is closed")
		case u.PasswordHash != as.PasswordHash || u.Subject != as.Subject:
			err = models.Errorf(models.Unauthenticated, "this account was changed at this moment, log in again")
		}
		if err != nil {
			return err
		}
		if err := tx.notePlace(as.Username, place); err != nil {
			return err
		}
		return tx.beginSession(sessionRow{Username: as.Username, Kind: x.Kind, ID: x.ID, TokenHash: hashToken(token), Address: x.Address, Agent: x.Agent, ExpiresAt: expires})
	})
}

func (tx *Tx) beginSession(row sessionRow) error {
	row.CreatedAt, row.SeenAt = tx.now, tx.now
	if err := tx.insert(&row, "a session"); err != nil {
		return err
	}
	_, err := tx.db.NewDelete().Table("sessions").Where(`id IN (SELECT id FROM sessions WHERE username = ? AND wall_token IS ?
		ORDER BY seen_at DESC, id DESC LIMIT -1 OFFSET ?)`, row.Username, nullable(row.WallToken), maxSessions).Exec(tx.ctx)
	return wrap("bound the sessions", err)
}

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// Session returns the session of a token; ok is false when there is none or its time is up.
func (s *Store) Session(ctx context.Context, token string) (l Login, ok bool, err error) {
	var rows []struct {
		sessionRow
		Screen, Area string
	}
	err = s.read.NewSelect().TableExpr("sessions AS x").Join("LEFT JOIN wall_tokens AS w ON w.id = x.wall_token").
		ColumnExpr("x.*, coalesce(w.name, '') AS screen, coalesce(w.area, '') AS area").
		Where("x.token_hash = ? AND (x.expires_at = 0 OR x.expires_at > ?)", hashToken(token), models.At(s.now())).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return Login{}, false, wrap("read a session", err)
	}
	r := rows[0]
	return Login{Session: r.session(), Area: r.Area, Screen: r.Screen, ExpiresAt: r.ExpiresAt}, true, nil
}

// SeeSession notes when and from where a session was last used.
func (s *Store) SeeSession(ctx context.Context, id, address, agent string) error {
	return s.Write(ctx, func(tx *Tx) error {
		_, err := tx.db.NewUpdate().Table("sessions").Set("seen_at = ?", tx.now).Set("address = ?", address).Set("agent = ?", agent).
			Where("id = ?", id).Exec(tx.ctx)
		if err != nil {
			return fmt.Errorf("see a session: %w", err)
		}
		_, err = tx.db.NewUpdate().Table("wall_tokens").Set("seen_at = ?", tx.now).
			Where("id = (SELECT wall_token FROM sessions WHERE id = ?)", id).Exec(tx.ctx)
		return wrap("see a wall token", err)
	})
}

// SessionFilter says which sessions to list.
type SessionFilter struct {
	Username  string      // "" = of everybody
	SeenAfter models.Time // people who were away for longer are out
	After     string
	Limit     int
}

// Sessions returns a page of the sessions that count now, newest first, and the cursor of the next page, "" at the end.
func (s *Store) Sessions(ctx context.Context, f SessionFilter) ([]models.Session, string, error) {
	var rows []sessionRow
	q := s.read.NewSelect().Model(&rows).Where("expires_at = 0 OR expires_at > ?", models.At(s.now())).
		Where("kind = ? OR seen_at > ?", models.SessionWall, f.SeenAfter).OrderExpr("id DESC").Limit(int64(bounded(f.Limit)) + 1)
	equal(q, "username", f.Username)
	if err := downFrom(q, f.After); err != nil {
		return nil, "", err
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("read sessions: %w", err)
	}
	rows, next := cut(rows, bounded(f.Limit), func(r sessionRow) string { return r.ID })
	items := make([]models.Session, len(rows))
	for i, r := range rows {
		items[i] = r.session()
	}
	return items, next, nil
}

// LeaveSession ends the session of a token because its browser asks for it; an unknown one is no error.
func (s *Store) LeaveSession(ctx context.Context, token string) error {
	return s.Write(ctx, func(tx *Tx) error {
		_, err := tx.db.NewDelete().Table("sessions").Where("token_hash = ?", hashToken(token)).Exec(tx.ctx)
		return wrap("leave a session", err)
	})
}

// EndSession ends a session and notes who did it. It is NotFound when there is none, or when it is not of username ("" = of
// anybody).
func (s *Store) EndSession(ctx context.Context, id, username, by string) error {
	return s.Write(ctx, func(tx *Tx) error {
		var rows []sessionRow
		q := tx.db.NewSelect().Model(&rows).Where("id = ?", id)
		equal(q, "username", username)
		if err := q.Scan(tx.ctx); err != nil {
			return fmt.Errorf("read a session: %w", err)
		}
		if len(rows) == 0 {
			return notFound("session", id)
		}
		if _, err := tx.db.NewDelete().Model(&rows[0]).WherePK().Exec(tx.ctx); err != nil {
			return fmt.Errorf("end a session: %w", err)
		}
		return tx.Ledger(by, "session.end", id, rows[0].session(), nil)
	})
}

// endSessions ends all sessions of a person.
func (tx *Tx) endSessions(username string) error {
	_, err := tx.db.NewDelete().Table("sessions").Where("username = ?", username).Exec(tx.ctx)
	return wrap("end sessions", err)
}

// PruneSessions forgets the sessions whose time is up, and the walls that have forgotten theirs.
func (s *Store) PruneSessions(ctx context.Context, now models.Time) error {
	return s.Write(ctx, func(tx *Tx) error {
		_, err := tx.db.NewDelete().Table("sessions").
			Where("expires_at > 0 AND expires_at <= ? OR seen_at <= ?", now, now.Add(-wallMemory)).Exec(tx.ctx)
		return wrap("prune sessions", err)
	})
}
