package store

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/uptrace/bun"

	"zhihui/models"
)

type changeRow struct {
	bun.BaseModel `bun:"table:changes"`
	ID            int64 `bun:",pk,autoincrement"`
	At            models.Time
	Topic         models.Topic
	Entity        string
	Area          string
	Doc           string
}

// change tells live pages about one thing; doc is the thing as the API shows it, "null" when it is gone.
func (tx *Tx) change(topic models.Topic, entity, area, doc string) error {
	tx.changed = true
	return tx.insert(&changeRow{At: tx.now, Topic: topic, Entity: entity, Area: area, Doc: doc}, "a change")
}

// Changes returns what was changed within the scope after since, oldest first, limit at most (100 when ≤ 0, never more than
// 1,000). That the site was changed is told to everybody: they read their lists again, which may have become others.
func (v Scope) Changes(ctx context.Context, since int64, limit int) ([]models.Change, error) {
	q := v.store.read.NewSelect().Where("topic = ? OR ?", models.TopicSite, v.lying("area"))
	return changes(ctx, q, since, limit)
}

// AllChanges is Changes of the whole site: for those who follow on behalf of others.
func (s *Store) AllChanges(ctx context.Context, since int64, limit int) ([]models.Change, error) {
	return changes(ctx, s.read.NewSelect(), since, limit)
}

func changes(ctx context.Context, q *bun.SelectQuery, since int64, limit int) ([]models.Change, error) {
	var rows []changeRow
	err := q.Model(&rows).Where("id > ?", since).OrderExpr("id").Limit(int64(bounded(limit))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read changes: %w", err)
	}
	changes := make([]models.Change, len(rows))
	for i, r := range rows {
		changes[i] = models.Change{ID: r.ID, At: r.At, Topic: r.Topic, Entity: r.Entity, Area: r.Area, Data: json.RawMessage(r.Doc)}
	}
	return changes, nil
}

// LastChange is the id of the newest change, 0 before the first.
func (s *Store) LastChange(ctx context.Context) (int64, error) { return s.changeID(ctx, "max") }

// FirstChange is the id of the oldest change that is kept, 0 before the first. Who has seen less than FirstChange − 1 must
// read the lists again.
func (s *Store) FirstChange(ctx context.Context) (int64, error) { return s.changeID(ctx, "min") }

func (s *Store) changeID(ctx context.Context, end string) (id int64, err error) {
	err = s.read.NewSelect().Table("changes").ColumnExpr("coalesce("+end+"(id), 0)").Scan(ctx, &id)
	return id, wrap("read the changes' ids", err)
}

// Changed returns a channel that is closed when the next group of writes with changes is on the disk. Take it before you
// read Changes, then nothing is missed in between.
func (s *Store) Changed() <-chan struct{} { return s.bell.wait() }

// Layout returns how the areas of the site lie in each other, and the area of each sensor by its id.
func (s *Store) Layout(ctx context.Context) (models.Tree, map[string]string, error) {
	areas, err := s.pairs(ctx, "areas", "coalesce(parent, '')")
	if err != nil {
		return nil, nil, err
	}
	sensors, err := s.pairs(ctx, "sensors", "area")
	return areas, sensors, err
}

// pairs returns an expression over a table's columns by id.
func (s *Store) pairs(ctx context.Context, table, column string) (map[string]string, error) {
	var ids, values []string
	if err := s.read.NewSelect().Table(table).Column("id").ColumnExpr(column).Scan(ctx, &ids, &values); err != nil {
		return nil, fmt.Errorf("read the layout of the %s: %w", table, err)
	}
	of := make(map[string]string, len(ids))
	for i, id := range ids {
		of[id] = values[i]
	}
	return of, nil
}

// pruneStep bounds how many rows one write deletes, so that nobody waits long behind it.
const pruneStep = 2000

// PruneChanges forgets the changes before an instant, but never the newest one.
func (s *Store) PruneChanges(ctx context.Context, before models.Time) error {
	for {
		var deleted int64
		err := s.Write(ctx, func(tx *Tx) error {
			done, err := tx.db.NewRaw(`DELETE FROM changes WHERE id IN (SELECT id FROM changes
				WHERE at < ? AND id < (SELECT max(id) FROM changes) ORDER BY id LIMIT ?)`, before, pruneStep).Exec(tx.ctx)
			if err == nil {
				deleted, err = done.RowsAffected()
			}
			return wrap("prune changes", err)
		})
		if err != nil || deleted < pruneStep {
			return err
		}
	}
}

// bell wakes all who wait each time it rings.
type bell struct {
	mu sync.Mutex
	ch chan struct{}
}

func (b *bell) wait() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch == nil {
		b.ch = make(chan struct{})
	}
	return b.ch
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch != nil {
		close(b.ch)
		b.ch = nil
	}
}

// changeOf is change with the thing itself.
func (tx *Tx) changeOf(topic models.Topic, entity, area string, thing any) error {
	doc, err := document(thing)
	if err != nil {
		return err
	}
	return tx.change(topic, entity, area, doc)
}
