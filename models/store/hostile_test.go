package store

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// hostile are strings as cameras, payloads and requests may hold them.
var hostile = []string{"\x00", "a\x00b", "\xff\xfe", "'", "''; DROP TABLE alerts; --", "?", "?0", "?TableName", "$1", "\\'", "%s", "\u2028", "\U0001F6A8", "a\nb"}

// Whatever a string holds, it is written, read again, and looked up without a fault.
func TestHostileStringsAreOnlyStrings(t *testing.T) {
	s := withSite(t)
	for i, word := range hostile {
		a, o := alert(id(i)), order(id(i))
		a.Why, a.Fingerprint, a.Area, a.Kind, a.Note = word, word, word, models.EventKind(word), word
		o.Assignee, o.Area = word, word
		put(t, s, func(tx *Tx) error {
			got, ok, err := tx.LiveAlert(word)
			return errors.Join(err, tx.PutAlert(a), tx.PutOrder(&o),
				tx.SetCameraStatus(models.CameraStatus{Camera: "cam-1", State: models.CameraOffline, Reason: word}),
				tx.SetSensorFault("level-1", int64(i+1), word),
				tx.Ledger(word, word, word, nil, nil),
				tx.Notify(Notification{Key: word, Channel: word, Payload: []byte("{}")}),
				failWhen(ok, "%v is another alert's", got.ID))
		})
		got, err := s.In(Whole).Alert(t.Context(), a.ID)
		require.NoError(t, err)
		if word != "\xff\xfe" { // JSON has replaced it
			require.Equal(t, a, got)
		}
		orders, _, err := s.In(Whole).Orders(t.Context(), OrderFilter{Assignee: word, Area: word})
		require.NoError(t, err)
		require.Len(t, orders, 1)
		rows, err := s.LedgerOf(t.Context(), word)
		require.NoError(t, err)
		require.Len(t, rows, 1)
		sent, err := s.ClaimNotifications(t.Context(), word, models.At(noon), day, 10)
		require.NoError(t, err)
		require.Len(t, sent, 1)
		require.NoError(t, s.FinishNotification(t.Context(), sent[0].ID, errors.New(word), 0))
	}
}

func failWhen(wrong bool, format string, args ...any) error {
	if wrong {
		return models.Errorf(models.Internal, format, args...)
	}
	return nil
}

// Whatever a request asks for, what is not there is "not found" or empty, never a fault of ours.
func TestHostileRequestsFindNothing(t *testing.T) {
	s := withSite(t)
	ctx := t.Context()
	for _, word := range hostile {
		for _, find := range []func() error{
			func() error { _, err := s.In(Whole).Camera(ctx, word); return err },
			func() error { _, err := s.In(Whole).Sensor(ctx, word); return err },
			func() error { _, err := s.In(Whole).Event(ctx, word); return err },
			func() error { _, err := s.In(Whole).Alert(ctx, word); return err },
			func() error { _, err := s.In(Whole).Order(ctx, word); return err },
			func() error { _, err := s.User(ctx, word); return err },
			func() error { _, err := s.UserBySubject(ctx, word); return err },
			func() error { return s.EndSession(ctx, word, "", "admin") },
			func() error { return s.RevokeWallToken(ctx, word, "admin") },
			func() error { _, err := s.In(Whole).OpenSnapshot(t.Context(), word); return err },
			func() error { return s.In(Whole).DeleteCamera(ctx, word, "admin") },
			func() error { _, err := s.In(Whole).LiftHold(ctx, word, "w", "admin"); return err },
			func() error {
				return s.Write(ctx, func(tx *Tx) error { _, err := tx.Alert(word); return err })
			},
			func() error {
				return s.Write(ctx, func(tx *Tx) error { _, err := tx.Order(word); return err })
			},
			func() error {
				return s.Write(ctx, func(tx *Tx) error { return tx.SetSensorState(word, models.SensorOK, tx.Now()) })
			},
		} {
			require.Equal(t, models.NotFound, models.CodeOf(find()), "%q", word)
		}
		for _, after := range []string{"", word} {
			_, _, cameras := s.In(Whole).Cameras(ctx, CameraFilter{Area: word, State: models.CameraState(word), After: after})
			_, _, sensors := s.In(Whole).Sensors(ctx, SensorFilter{Area: word, State: models.SensorState(word), After: after})
			_, _, events := s.In(Whole).Events(ctx, EventFilter{Area: word, Kind: models.EventKind(word), Source: word, After: after})
			_, _, alerts := s.In(Whole).Alerts(ctx, AlertFilter{Area: word, States: []models.AlertState{models.AlertState(word)}, After: after})
			_, _, orders := s.In(Whole).Orders(ctx, OrderFilter{Area: word, Assignee: word, After: after})
			_, _, ledger := s.In(Whole).Ledger(ctx, LedgerFilter{By: word, Action: "x" + word + ".", Entity: word + "x", After: after})
			_, _, sessions := s.Sessions(ctx, SessionFilter{Username: word, After: after})
			_, _, tokens := s.WallTokens(ctx, after, 0)
			_, _, clips := s.In(Whole).Clips(ctx, ClipFilter{Camera: word, Event: word, Alert: word, Area: word, Live: true, Assignee: word, At: 1, After: after})
			_, _, holds := s.In(Whole).FootageHolds(ctx, HoldFilter{Camera: word, Active: true, After: after})
			for i, err := range []error{cameras, sensors, events, alerts, orders, ledger, sessions, tokens, clips, holds} {
				if after == "" {
					require.NoError(t, err)
				} else {
					require.Equal(t, models.Invalid, models.CodeOf(err), "%q begins at the first page again (%d)", after, i)
				}
			}
		}
		_, err := s.In(Whole).Search(ctx, word, 0)
		require.NoError(t, err)
		_, err = s.In(word).Search(ctx, word, 0)
		require.NoError(t, err)
		_, err = s.In(Whole).Trend(ctx, word, TrendFilter{To: 1, After: word})
		require.Equal(t, models.NotFound, models.CodeOf(err))
		gone, err := s.DropLoose(ctx, []models.Segment{{Camera: word, From: 1}})
		require.NoError(t, err)
		require.Empty(t, gone)
		require.NoError(t, s.DropSegments(ctx, []models.Segment{{Camera: word, From: 1}}))
		days, err := s.SegmentDays(ctx, word)
		require.NoError(t, err)
		require.Empty(t, days)
		_, ok, err := s.Session(ctx, word)
		require.NoError(t, err)
		require.False(t, ok)
	}
}
