package store

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestLedgerIsNeverChanged(t *testing.T) {
	s := open(t)
	before := alert(id(1))
	after := before
	after.State = models.AlertAcknowledged
	put(t, s, func(tx *Tx) error {
		return tx.Ledger("chen", "alert.acknowledge", id(1), before, after)
	})
	for _, sql := range []string{"UPDATE ledger SET person = 'nobody'", "DELETE FROM ledger"} {
		require.ErrorContains(t, s.Write(t.Context(), func(tx *Tx) error { _, err := tx.db.Exec(sql); return err }), "the ledger is never")
	}
	rows, err := s.LedgerOf(t.Context(), id(1))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, "chen", rows[0].By)
	require.Equal(t, models.At(noon), rows[0].At)
	var got models.Alert
	require.NoError(t, json.Unmarshal(rows[0].After, &got))
	require.Equal(t, after, got)
}

func TestNotificationsGoOutAtLeastOnce(t *testing.T) {
	s := open(t)
	now, lease := models.At(noon), time.Minute
	claim := func(at models.Time) []Notification {
		got, err := s.ClaimNotifications(t.Context(), "mail", at, lease, 10)
		require.NoError(t, err)
		return got
	}
	finish := func(n Notification, fault error, retry models.Time) {
		require.NoError(t, s.FinishNotification(t.Context(), n.ID, fault, retry))
	}
	put(t, s, func(tx *Tx) error {
		return errors.Join(
			tx.Notify(Notification{Key: "a", Channel: "mail", Entity: id(1), Payload: []byte(`{"n":1}`)}),
			tx.Notify(Notification{Key: "a", Channel: "mail", Entity: id(1), Payload: []byte(`{"n":2}`)}), // does nothing
			tx.Notify(Notification{Key: "other", Channel: "another sender's", Payload: []byte(`{}`)}),
			tx.Notify(Notification{Key: "later", Channel: "mail", Payload: []byte(`{}`), DueAt: now + 1000}))
	})
	require.Error(t, s.Write(t.Context(), func(tx *Tx) error { return tx.Notify(Notification{Key: "b", Payload: []byte(`{`)}) }))

	first := claim(now)
	require.Len(t, first, 1)
	require.JSONEq(t, `{"n":1}`, string(first[0].Payload))
	require.Equal(t, 1, first[0].Attempts)
	require.Empty(t, claim(now), "it is leased")
	again := claim(now.Add(lease))
	require.Len(t, again, 2, "the lease has run out, and the later one is due")
	require.Equal(t, 2, again[0].Attempts)

	finish(again[0], errors.New(strings.Repeat("no answer ", 100)), now.Add(time.Hour))
	finish(again[1], nil, 0)
	require.Empty(t, claim(now.Add(time.Hour)-1))
	retried := claim(now.Add(time.Hour))
	require.Len(t, retried, 1)
	finish(retried[0], errors.New("refused for ever"), 0)
	require.Empty(t, claim(now.Add(24*time.Hour)), "given up")

	require.NoError(t, s.PruneNotifications(t.Context(), now+1))
	n, err := s.read.NewSelect().Table("notifications").Count(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, n, "the other sender's waits")
}

// A claim of many ends in one step: what went out is done, and the rest is due as it was, for the next claim or the next process.
func TestTheEndOfAClaimOfMany(t *testing.T) {
	s := open(t)
	put(t, s, func(tx *Tx) error {
		return errors.Join(tx.Notify(Notification{Key: "a", Channel: "mqtt", Payload: []byte(`1`)}),
			tx.Notify(Notification{Key: "b", Channel: "mqtt", Payload: []byte(`2`)}),
			tx.Notify(Notification{Key: "c", Channel: "mqtt", Payload: []byte(`3`)}),
			tx.Notify(Notification{Key: "other", Channel: "mail", Payload: []byte(`4`)}))
	})
	claim := func(channel string) (keys string, ids []int64) {
		rows, err := s.ClaimNotifications(t.Context(), channel, models.At(noon), time.Minute, 10)
		require.NoError(t, err)
		for _, n := range rows {
			keys, ids = keys+n.Key, append(ids, n.ID)
		}
		return keys, ids
	}
	keys, ids := claim("mqtt")
	require.Equal(t, "abc", keys)
	require.NoError(t, s.EndNotifications(t.Context(), ids[:1], ids[1:]))
	require.NoError(t, s.EndNotifications(t.Context(), nil, nil))
	keys, _ = claim("mqtt")
	require.Equal(t, "bc", keys)
	_, _ = claim("mail")
	require.NoError(t, s.ReleaseNotifications(t.Context(), "mqtt"))
	keys, ids = claim("mqtt")
	require.Equal(t, "bc", keys, "who had them was killed")
	keys, _ = claim("mail")
	require.Empty(t, keys, "another sender is at work on it")
	require.NoError(t, s.EndNotifications(t.Context(), ids, nil))
	keys, _ = claim("mqtt")
	require.Empty(t, keys)
}

// Our clock was in 2100 while a message was tried and claimed, and is set right: it waits no 74 years.
func TestAMessageOfAClockThatWasAhead(t *testing.T) {
	s := open(t)
	ahead := noon.Add(74 * year)
	for _, key := range []string{"tried", "claimed", "soon"} {
		put(t, s, func(tx *Tx) error { return tx.Notify(Notification{Key: key, Channel: "hook", Payload: []byte(`{}`)}) })
	}
	claim := func(now time.Time, n int) (keys []string) {
		rows, err := s.ClaimNotifications(t.Context(), "hook", models.At(now), time.Minute, n)
		require.NoError(t, err)
		for _, r := range rows {
			keys = append(keys, r.Key)
		}
		return keys
	}
	require.Equal(t, []string{"tried", "claimed", "soon"}, claim(ahead, 3))
	require.NoError(t, s.FinishNotification(t.Context(), 1, errors.New("away"), models.At(ahead.Add(time.Hour))))
	require.NoError(t, s.FinishNotification(t.Context(), 3, errors.New("away"), models.At(noon.Add(time.Hour))))
	require.Equal(t, []string{"claimed", "tried"}, claim(noon, 9), "what is due in an hour is not due")
	require.Empty(t, claim(noon, 9), "they are claimed, by the right clock")
}
