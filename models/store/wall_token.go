package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"zhihui/models"
)

type wallTokenRow struct {
	bun.BaseModel `bun:"table:wall_tokens"`
	ID            string `bun:",pk"`
	SecretHash    string
	Name          string
	Area          string
	CreatedBy     string
	CreatedAt     models.Time
	SeenAt        models.Time
}

func (r wallTokenRow) token() models.WallToken {
	return models.WallToken{ID: r.ID, Name: r.Name, Area: r.Area, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt, SeenAt: r.SeenAt}
}

// CreateWallToken keeps a token of a name and an area under a hash of its secret, with who made it.
func (s *Store) CreateWallToken(ctx context.Context, name, area, secret, by string) (models.WallToken, error) {
	var f faults
	f.name("name", name)
	if err := f.Err(); err != nil {
		return models.WallToken{}, err
	}
	row := wallTokenRow{SecretHash: hashToken(secret), Name: name, Area: area, CreatedBy: by}
	err := s.Write(ctx, func(tx *Tx) error {
		if err := tx.knownArea(area); err != nil {
			return err
		}
		row.ID, row.CreatedAt = models.NewID(s.now()), tx.now
		if err := tx.insert(&row, "a wall token"); err != nil {
			return err
		}
		return tx.Ledger(by, "wall_token.create", row.ID, nil, row.token())
	})
	return row.token(), err
}

// knownArea returns an Invalid error unless the site has the area; "" is the whole site.
func (tx *Tx) knownArea(area string) error {
	if area == Whole {
		return nil
	}
	known, err := tx.db.NewSelect().Table("areas").Where("id = ?", area).Exists(tx.ctx)
	if err == nil && !known {
		return models.FieldError("area", "there is no area %.64q", area)
	}
	return wrap("look for an area", err)
}

// WallTokens returns a page of tokens, newest first, and the cursor of the next page, "" at the end.
func (s *Store) WallTokens(ctx context.Context, after string, limit int) ([]models.WallToken, string, error) {
	var rows []wallTokenRow
	q := s.read.NewSelect().Model(&rows).OrderExpr("id DESC").Limit(int64(bounded(limit)) + 1)
	if err := downFrom(q, after); err != nil {
		return nil, "", err
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("read wall tokens: %w", err)
	}
	rows, next := cut(rows, bounded(limit), func(r wallTokenRow) string { return r.ID })
	items := make([]models.WallToken, len(rows))
	for i, r := range rows {
		items[i] = r.token()
	}
	return items, next, nil
}

// EnterWall keeps a session of the screen that has shown the secret of a token; it lasts until the token is revoked. An
// unknown secret is Unauthenticated.
func (s *Store) EnterWall(ctx context.Context, secret string, x models.Session, cookie string) (l Login, err error) {
	err = s.Write(ctx, func(tx *Tx) error {
		var rows []wallTokenRow
		if err := tx.db.NewSelect().Model(&rows).Where("secret_hash = ?", hashToken(secret)).Scan(tx.ctx); err != nil {
			return fmt.Errorf("look for a wall token: %w", err)
		}
		if len(rows) == 0 {
			return models.Errorf(models.Unauthenticated, "this screen's token does not count, it may have been revoked: make a new one for it")
		}
		w := rows[0]
		if _, err := tx.db.NewUpdate().Model(&w).Set("seen_at = ?", tx.now).WherePK().Exec(tx.ctx); err != nil {
			return fmt.Errorf("see a wall token: %w", err)
		}
		row := sessionRow{ID: x.ID, TokenHash: hashToken(cookie), Username: "wall:" + w.Name, Kind: models.SessionWall, WallToken: w.ID, Address: x.Address, Agent: x.Agent}
		l = Login{Session: row.session(), Area: w.Area, Screen: w.Name}
		return tx.beginSession(row)
	})
	return l, err
}

// RevokeWallToken takes a token back and ends its sessions; NotFound when there is none.
func (s *Store) RevokeWallToken(ctx context.Context, id, by string) error {
	return s.Write(ctx, func(tx *Tx) error {
		var rows []wallTokenRow
		if err := tx.db.NewSelect().Model(&rows).Where("id = ?", id).Scan(tx.ctx); err != nil {
			return fmt.Errorf("read a wall token: %w", err)
		}
		if len(rows) == 0 {
			return notFound("wall token", id)
		}
		if _, err := tx.db.NewDelete().Model(&rows[0]).WherePK().Exec(tx.ctx); err != nil {
			return fmt.Errorf("revoke a wall token: %w", err)
		}
		return tx.Ledger(by, "wall_token.revoke", id, rows[0].token(), nil)
	})
}
