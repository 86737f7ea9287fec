package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"zhihui/models"
)

// The bounds of a page.
const (
	DefaultLimit = 100
	MaxLimit     = 1000
)

func bounded(limit int) int {
	if limit <= 0 {
		return DefaultLimit
	}
	return min(limit, MaxLimit)
}

// notFound names the missing thing; id may come from outside, so it is cut.
func notFound(what, id string) error {
	return models.Errorf(models.NotFound, "there is no %s %.64q", what, id)
}

// documents runs q for the column doc.
func documents[T any](ctx context.Context, q *bun.SelectQuery) ([]T, error) {
	var docs []string
	if err := q.Column("doc").Scan(ctx, &docs); err != nil {
		return nil, fmt.Errorf("read documents: %w", err)
	}
	items := make([]T, len(docs))
	for i, doc := range docs {
		var err error
		if items[i], err = decoded[T](doc); err != nil {
			return nil, err
		}
	}
	return items, nil
}

func decoded[T any](doc string) (item T, err error) {
	if err := json.Unmarshal([]byte(doc), &item); err != nil {
		return item, fmt.Errorf("read a stored %T: %w", item, err)
	}
	return item, nil
}

// one returns the document that q finds; ok is false when there is none.
func one[T any](ctx context.Context, q *bun.SelectQuery) (item T, ok bool, err error) {
	items, err := documents[T](ctx, q.Limit(1))
	if err != nil || len(items) == 0 {
		return item, false, err
	}
	return items[0], true, nil
}

// noCursor is the fault of a page that begins nowhere: to begin at the first would never end.
func noCursor() error {
	return models.FieldError("after", "this is no place in this list: pass on `next` of the page before, or nothing for the first page")
}

// newest returns a page of documents of the table by falling id, beginning below after, and the cursor of the next page, ""
// at the end. After must be the id of something within the scope, whatever has become of it since.
func newest[T any](ctx context.Context, v Scope, table string, q *bun.SelectQuery, after string, limit int, id func(T) string) ([]T, string, error) {
	if after != "" {
		known, err := v.from(table).Where("id = ?", after).Exists(ctx)
		if err != nil {
			return nil, "", fmt.Errorf("find the place in a list: %w", err)
		}
		if !known {
			return nil, "", noCursor()
		}
		q.Where("id < ?", after)
	}
	limit = bounded(limit)
	items, err := documents[T](ctx, q.OrderExpr("id DESC").Limit(int64(limit)+1))
	if err != nil {
		return nil, "", err
	}
	items, next := cut(items, limit, id)
	return items, next, nil
}

// live begins a query of what is not done within the scope, found by the partial index that has the condition word for word:
// SQLite does not conclude it from the states that are asked for.
func (v Scope) live(table, condition string) *bun.SelectQuery {
	return v.store.read.NewSelect().Table(table).Where(condition).Where("?", v.passing("area"))
}

// byID limits q, a list by rising id, to what comes after; an id that is gone is a place all the same.
func byID(q *bun.SelectQuery, after string) error {
	if after == "" {
		return nil
	}
	if !models.ValidID(after) {
		return noCursor()
	}
	q.Where("id > ?", after)
	return nil
}

// downFrom limits q, a list by falling id, to what comes after; an id that is gone is a place all the same.
func downFrom(q *bun.SelectQuery, after string) error {
	if after == "" {
		return nil
	}
	if !models.ValidID(after) {
		return noCursor()
	}
	q.Where("id < ?", after)
	return nil
}

// cut takes the one item too many off a page; it tells that there is a next page.
func cut[T any](items []T, limit int, id func(T) string) ([]T, string) {
	if len(items) <= limit {
		return items, ""
	}
	return items[:limit], id(items[limit-1])
}

// within limits q to an area and all areas below it. The area itself counts even when the site no longer has it.
func within(q *bun.SelectQuery, area string) {
	if area != "" {
		q.Where("area IN "+below, area)
	}
}

// during limits q to rows whose column is at or after from and before to; 0 means any.
func during(q *bun.SelectQuery, column string, from, to models.Time) {
	if from != 0 {
		q.Where("? >= ?", bun.Ident(column), from)
	}
	if to != 0 {
		q.Where("? < ?", bun.Ident(column), to)
	}
}

// equal limits q to rows whose column is value; "" means any.
func equal[T ~string](q *bun.SelectQuery, column string, value T) {
	if value != "" {
		q.Where("? = ?", bun.Ident(column), string(value))
	}
}

// among limits q to rows whose column is one of values; none means any.
func among[T ~string](q *bun.SelectQuery, column string, values []T) {
	if len(values) > 0 {
		q.Where("? IN (?)", bun.Ident(column), bun.List(values))
	}
}
