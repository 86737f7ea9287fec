package dashboard

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store"
)

// TestEventsOfASpan asks for what was opened in an hour, as a timeline does.
func TestEventsOfASpan(t *testing.T) {
	h := openHall(t)
	noon := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	require.NoError(t, h.store.Write(t.Context(), func(tx *store.Tx) error {
		for id, at := range map[string]time.Time{"01E": noon, "02E": noon.Add(time.Hour), "03E": noon.Add(2 * time.Hour)} {
			if err := tx.PutEvent(models.Event{ID: id, Kind: models.Intrusion, Severity: models.Red, State: models.EventClosed, Area: "a1",
				Source: "gate", SourceType: models.FromCamera, OpenedAt: models.At(at), UpdatedAt: models.At(at), ClosedAt: models.At(at), Revision: 1}); err != nil {
				return err
			}
		}
		return nil
	}))
	p := h.as(models.Viewer)
	for span, want := range map[string][]string{
		"":                           {"03E", "02E", "01E"},
		"&from=2026-05-01T13:00:00Z": {"03E", "02E"},
		"&to=2026-05-01T13:00:00Z":   {"01E"},
		"&from=2026-05-01T13:00:00Z&to=2026-05-01T13:00:01Z": {"02E"},
	} {
		var answer struct{ Items []models.Event }
		p.do("GET", "/api/v1/events?source=gate"+span, "").into(t, &answer)
		ids := []string{}
		for _, e := range answer.Items {
			ids = append(ids, e.ID)
		}
		require.Equal(t, want, ids, span)
	}
}
