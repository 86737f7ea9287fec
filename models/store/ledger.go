package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"zhihui/models"
)

type ledgerRow struct {
	bun.BaseModel `bun:"table:ledger"`
	ID            int64 `bun:",pk,autoincrement"`
	At            models.Time
	Person        string
	Action        string
	Entity        string
	Area          string
	DocBefore     string
	DocAfter      string
}

// Ledger notes in this change set what the person by did to one thing: before and after are the thing as the API shows it,
// nil when there was or is none. The ledger is never changed nor shortened; the database itself refuses.
func (tx *Tx) Ledger(by, action, entity string, before, after any) error {
	was, err := document(before)
	if err != nil {
		return err
	}
	is, err := document(after)
	if err != nil {
		return err
	}
	area, err := ledgerArea(was, is)
	if err != nil {
		return err
	}
	return tx.insert(&ledgerRow{At: tx.now, Person: by, Action: action, Entity: entity, Area: area, DocBefore: was, DocAfter: is}, "the ledger")
}

// ledgerArea is the area in which the thing was and is. What has none, or was moved from one to another, is for the eyes of
// those who see the whole site.
func ledgerArea(docs ...string) (area string, err error) {
	for _, doc := range docs {
		var thing struct{ Area string }
		if doc == "null" {
			continue
		}
		if err := json.Unmarshal([]byte(doc), &thing); err != nil {
			return "", fmt.Errorf("find the area of what the ledger shall keep: %w", err)
		}
		if area != "" && thing.Area != area {
			return "", nil
		}
		area = thing.Area
	}
	return area, nil
}

// Nearly all rows say who has looked at a camera. The condition is word for word that of the indexes ledger_views and ledger_acts; the
// plus keeps SQLite from gathering and sorting all such rows by another one.
const (
	viewing   = "watch."
	isViewing = "+action > 'watch.' AND +action < 'watch/'"
)

// LedgerFilter chooses rows; empty fields mean any.
type LedgerFilter struct {
	By       string
	Action   string // whole, or its beginning with the dot, such as "camera."
	Except   string // leaves out the actions that begin so; with the dot, like Action
	Entity   string
	From, To models.Time // at or after From and before To
	After    string      // cursor of the page before
	Limit    int         // 100 when ≤ 0, 1,000 at most
}

// Ledger returns a page of what people did to things within the scope, newest first, and the cursor of the next page, "" at
// the end.
func (v Scope) Ledger(ctx context.Context, f LedgerFilter) ([]models.LedgerRow, string, error) {
	q := v.rows()
	equal(q, "person", f.By)
	equal(q, "entity", f.Entity)
	switch begin, many := strings.CutSuffix(f.Action, "."); {
	case f.Action == viewing:
		q.Where(isViewing)
	case many:
		q.Where("action > ? AND action < ?", f.Action, begin+"/") // which follows the dot
	default:
		equal(q, "action", f.Action)
	}
	switch begin, many := strings.CutSuffix(f.Except, "."); {
	case f.Except == viewing:
		q.Where("NOT (" + isViewing + ")")
	case many:
		q.Where("NOT (action > ? AND action < ?)", f.Except, begin+"/")
	}
	during(q, "at", f.From, f.To)
	if f.After != "" {
		after, err := strconv.ParseInt(f.After, 10, 64)
		if err != nil {
			return nil, "", noCursor()
		}
		q.Where("id < ?", after)
	}
	limit := bounded(f.Limit)
	rows, err := ledgerRows(ctx, q.OrderExpr("id DESC").Limit(int64(limit)+1))
	if err != nil {
		return nil, "", err
	}
	rows, next := cut(rows, limit, func(r models.LedgerRow) string { return strconv.FormatInt(r.ID, 10) })
	return rows, next, nil
}

// LedgerOf returns what people did to one thing, oldest first, 1,000 rows at most.
func (s *Store) LedgerOf(ctx context.Context, entity string) ([]models.LedgerRow, error) {
	return ledgerRows(ctx, s.read.NewSelect().Where("entity = ?", entity).OrderExpr("id").Limit(MaxLimit))
}

func ledgerRows(ctx context.Context, q *bun.SelectQuery) ([]models.LedgerRow, error) {
	var rows []ledgerRow
	if err := q.Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	out := make([]models.LedgerRow, len(rows))
	for i, r := range rows {
		out[i] = models.LedgerRow{ID: r.ID, At: r.At, By: r.Person, Action: r.Action, Entity: r.Entity,
			Before: json.RawMessage(r.DocBefore), After: json.RawMessage(r.DocAfter)}
	}
	return out, nil
}
