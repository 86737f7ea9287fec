package detect

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// bus accepts messages unless it is down.
type bus struct {
	mu   sync.Mutex
	down bool
	took []models.Event
}

func (b *bus) publish(_ context.Context, ev models.Event) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down {
		return errors.New("the bus is down")
	}
	b.took = append(b.took, ev)
	return nil
}

// repair brings the bus back and returns what it took until then.
func (b *bus) repair() []models.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.down = false
	return b.took
}

func newTestOutbox(t *testing.T, b *bus) *outbox {
	t.Helper()
	m, err := newMetrics(prometheus.NewRegistry(), func() float64 { return 0 })
	require.NoError(t, err)
	return newOutbox(Deps{Publish: b.publish, Now: time.Now}, m, slog.New(slog.DiscardHandler))
}

func message(id string, revision int64, state models.EventState) models.Event {
	return models.Event{ID: id, Revision: revision, State: state, CapturedAt: models.At(time.Now())}
}

func TestOutboxPublishesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bus{}
		o := newTestOutbox(t, b)
		o.add(message("a", 1, models.EventOpen))
		o.add(message("b", 1, models.EventOpen))
		o.add(message("a", 2, models.EventClosed))
		o.end()
		require.Zero(t, o.run(t.Context()))
		require.Equal(t, []string{"a", "b", "a"}, []string{b.took[0].ID, b.took[1].ID, b.took[2].ID})
	})
}

func TestOutboxRidesOutABusThatIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bus{down: true}
		o := newTestOutbox(t, b)
		left := make(chan int)
		go func() { left <- o.run(t.Context()) }()
		o.add(message("a", 1, models.EventOpen))
		synctest.Wait()
		for r := int64(2); r < 1000; r++ {
			o.add(message("a", r, models.EventOpen))
		}
		o.add(message("a", 1000, models.EventClosed))
		o.add(message("a", 1001, models.EventClosed)) // its snapshot came late
		o.add(message("b", 1, models.EventOpen))
		o.add(message("b", 2, models.EventClosed))
		require.Equal(t, 3, o.length(), "updates of one event do not pile up")
		time.Sleep(time.Hour)
		require.Empty(t, b.repair())
		o.end()
		require.Zero(t, <-left)
		var got []int64
		for _, ev := range b.took {
			got = append(got, ev.Revision)
		}
		require.Equal(t, []int64{1, 1001, 1, 2}, got)
		require.Equal(t, models.EventClosed, b.took[1].State)
	})
}

func TestOutboxSaysWhatWasNotAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bus{down: true}
		o := newTestOutbox(t, b)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		o.add(message("a", 1, models.EventOpen))
		o.add(message("b", 1, models.EventOpen))
		o.end()
		require.Equal(t, 2, o.run(ctx))
	})
}
