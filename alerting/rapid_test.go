package alerting

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
	"zhihui/models/store"
)

// messages draws what a few sources of an area tell in order: each event opens, has some news and closes, perhaps; then
// everything is delivered in any order, much of it more than once.
func messages(t *rapid.T, area string) []models.Event {
	in := func(e *models.Event) { e.Area = area }
	var all []models.Event
	for i := range rapid.IntRange(1, 8).Draw(t, "events") {
		id := fmt.Sprintf("%s-e%d", area, i)
		src := source(fmt.Sprintf("%s-cam-%d", area, rapid.IntRange(0, 2).Draw(t, "source")))
		sev := severity(rapid.SampledFrom([]models.Severity{models.Blue, models.Yellow, models.Red}).Draw(t, "severity"))
		last := rapid.Int64Range(1, 4).Draw(t, "revisions")
		for rev := range last {
			all = append(all, event(id, in, src, sev, revision(rev+1)))
		}
		if rapid.Bool().Draw(t, "closes") {
			all = append(all, event(id, in, src, sev, revision(last+1), closedAt(t0+models.Time(i))))
		}
	}
	again := rapid.SliceOfN(rapid.SampledFrom(all), 0, 20).Draw(t, "again")
	return rapid.Permutation(append(all, again...)).Draw(t, "deliveries")
}

// final returns the newest message of each event.
func final(delivered []models.Event) map[string]models.Event {
	last := map[string]models.Event{}
	for _, e := range delivered {
		if e.Revision > last[e.ID].Revision {
			last[e.ID] = e
		}
	}
	return last
}

func TestAnyDeliveryLosesAndDoublesNothing(t *testing.T) {
	h, runs := newHall(t), 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		area := fmt.Sprintf("run-%d", runs)
		delivered := messages(rt, area)
		h.handle(rt, delivered...)

		gathered := map[string]models.Alert{} // event → its alert
		liveOf := map[string]int{}
		for _, a := range h.alerts(rt, area) {
			events, err := h.st.In(store.Whole).AlertEvents(context.Background(), a.ID)
			require.NoError(rt, err)
			open := 0
			for _, e := range events {
				require.NotContains(rt, gathered, e.ID, "two alerts have the same event")
				gathered[e.ID] = a
				require.Equal(rt, a.Fingerprint, fingerprint(e))
				require.LessOrEqual(rt, e.Severity.Rank(), a.Severity.Rank())
				open += isOpen(&e)
			}
			require.Equal(rt, len(events), a.Events)
			require.Equal(rt, open, a.OpenEvents)
			require.Equal(rt, open > 0, a.State.Live())
			if a.State.Live() {
				liveOf[a.Fingerprint]++
			}
			require.Equal(rt, a.Severity != models.Blue, a.Order != "")
		}
		for f, n := range liveOf {
			require.Equal(rt, 1, n, f)
		}
		for id, e := range final(delivered) {
			require.Contains(rt, gathered, id, "an event was lost")
			stored, err := h.st.In(store.Whole).Event(context.Background(), id)
			require.NoError(rt, err)
			require.Equal(rt, e, stored)
		}
		h.checkOrders(rt, area)
	})
}

// checkOrders: each order belongs to one alert, which names it, and is as grave as that.
func (h hall) checkOrders(t require.TestingT, area string) {
	byOrder := map[string]models.Alert{}
	for _, a := range h.alerts(t, area) {
		if a.Order != "" {
			byOrder[a.Order] = a
		}
	}
	list := h.orderList(t, area)
	require.Len(t, list, len(byOrder))
	for _, o := range list {
		require.Equal(t, byOrder[o.ID].ID, o.Alert)
		require.Equal(t, byOrder[o.ID].Severity, o.Severity)
	}
}
