package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// A look is a row of the ledger at its own instant, seen by who looks after the camera's area; all that are written together are there,
// or none.
func TestLooksAreInTheLedger(t *testing.T) {
	s := withSite(t)
	live := models.Viewing{At: 1000, Viewer: "ann", Camera: "cam-1", Area: "grid-1", Way: models.WatchLive}
	hour := models.Viewing{At: 2000, Viewer: "wall:大厅", Camera: "cam-2", Area: "grid-2", Way: models.WatchPlayback, From: 3_600_000, To: 7_200_000}
	require.NoError(t, s.NoteViewings(t.Context(), []models.Viewing{live, hour}))
	rows, next, err := s.In(Whole).Ledger(t.Context(), LedgerFilter{Action: "watch."})
	require.NoError(t, err)
	require.Empty(t, next)
	require.Len(t, rows, 2)
	require.Equal(t, []any{models.Time(2000), "wall:大厅", "watch.playback", "cam-2", "null", `{"area":"grid-2","from":"1970-01-01T01:00:00.000Z","to":"1970-01-01T02:00:00.000Z"}`},
		[]any{rows[0].At, rows[0].By, rows[0].Action, rows[0].Entity, string(rows[0].Before), string(rows[0].After)})
	require.Equal(t, `{"area":"grid-1"}`, string(rows[1].After))
	for filter, want := range map[LedgerFilter]int{
		{Action: "watch.", Entity: "cam-1"}: 1, {Action: "watch.live"}: 1, {Action: "watch.export"}: 0, {Action: "watch.", By: "ann"}: 1,
		{Action: "watch.", From: 1000, To: 2000}: 1, {Except: "watch.", By: "ann"}: 0,
	} {
		rows, _, err := s.In(Whole).Ledger(t.Context(), filter)
		require.NoError(t, err)
		require.Len(t, rows, want, "%+v", filter)
	}
	rows, _, err = s.In("grid-1").Ledger(t.Context(), LedgerFilter{Action: "watch."})
	require.NoError(t, err)
	require.Len(t, rows, 1)
	acts, _, err := s.In(Whole).Ledger(t.Context(), LedgerFilter{Except: "watch."})
	require.NoError(t, err)
	require.NotEmpty(t, acts)
	for _, r := range acts {
		require.NotContains(t, r.Action, "watch.")
	}
}
