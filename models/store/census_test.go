package store

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestCondition(t *testing.T) {
	s := openIn(t, t.TempDir())
	defer s.Close()
	empty, err := s.Census(t.Context())
	require.NoError(t, err)
	require.Zero(t, empty.LastBackup)
	require.Zero(t, empty.Begun)
	require.Empty(t, empty.Waiting)
	require.Positive(t, empty.Bytes)

	old, young := models.NewID(time.UnixMilli(1000)), models.NewID(time.UnixMilli(9000))
	require.NoError(t, s.Write(t.Context(), func(tx *Tx) error {
		_, err := tx.db.ExecContext(tx.ctx, `INSERT INTO areas (id, parent, doc) VALUES ('a', NULL, '{}');
			INSERT INTO cameras (id, area, analyse, doc, secret, state, code, reason, since) VALUES
				('c1', 'a', 0, '{}', '', 'online', '', '', 0), ('c2', 'a', 0, '{}', '', 'offline', 'timeout', '', 0),
				('c3', 'a', 0, '{}', '', 'disabled', 'timeout', '', 0);
			INSERT INTO sensors (id, area, camera, doc, state, since, bad_payloads, last_fault) VALUES
				('s1', 'a', NULL, '{}', 'ok', 0, 3, 'not_json'), ('s2', 'a', NULL, '{}', 'stale', 0, 9, 'not_json')`)
		return errors.Join(err, raise(tx, models.NewID(time.Now())),
			tx.Notify(Notification{Key: young, Channel: "webhook:duty", Payload: []byte(`{}`)}),
			tx.Notify(Notification{Key: old, Channel: "webhook:duty", Payload: []byte(`{}`)}))
	}))
	claimed, err := s.ClaimNotifications(t.Context(), "webhook:duty", models.At(s.now()), time.Minute, 10)
	require.NoError(t, err)
	for _, n := range claimed {
		require.NoError(t, s.FinishNotification(t.Context(), n.ID, errors.New("fault of "+n.Key), models.At(s.now())))
	}
	c, err := s.Census(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[models.CameraState]int{"online": 1, "offline": 1, "disabled": 1}, c.Cameras)
	require.Equal(t, map[string]models.AreaLoad{"a": {Cameras: 3, CamerasOn: 2, CamerasDown: 1, CamerasPlaying: 1, CamerasSound: 1}}, c.Areas)
	require.Equal(t, map[string]int{"timeout": 1}, c.Reasons)
	require.Equal(t, []string{"s2"}, c.Unreadable, "a sensor that reads well now had a bad payload once")
	require.NotZero(t, c.Begun)
	require.Contains(t, c.Waiting, Backlog{Channel: "webhook:duty", Messages: 2, Oldest: 1000, Fault: "fault of " + old})
}
