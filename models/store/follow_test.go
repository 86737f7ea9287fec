package store

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// follower is what a live page does: it waits for the bell and reads what was changed since.
type follower struct {
	since  int64
	alerts map[string]models.Alert
}

// follow reads until the change of id last.
func (f *follower) follow(ctx context.Context, s *Store, last <-chan int64) error {
	goal := int64(-1)
	for goal < 0 || f.since < goal {
		bell := s.Changed()
		changes, err := s.AllChanges(ctx, f.since, 7)
		if err != nil {
			return err
		}
		for _, c := range changes {
			if c.ID <= f.since {
				return errors.New("a change came twice or out of order")
			}
			f.since = c.ID
			var a models.Alert
			if err := json.Unmarshal(c.Data, &a); err != nil {
				return err
			}
			f.alerts[c.Entity] = a
		}
		if len(changes) > 0 {
			continue
		}
		select {
		case goal = <-last:
		case <-bell:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Who follows the changes while many write ends with exactly what the list says: nothing is missed between bell and read.
func TestFollowersMissNothing(t *testing.T) {
	s := open(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	const followers, writers, writes = 4, 8, 60
	last := make(chan int64, followers)
	pages := make([]*follower, followers)
	ended := make(chan error, followers)
	for i := range pages {
		pages[i] = &follower{alerts: map[string]models.Alert{}}
		go func() { ended <- pages[i].follow(ctx, s, last) }()
	}
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for n := range writes {
				a := alert(id(w*10 + rand.IntN(10)))
				a.Events = n
				if err := s.Write(ctx, func(tx *Tx) error { return tx.PutAlert(a) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	goal, err := s.LastChange(ctx)
	require.NoError(t, err)
	require.EqualValues(t, writers*writes, goal)
	for range pages {
		last <- goal
	}
	want := map[string]models.Alert{}
	list, _, err := s.In(Whole).Alerts(ctx, AlertFilter{Limit: MaxLimit})
	require.NoError(t, err)
	for _, a := range list {
		want[a.ID] = a
	}
	for range pages {
		require.NoError(t, <-ended)
	}
	for _, page := range pages {
		require.Equal(t, want, page.alerts)
	}
}

// A second process, here a second Store on the same files, writes: the first one's followers are told, too.
func TestChangesOfAnotherProcessRingTheBell(t *testing.T) {
	dir := t.TempDir()
	hall, admin := openIn(t, dir), openIn(t, dir)
	defer hall.Close()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- hall.Run(ctx) }()
	bell := hall.Changed()
	_, err := admin.ApplySite(ctx, tree(), "admin")
	require.NoError(t, err)
	require.NoError(t, admin.Close())
	select {
	case <-bell:
	case <-time.After(10 * time.Second):
		t.Error("nobody was told")
	}
	put(t, hall, func(tx *Tx) error { return tx.PutAlert(alert(id(1))) })
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
}

// A prune that takes its time, here because the disk does, keeps nobody from hearing what another process has written.
func TestAPruneKeepsNobodyWaiting(t *testing.T) {
	s := withSite(t)
	hold, held := make(chan struct{}), make(chan error)
	go func() { held <- s.Write(t.Context(), func(*Tx) error { <-hold; return nil }) }()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	bell := s.Changed()
	go func() { ended <- s.Run(ctx) }()
	select {
	case <-bell: // the site was written before
	case <-time.After(10 * time.Second):
		t.Error("nobody was told")
	}
	close(hold)
	require.NoError(t, <-held)
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
}

// What people and pages ask for all day is found by an index, not by reading whole tables.
func TestQueriesUseTheirIndexes(t *testing.T) {
	s := withSite(t)
	for name, c := range map[string]struct{ sql, index string }{
		"a live alert":        {"SELECT doc FROM alerts WHERE fingerprint = 'x' AND state IN ('open', 'acknowledged', 'shelved')", "alerts_live"},
		"open events":         {"SELECT doc FROM events WHERE state = 'open' ORDER BY id", "events_open"},
		"a source's events":   {"SELECT doc FROM events WHERE source = 'x' AND id < 'y' ORDER BY id DESC LIMIT 10", "events_source"},
		"an order's steps":    {"SELECT doc FROM order_steps WHERE order_id = 'x' ORDER BY id", "order_steps_order"},
		"changes since":       {"SELECT * FROM changes WHERE id > 7 ORDER BY id LIMIT 100", "INTEGER PRIMARY KEY"},
		"a page of alerts":    {"SELECT doc FROM alerts WHERE id < 'x' ORDER BY id DESC LIMIT 100", "sqlite_autoindex_alerts_1"},
		"readings of an hour": {"SELECT packed FROM reading_chunks WHERE sensor = 'x' AND minute > 1 AND minute < 2 ORDER BY minute DESC", "reading_chunks_sensor"},
		"readings of now":     {"SELECT packed FROM reading_log WHERE shard = 1 AND minute > 1 AND minute < 2 ORDER BY minute, id", "reading_log_minute"},
		"readings too old":    {"SELECT id FROM reading_chunks WHERE minute <= 1 ORDER BY minute LIMIT 200", "COVERING INDEX reading_chunks_minute"},
		"minutes of a day":    {"SELECT at, low FROM reading_minutes WHERE sensor = 'x' AND at >= 1 AND at < 2 ORDER BY at DESC LIMIT 100", "PRIMARY KEY"},
		"due orders": {"SELECT doc FROM orders WHERE state NOT IN ('closed', 'cancelled') AND state <> 'on_hold' " +
			"AND ((lamp = 'green' AND yellow_at BETWEEN 1 AND 9) OR (lamp IN ('green', 'yellow') AND due_at BETWEEN 1 AND 9))", "orders_live"},
		"due notifications": {"SELECT id FROM notifications WHERE done_at = 0 AND channel = 'x' AND due_at <= 9 ORDER BY due_at, id", "notifications_due"},
		"alerts of today":   {"SELECT count(*) FROM alerts WHERE opened_at >= 9", "alerts_opened"},
		"orders of today":   {"SELECT count(*) FROM orders WHERE done_at >= 9 AND state = 'closed'", "orders_done"},
	} {
		var plan []struct {
			ID, Parent, Notused int
			Detail              string
		}
		require.NoError(t, s.read.NewRaw("EXPLAIN QUERY PLAN "+c.sql).Scan(t.Context(), &plan))
		all := ""
		for _, line := range plan {
			all += line.Detail + "\n"
		}
		require.Contains(t, all, c.index, name)
		require.False(t, strings.Contains(all, "USE TEMP B-TREE FOR ORDER BY"), "%s: %s", name, all)
	}
}
