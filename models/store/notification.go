package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"zhihui/models"
)

// Notification is one message that must go out at least once.
type Notification struct {
	ID       int64           // given by the store
	Key      string          // idempotency key, unique for ever: a second Notify of it does nothing
	Channel  string          // which sender
	Entity   string          // what it is about
	Payload  json.RawMessage // for the sender
	DueAt    models.Time     // not before; 0 = at once, however the clock is set meanwhile
	Attempts int             // claims so far, this one included
}

type notificationRow struct {
	bun.BaseModel `bun:"table:notifications"`
	ID            int64 `bun:",pk,autoincrement"`
	Key           string
	Channel       string
	Entity        string
	Payload       string
	DueAt         models.Time
	LeasedUntil   models.Time
	Attempts      int
	DoneAt        models.Time
	Fault         string
}

// Notify puts a message into the outbox, as part of this change set.
func (tx *Tx) Notify(n Notification) error {
	if n.Key == "" || !json.Valid(n.Payload) {
		return errors.New("a notification needs a key, and JSON as its payload")
	}
	row := notificationRow{Key: n.Key, Channel: n.Channel, Entity: n.Entity, Payload: string(n.Payload), DueAt: n.DueAt}
	_, err := tx.db.NewInsert().Model(&row).On("CONFLICT (key) DO NOTHING").Exec(tx.ctx)
	return wrap("write a notification", err)
}

// ClaimNotifications leases up to limit messages of the channel that are due and that nobody holds, oldest first: each
// channel on its own, so that none waits behind the messages of another that is down. Until now + lease no other claim gets
// them; who has not finished one by then must expect that it is sent again. What waits for an instant, or is held until one, that
// lies more than a day ahead is of a clock that was ahead, and is due.
func (s *Store) ClaimNotifications(ctx context.Context, channel string, now models.Time, lease time.Duration, limit int) ([]Notification, error) {
	var rows []notificationRow
	err := s.Write(ctx, func(tx *Tx) error {
		return tx.db.NewRaw(`UPDATE notifications SET leased_until = ?, attempts = attempts + 1
			WHERE id IN (SELECT id FROM notifications WHERE done_at = 0
				AND channel = ? AND due_at NOT BETWEEN ? AND ? AND leased_until NOT BETWEEN ? AND ? ORDER BY due_at, id LIMIT ?)
			RETURNING *`, now.Add(lease), channel, now+1, now.Add(day), now+1, now.Add(day), bounded(limit)).Scan(tx.ctx, &rows)
	})
	if err != nil {
		return nil, fmt.Errorf("claim notifications: %w", err)
	}
	slices.SortFunc(rows, func(a, b notificationRow) int { // RETURNING keeps no order
		return cmp.Or(cmp.Compare(a.DueAt, b.DueAt), cmp.Compare(a.ID, b.ID))
	})
	out := make([]Notification, len(rows))
	for i, r := range rows {
		out[i] = Notification{ID: r.ID, Key: r.Key, Channel: r.Channel, Entity: r.Entity, Payload: json.RawMessage(r.Payload),
			DueAt: r.DueAt, Attempts: r.Attempts}
	}
	return out, nil
}

// FinishNotification ends a claim: sent when fault is nil; else due again at retryAt, or given up when retryAt is 0.
func (s *Store) FinishNotification(ctx context.Context, id int64, fault error, retryAt models.Time) error {
	return s.Write(ctx, func(tx *Tx) error {
		q := tx.db.NewUpdate().Table("notifications").Set("leased_until = 0").Where("id = ? AND done_at = 0", id)
		if fault == nil {
			q.Set("fault = ''")
		} else {
			q.Set("fault = ?", fmt.Sprintf("%.500s", fault.Error()))
		}
		if fault == nil || retryAt == 0 {
			q.Set("done_at = ?", tx.now)
		} else {
			q.Set("due_at = ?", retryAt)
		}
		_, err := q.Exec(tx.ctx)
		return wrap("finish a notification", err)
	})
}

// EndNotifications ends a claim: the sent ones are done, the others are free again and due when they were.
func (s *Store) EndNotifications(ctx context.Context, sent, others []int64) error {
	if len(sent)+len(others) == 0 {
		return nil
	}
	return s.Write(ctx, func(tx *Tx) error {
		done := tx.db.NewUpdate().Table("notifications").Set("leased_until = 0, fault = '', done_at = ?", tx.now)
		free := tx.db.NewUpdate().Table("notifications").Set("leased_until = 0")
		for q, ids := range map[*bun.UpdateQuery][]int64{done: sent, free: others} {
			if len(ids) == 0 {
				continue
			}
			if _, err := q.Where("id IN (?) AND done_at = 0", bun.List(ids)).Exec(tx.ctx); err != nil {
				return wrap("end a claim of notifications", err)
			}
		}
		return nil
	})
}

// ReleaseNotifications ends all claims of the channel, of which the caller knows that nobody is at work on them.
func (s *Store) ReleaseNotifications(ctx context.Context, channel string) error {
	return s.Write(ctx, func(tx *Tx) error {
		_, err := tx.db.NewUpdate().Table("notifications").Set("leased_until = 0").Where("channel = ? AND done_at = 0 AND leased_until > 0", channel).Exec(tx.ctx)
		return wrap("release notifications", err)
	})
}

// PruneNotifications forgets the messages that were sent or given up before an instant, and with them their keys.
func (s *Store) PruneNotifications(ctx context.Context, before models.Time) error {
	return s.Write(ctx, func(tx *Tx) error {
		_, err := tx.db.NewDelete().Table("notifications").Where("done_at BETWEEN 1 AND ?", before-1).Exec(tx.ctx)
		return wrap("prune notifications", err)
	})
}
