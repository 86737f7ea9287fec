package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store/storetest"
)

// withFootage is a store with each cameras' segments of the minutes before noon.
func withFootage(t testing.TB, cameras, each int) (*Store, []string) {
	t.Helper()
	s := withSite(t)
	names := []string{"cam-1"}
	for i := range cameras - 1 {
		names = append(names, fmt.Sprintf("road-%04d", i))
	}
	require.NoError(t, storetest.Footage(t.Context(), s.writer.db.DB, names, each, models.At(noon)))
	return s, names
}

// TestFootageOfAMonthIsFound: 300,000 segments. The bounds only tell milliseconds from seconds; cmd/bench measures.
func TestFootageOfAMonthIsFound(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 300,000 segments")
	}
	s, names := withFootage(t, 200, 1500)
	for _, camera := range names[:20] {
		soon(t, "a day", func() error {
			found, err := s.Segments(t.Context(), camera, models.At(noon.Add(-day)), models.At(noon), 0)
			require.InDelta(t, 1440, len(found), 1)
			return err
		})
	}
	soon(t, "recorded", func() error {
		all, err := s.Recorded(t.Context())
		require.Len(t, all, 200)
		require.Equal(t, int64(1500*storetest.SegmentBytes), all[names[7]].Bytes)
		return err
	})
	soon(t, "loose", func() error {
		loose, err := s.LooseSegments(t.Context(), "", models.At(noon.Add(-24*time.Hour)), 100)
		require.Len(t, loose, 100)
		return err
	})
	soon(t, "days", func() error {
		days, err := s.SegmentDays(t.Context(), names[3])
		midnight := models.At(noon.Truncate(day))
		require.Equal(t, []models.Time{midnight, midnight - dayLong}, days)
		return err
	})
}

// TestNoQuestionAboutFootageReadsAllOfIt: what is asked for each second, piece and page finds its rows by an index.
func TestNoQuestionAboutFootageReadsAllOfIt(t *testing.T) {
	s := open(t)
	at := models.At(noon)
	for _, scope := range []string{Whole, "grid-1"} {
		v := s.In(scope)
		clips := func(f ClipFilter) func() error {
			return func() error { _, _, err := v.Clips(t.Context(), f); return err }
		}
		for name, ask := range map[string]func() error{
			"segments":              func() error { _, err := s.Segments(t.Context(), "c", at, at+1, 0); return err },
			"next":                  func() error { _, _, err := s.NextSegment(t.Context(), "c", at); return err },
			"loose":                 func() error { _, err := s.LooseSegments(t.Context(), "", at, 10); return err },
			"loose of one":          func() error { _, err := s.LooseSegments(t.Context(), "c", at, 10); return err },
			"days":                  func() error { _, err := s.SegmentDays(t.Context(), "c"); return err },
			"a day":                 func() error { _, err := s.SegmentsOfDay(t.Context(), "c", at); return err },
			"one camera":            func() error { _, err := s.RecordedOf(t.Context(), "c"); return err },
			"growing":               func() error { _, err := s.GrowingClips(t.Context()); return err },
			"clips of a camera":     clips(ClipFilter{Camera: "c"}),
			"clips of an event":     clips(ClipFilter{Event: "e"}),
			"clips of an alert":     clips(ClipFilter{Alert: "a"}),
			"what a wall may see":   clips(ClipFilter{Camera: "c", At: at, Live: true, Limit: 1}),
			"what a worker may see": clips(ClipFilter{Camera: "c", At: at, Assignee: "u", Limit: 1}),
			"the clips of a wall":   clips(ClipFilter{Live: true}),
			"the clips of a worker": clips(ClipFilter{Assignee: "u"}),
			"a camera's holds":      func() error { _, _, err := v.FootageHolds(t.Context(), HoldFilter{Camera: "c"}); return err },
		} {
			for _, step := range plans(t, s, ask).steps {
				table, whole := strings.CutPrefix(step, "SCAN ")
				table, by, _ := strings.Cut(table, " ")
				few := strings.Contains(by, "_wanted") || strings.Contains(by, "_growing")
				if whole && !few && !slices.Contains([]string{"CONSTANT", "below", "newest"}, table) {
					t.Errorf("%s of %q reads all of %s", name, scope, table)
				}
			}
		}
	}
}
