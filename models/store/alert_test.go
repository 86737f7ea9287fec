package store

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestAlertHasOneLiveOneAFingerprint(t *testing.T) {
	s := open(t)
	first, second := alert(id(1)), alert(id(2))
	second.Fingerprint = first.Fingerprint
	put(t, s, func(tx *Tx) error { return tx.PutAlert(first) })
	require.Error(t, s.Write(t.Context(), func(tx *Tx) error { return tx.PutAlert(second) }))
	for _, state := range []models.AlertState{models.AlertAcknowledged, models.AlertShelved, models.AlertResolved} {
		first.State = state
		put(t, s, func(tx *Tx) error {
			require.NoError(t, tx.PutAlert(first))
			got, ok, err := tx.LiveAlert(first.Fingerprint)
			require.Equal(t, state.Live(), ok)
			if ok {
				require.Equal(t, first, got)
			}
			return err
		})
	}
	put(t, s, func(tx *Tx) error { return tx.PutAlert(second) })
	got, err := s.In(Whole).Alert(t.Context(), first.ID)
	require.NoError(t, err)
	require.Equal(t, first, got)
	_, err = s.In(Whole).Alert(t.Context(), "none")
	require.Equal(t, models.NotFound, models.CodeOf(err))
}

func TestAttachEvent(t *testing.T) {
	s := open(t)
	put(t, s, func(tx *Tx) error {
		require.Error(t, tx.AttachEvent(id(1), id(10)), "neither is written")
		for i := range 2 {
			require.NoError(t, tx.PutAlert(alert(id(i))))
			require.NoError(t, tx.PutEvent(models.Event{ID: id(10 + i)}))
		}
		_, ok, err := tx.AlertOf(id(10))
		require.NoError(t, err)
		require.False(t, ok)
		require.NoError(t, tx.AttachEvent(id(1), id(10)))
		require.NoError(t, tx.AttachEvent(id(1), id(10)), "again changes nothing")
		require.Equal(t, models.Conflict, models.CodeOf(tx.AttachEvent(id(0), id(10))))
		owner, ok, err := tx.AlertOf(id(10))
		require.True(t, ok)
		require.Equal(t, id(1), owner)
		return err
	})
	events, err := s.In(Whole).AlertEvents(t.Context(), id(1))
	require.NoError(t, err)
	require.Len(t, events, 1)
}

func TestAlertsAreFiltered(t *testing.T) {
	s := withSite(t)
	put(t, s, func(tx *Tx) error {
		for i, state := range []models.AlertState{models.AlertOpen, models.AlertAcknowledged, models.AlertResolved} {
			a := alert(id(i))
			a.State = state
			require.NoError(t, tx.PutAlert(a))
		}
		return nil
	})
	for name, c := range map[string]struct {
		filter AlertFilter
		want   int
	}{
		"all":            {AlertFilter{}, 3},
		"one state":      {AlertFilter{States: []models.AlertState{models.AlertOpen}}, 1},
		"two states":     {AlertFilter{States: []models.AlertState{models.AlertOpen, models.AlertResolved}}, 2},
		"severity":       {AlertFilter{Severity: models.Blue}, 0},
		"area":           {AlertFilter{Area: "street"}, 3},
		"another area":   {AlertFilter{Area: "grid-2"}, 0},
		"kind":           {AlertFilter{Kind: models.Intrusion}, 3},
		"another kind":   {AlertFilter{Kind: models.Crowd}, 0},
		"after and kind": {AlertFilter{Kind: models.Intrusion, After: id(1)}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, err := s.In(Whole).Alerts(t.Context(), c.filter)
			require.NoError(t, err)
			require.Len(t, got, c.want)
		})
	}
}

func TestChangesTellWhatTheAPIShows(t *testing.T) {
	s := open(t)
	last, err := s.LastChange(t.Context())
	require.NoError(t, err)
	require.Zero(t, last)
	for i := range 5 {
		put(t, s, func(tx *Tx) error { return tx.PutAlert(alert(id(i))) })
	}
	changes, err := s.AllChanges(t.Context(), 2, 2)
	require.NoError(t, err)
	require.Len(t, changes, 2)
	want, err := json.Marshal(alert(id(2)))
	require.NoError(t, err)
	require.Equal(t, models.Change{ID: 3, At: models.At(noon), Topic: models.TopicAlert, Entity: id(2), Area: "grid-1", Data: want}, changes[0])

	require.NoError(t, s.PruneChanges(t.Context(), models.At(noon)), "none is older")
	first, err := s.FirstChange(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, first)
	require.NoError(t, s.PruneChanges(t.Context(), models.At(noon)+1))
	first, err = s.FirstChange(t.Context())
	require.NoError(t, err)
	last, err = s.LastChange(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 5, first, "the newest stays")
	require.EqualValues(t, 5, last)
	put(t, s, func(tx *Tx) error { return tx.PutAlert(alert(id(9))) })
	last, err = s.LastChange(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 6, last)
}
