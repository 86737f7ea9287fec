package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"zhihui/models"
)

// maxFound bounds what one search returns.
const maxFound = 100

// hit is one thing that was found; a lower rank is better.
type hit struct {
	rank int
	models.Found
}

// Search returns what lies within the scope and has the words in its id, its name or its why, or as its number ("12" or
// "#12"). The best come first: those that are the words, then those that begin with them, then those that hold them. Among
// equals lasting things come first, by id, then orders and alerts, of which only the newest that hold the words are looked
// at. Limit is 30 when ≤ 0, 100 at most. Upper and lower case are the same.
func (v Scope) Search(ctx context.Context, words string, limit int) ([]models.Found, error) {
	words = folded(strings.TrimSpace(words))
	if words == "" {
		return nil, nil
	}
	if limit <= 0 {
		limit = 30
	}
	v, err := v.settled(ctx, v.store.read)
	if err != nil {
		return nil, err
	}
	s := search{v, ctx, words, min(limit, maxFound)}
	var hits []hit
	for _, part := range []func() ([]hit, error){s.areas, s.cameras, s.sensors, s.orders, s.alerts} {
		found, err := part()
		if err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		hits = append(hits, found...)
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.rank, b.rank) })
	found := make([]models.Found, min(len(hits), s.limit))
	for i := range found {
		found[i] = hits[i].Found
	}
	return found, nil
}

// folded is what a search compares: upper and lower case are the same.
func folded(s string) string { return strings.ToLower(s) }

type search struct {
	scope Scope
	ctx   context.Context
	words string // folded
	limit int
}

func (s search) areas() ([]hit, error) {
	return found(s, s.things("areas", "id"), func(a models.Area) (models.Found, string) {
		return models.Found{Type: models.FoundArea, ID: a.ID, Title: a.Name, Detail: string(a.Kind), Area: a.ID}, a.Name
	})
}

func (s search) cameras() ([]hit, error) {
	return found(s, s.things("cameras", "area"), func(c models.Camera) (models.Found, string) {
		return models.Found{Type: models.FoundCamera, ID: c.ID, Title: c.Name, Detail: c.URL, Area: c.Area}, c.Name
	})
}

func (s search) sensors() ([]hit, error) {
	return found(s, s.things("sensors", "area"), func(x models.Sensor) (models.Found, string) {
		return models.Found{Type: models.FoundSensor, ID: x.ID, Title: x.Name, Detail: x.Topic, Area: x.Area}, x.Name
	})
}

func (s search) orders() ([]hit, error) {
	number := strings.TrimPrefix(s.words, "#")
	return found(s, s.history("orders", "id = ? OR number = ?", strings.ToUpper(s.words), number), func(o models.WorkOrder) (models.Found, string) {
		f := models.Found{Type: models.FoundOrder, ID: o.ID, Title: strconv.FormatInt(o.Number, 10), Detail: string(o.Kind), Area: o.Area, At: o.CreatedAt}
		if f.Title == number {
			return f, s.words
		}
		return f, o.Why
	})
}

func (s search) alerts() ([]hit, error) {
	return found(s, s.history("alerts", "id = ?", strings.ToUpper(s.words)), func(a models.Alert) (models.Found, string) {
		return models.Found{Type: models.FoundAlert, ID: a.ID, Title: a.Why, Detail: string(a.Kind), Area: a.Area, At: a.OpenedAt}, a.Why
	})
}

// things reads the best of what lasts; area is the column with the area of each.
func (s search) things(table, area string) *bun.SelectQuery {
	from := s.scope.store.read.NewSelect().Table(table)
	best := from.Clone().Column("id").Where("?", s.scope.passing(area)).
		Where("instr(words, ?0) > 0 OR instr(lower(id), ?0) > 0", s.words).
		OrderExpr("words <> ?0 AND lower(id) <> ?0, instr(words, ?0) <> 1 AND instr(lower(id), ?0) <> 1, id", s.words).Limit(int64(s.limit))
	return from.Where("id IN (?)", best).OrderExpr("id")
}

// history reads what is meant exactly, and the newest that hold the words: a scan that ends when it has enough.
func (s search) history(table, exact string, args ...any) *bun.SelectQuery {
	from := s.scope.store.read.NewSelect().Table(table).Where("?", s.scope.passing("area"))
	newest := from.Clone().Column("id").Where("instr(words, ?) > 0", s.words).OrderExpr("id DESC").Limit(int64(s.limit))
	return from.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where(exact, args...).WhereOr("id IN (?)", newest)
	}).OrderExpr("id DESC")
}

// found reads what q finds; as tells what it is, and which of its words were meant to be found besides its id. The inner
// queries need an index alone: documents are read of what they have found.
func found[T any](s search, q *bun.SelectQuery, as func(T) (models.Found, string)) ([]hit, error) {
	items, err := documents[T](s.ctx, q)
	if err != nil {
		return nil, err
	}
	hits := make([]hit, len(items))
	for i, item := range items {
		f, words := as(item)
		hits[i] = hit{rank(s.words, folded(f.ID), folded(words)), f}
	}
	return hits, nil
}

// rank says how good a hit is: 0 is the thing itself, 1 begins with what was asked for, 2 holds it.
func rank(asked string, names ...string) int {
	best := 2
	for _, n := range names {
		switch {
		case n == asked:
			return 0
		case strings.HasPrefix(n, asked):
			best = 1
		}
	}
	return best
}
