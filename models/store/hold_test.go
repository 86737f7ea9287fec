package store

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store/storetest"
)

func holdOf(camera string, long time.Duration) models.Hold {
	return models.Hold{Camera: camera, From: models.At(noon.Add(-long)), To: models.At(noon), Why: "警方调查 2026-18", By: "chen"}
}

func TestAHoldIsPutAndLiftedWithWhoAndWhy(t *testing.T) {
	s := withSite(t)
	v := s.In("grid-1")
	h, err := v.PutHold(t.Context(), holdOf("cam-1", time.Hour))
	require.NoError(t, err)
	require.Equal(t, models.Hold{ID: h.ID, Camera: "cam-1", Area: "grid-1", From: h.From, To: h.To, Why: "警方调查 2026-18", By: "chen", At: models.At(noon)}, h)
	lifted, err := v.LiftHold(t.Context(), h.ID, "结案", "wu")
	require.NoError(t, err)
	all, _, err := v.FootageHolds(t.Context(), HoldFilter{Camera: "cam-1"})
	require.NoError(t, err)
	require.Equal(t, []models.Hold{lifted}, all)
	require.Equal(t, []any{"wu", "结案", models.At(noon)}, []any{lifted.LiftedBy, lifted.LiftedWhy, lifted.LiftedAt})
	active, _, err := v.FootageHolds(t.Context(), HoldFilter{Active: true})
	require.NoError(t, err)
	require.Empty(t, active)
	_, err = v.LiftHold(t.Context(), h.ID, "again", "wu")
	require.Equal(t, models.Conflict, models.CodeOf(err))
	require.ErrorContains(t, err, "wu")

	rows, _, err := v.Ledger(t.Context(), LedgerFilter{Action: "hold."})
	require.NoError(t, err)
	require.Len(t, rows, 2, "those who look after the area see them")
	require.Equal(t, []string{"hold.lift", "wu", "hold.put", "chen"}, []string{rows[0].Action, rows[0].By, rows[1].Action, rows[1].By})
	require.Equal(t, "null", string(rows[1].Before))
	require.Contains(t, string(rows[0].After), "结案")
}

func TestWhatIsNoHoldIsRefused(t *testing.T) {
	s := withSite(t)
	for field, spoil := range map[string]func(*models.Hold){
		"camera": func(h *models.Hold) { h.Camera = "nobody" },
		"from":   func(h *models.Hold) { h.From, h.To = models.At(noon)+1, models.At(noon)+2 },
		"to":     func(h *models.Hold) { h.To = h.From + maxHold + 1 },
		"why":    func(h *models.Hold) { h.Why = " \n" },
	} {
		h := holdOf("cam-1", time.Hour)
		spoil(&h)
		_, err := s.In(Whole).PutHold(t.Context(), h)
		require.Equal(t, models.Invalid, models.CodeOf(err), field)
		require.ErrorContains(t, err, field)
	}
	for why, ok := range map[string]bool{strings.Repeat("永", maxHoldWhy): true, strings.Repeat("永", maxHoldWhy+1): false, "\xff": false, "'; DROP TABLE holds; --\x00?0": true} {
		h := holdOf("cam-1", time.Hour)
		h.Why = why
		h, err := s.In(Whole).PutHold(t.Context(), h)
		require.Equal(t, ok, err == nil, "%.20q", why)
		if ok {
			_, err = s.In(Whole).LiftHold(t.Context(), h.ID, why, "chen")
			require.NoError(t, err)
		} else {
			_, err = s.In(Whole).LiftHold(t.Context(), h.ID, why, "chen")
			require.Equal(t, models.Invalid, models.CodeOf(err))
		}
	}
	_, err := s.In("grid-2").PutHold(t.Context(), holdOf("cam-1", time.Hour))
	require.Equal(t, models.Invalid, models.CodeOf(err), "it lies elsewhere")
}

// Footage of a camera that the site no longer has can be held by who sees the whole site.
func TestFootageOfACameraThatIsGoneCanBeHeld(t *testing.T) {
	s := withSite(t)
	require.NoError(t, s.PutSegment(t.Context(), segment("cam-9", models.At(noon)-60_000)))
	_, err := s.In("street").PutHold(t.Context(), holdOf("cam-9", time.Hour))
	require.Equal(t, models.Invalid, models.CodeOf(err))
	h, err := s.In(Whole).PutHold(t.Context(), holdOf("cam-9", time.Hour))
	require.NoError(t, err)
	require.Empty(t, h.Area)
	f, err := s.RecordedOf(t.Context(), "cam-9")
	require.NoError(t, err)
	require.Zero(t, f.Loose)
	part, _, err := s.In("street").FootageHolds(t.Context(), HoldFilter{})
	require.NoError(t, err)
	require.Empty(t, part)
	whole, _, err := s.In(Whole).FootageHolds(t.Context(), HoldFilter{Camera: "cam-9", Active: true})
	require.NoError(t, err)
	require.Equal(t, []models.Hold{h}, whole)
}

// TestAMonthIsHeldStepByStep: no write tells more than a bounded number of segments about a hold, what it covers is safe from the first
// moment on, and a hall that ends in between goes on where it was.
func TestAMonthIsHeldStepByStep(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	_, err := s.ApplySite(t.Context(), tree(), "admin")
	require.NoError(t, err)
	const minutes = 3*settleSteps + 500
	require.NoError(t, storetest.Footage(t.Context(), s.writer.db.DB, []string{"cam-1", "cam-2"}, minutes, models.At(noon)))
	loose := func() int64 {
		f, err := s.RecordedOf(t.Context(), "cam-1")
		require.NoError(t, err)
		return f.Loose / storetest.SegmentBytes
	}
	h, err := s.In(Whole).PutHold(t.Context(), holdOf("cam-1", 30*day))
	require.NoError(t, err)
	require.EqualValues(t, minutes-settleSteps, loose(), "the first step came with the hold")
	newest, err := s.Segments(t.Context(), "cam-1", models.At(noon)-600_000, models.At(noon), 0)
	require.NoError(t, err)
	gone, err := s.DropLoose(t.Context(), newest)
	require.NoError(t, err)
	require.Empty(t, gone, "the hold covers them, though they do not know yet")
	require.EqualValues(t, minutes-settleSteps-len(newest), loose())

	require.NoError(t, s.Close())
	s = openIn(t, dir)
	defer func() { require.NoError(t, s.Close()) }()
	require.NoError(t, s.settleHolds(t.Context()))
	require.Zero(t, loose())
	_, err = s.In(Whole).LiftHold(t.Context(), h.ID, "结案", "wu")
	require.NoError(t, err)
	require.EqualValues(t, settleSteps, loose())
	ctx, stop := context.WithCancel(t.Context())
	stop()
	require.ErrorIs(t, s.settleHolds(ctx), context.Canceled)
	require.NoError(t, s.settleHolds(t.Context()))
	require.EqualValues(t, minutes, loose())
	old, err := s.LooseSegments(t.Context(), "", models.At(noon), 3*segmentsAtOnce)
	require.NoError(t, err)
	gone, err = s.DropLoose(t.Context(), old)
	require.NoError(t, err)
	require.Equal(t, old, gone)
}
