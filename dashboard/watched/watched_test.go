package watched

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhihui/models"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ledger stands for the store.
type ledger struct {
	mu    sync.Mutex
	rows  []models.Viewing
	fault error
	slow  time.Duration
}

func (l *ledger) write(_ context.Context, rows []models.Viewing) error {
	l.mu.Lock()
	fault, slow := l.fault, l.slow
	l.mu.Unlock()
	time.Sleep(slow)
	l.mu.Lock()
	defer l.mu.Unlock()
	if fault == nil {
		l.rows = append(l.rows, rows...)
	}
	return fault
}

func (l *ledger) be(fault error, slow time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fault, l.slow = fault, slow
}

// said is each row as who, what way, and which hours of the footage of that day.
func (l *ledger) said() (all []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.rows {
		s := fmt.Sprintf("%s %s %s", r.Viewer, r.Camera, strings.TrimPrefix(string(r.Way), "watch."))
		if r.From != 0 {
			s += r.From.Std().Format(" 15:04:05-") + r.To.Std().Format("15:04:05")
		}
		all = append(all, s)
	}
	return all
}

func openBook(l *ledger) *Book {
	return New(Deps{Write: l.write, Now: time.Now, Log: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry()})
}

// run runs the book until the test is over, in a bubble.
func run(t *testing.T, b *Book) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-ended) })
}

func live(viewer, camera string) models.Viewing {
	return models.Viewing{Viewer: viewer, Camera: camera, Area: "a", Way: models.WatchLive}
}

// footage is a look at what was recorded from one minute of the day to another.
func footage(way models.Watching, from, to string) models.Viewing {
	day := func(s string) models.Time {
		at, err := time.Parse("2006-01-02 15:04", "2026-05-01 "+s)
		if err != nil {
			panic(err)
		}
		return models.At(at)
	}
	return models.Viewing{Viewer: "ann", Camera: "gate", Area: "a", Way: way, From: day(from), To: day(to)}
}

// Each step is a look after a wait; want is the rows that there are in the end.
func TestWhatIsOneView(t *testing.T) {
	type step struct {
		wait time.Duration
		look models.Viewing
	}
	play := func(from, to string) models.Viewing { return footage(models.WatchPlayback, from, to) }
	for name, c := range map[string]struct {
		steps []step
		want  []string
	}{
		"somebody": {[]step{{0, live("ann", "gate")}}, []string{"ann gate live"}},
		"who comes back in time goes on": {[]step{{0, live("ann", "gate")}, {10*time.Minute - 1, live("ann", "gate")}, {10*time.Minute - 1, live("ann", "gate")}},
			[]string{"ann gate live"}},
		"who comes back later looks again": {[]step{{0, live("ann", "gate")}, {10 * time.Minute, live("ann", "gate")}}, []string{"ann gate live", "ann gate live"}},
		"two people":                       {[]step{{0, live("ann", "gate")}, {0, live("bob", "gate")}}, []string{"ann gate live", "bob gate live"}},
		"two cameras":                      {[]step{{0, live("ann", "gate")}, {0, live("ann", "yard")}, {0, live("ann", "gate")}}, []string{"ann gate live", "ann yard live"}},
		"live and footage":                 {[]step{{0, live("ann", "gate")}, {0, play("14:20", "14:21")}}, []string{"ann gate live", "ann gate playback 14:00:00-15:00:00"}},
		"piece after piece of an hour":     {[]step{{0, play("14:20", "14:21")}, {time.Minute, play("14:21", "14:22")}}, []string{"ann gate playback 14:00:00-15:00:00"}},
		"another hour": {[]step{{0, play("14:20", "14:21")}, {time.Minute, play("09:00", "09:01")}, {time.Minute, play("14:50", "14:51")}},
			[]string{"ann gate playback 14:00:00-15:00:00", "ann gate playback 09:00:00-10:00:00"}},
		"a piece that reaches into the next": {[]step{{0, play("14:59", "15:01")}}, []string{"ann gate playback 14:00:00-15:00:00", "ann gate playback 15:00:00-16:00:00"}},
		"a piece to the end of an hour":      {[]step{{0, play("14:59", "15:00")}}, []string{"ann gate playback 14:00:00-15:00:00"}},
		"one instant":                        {[]step{{0, play("15:00", "15:00")}}, []string{"ann gate playback 15:00:00-16:00:00"}},
		"an export is told each time": {[]step{{0, footage(models.WatchExport, "14:59", "15:01")}, {0, footage(models.WatchExport, "14:59", "15:01")}},
			[]string{"ann gate export 14:59:00-15:01:00", "ann gate export 14:59:00-15:01:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var l ledger
				b := openBook(&l)
				run(t, b)
				for _, s := range c.steps {
					time.Sleep(s.wait)
					require.NoError(t, b.Note(t.Context(), s.look))
				}
				synctest.Wait()
				require.Equal(t, c.want, l.said())
			})
		})
	}
}

// A live view lasts until its last picture is closed, and ten minutes from then.
func TestALiveViewLastsWhileItIsOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger
		b := openBook(&l)
		run(t, b)
		begun := models.At(time.Now())
		open := func() func() {
			closed, err := b.Open(live("ann", "gate"))
			require.NoError(t, err)
			return closed
		}
		first := open()
		time.Sleep(time.Hour)
		second := open()
		first()
		time.Sleep(time.Hour)
		second()
		time.Sleep(10*time.Minute - 1)
		open()()
		synctest.Wait()
		require.Equal(t, []string{"ann gate live"}, l.said())
		require.Equal(t, begun, l.rows[0].At)
		time.Sleep(10 * time.Minute)
		open()()
		synctest.Wait()
		require.Len(t, l.said(), 2)
		require.Equal(t, models.At(time.Now()), l.rows[1].At)
	})
}

// A wall shows the same for weeks: each day has its row, and once it is shut there are no more.
func TestAViewOfDaysIsNotedEachDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger
		b := openBook(&l)
		run(t, b)
		begun := time.Now()
		closed, err := b.Open(live("wall", "gate"))
		require.NoError(t, err)
		_, err = b.Open(live("wall", "yard"))
		require.NoError(t, err)
		time.Sleep(50 * time.Hour)
		gate, yard := "wall gate live", "wall yard live"
		require.ElementsMatch(t, []string{gate, gate, gate, yard, yard, yard}, l.said())
		require.Equal(t, models.At(begun.Add(24*time.Hour)), l.rows[2].At)
		require.Equal(t, "a", l.rows[3].Area)
		closed()
		time.Sleep(50 * time.Hour)
		require.Len(t, l.said(), 8, "of the yard alone")
	})
}

func TestAnExportIsWrittenBeforeItGoesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ledger{slow: 3 * time.Second}
		b := openBook(&l)
		run(t, b)
		begun := time.Now()
		require.NoError(t, b.Note(t.Context(), footage(models.WatchExport, "14:00", "14:10")))
		require.Equal(t, []string{"ann gate export 14:00:00-14:10:00"}, l.said())
		require.Equal(t, 3*time.Second, time.Since(begun))
	})
}

func TestAnExportThatCannotBeNotedIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ledger{fault: errors.New("disk full")}
		b := openBook(&l)
		run(t, b)
		err := b.Note(t.Context(), footage(models.WatchExport, "14:00", "14:10"))
		require.Equal(t, models.Unavailable, models.CodeOf(err))
		require.ErrorContains(t, err, "cannot be written right now")
		l.be(nil, 0)
		require.NoError(t, b.Note(t.Context(), live("ann", "gate")))
		time.Sleep(2 * retry)
		require.Equal(t, []string{"ann gate live"}, l.said(), "what did not go out is not noted when the store is well again")
	})
}

// What a store does not take waits, is written when it takes it, in its order, and is refused when nothing more can wait.
func TestASlowStoreLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ledger{fault: errors.New("busy")}
		b := openBook(&l)
		shown := 0
		for n := range queueLength + 2*batch {
			if n == batch {
				run(t, b)
				synctest.Wait() // the writer has taken what waits
			}
			err := b.Note(t.Context(), live("ann", fmt.Sprint(n)))
			if err == nil {
				shown++
				continue
			}
			require.Equal(t, models.Unavailable, models.CodeOf(err))
		}
		require.Equal(t, queueLength+batch, shown)
		require.InDelta(t, batch, testutil.ToFloat64(b.metrics.refused), 0)
		require.Error(t, b.Note(t.Context(), live("ann", "late")))
		l.be(nil, 0)
		time.Sleep(retry)
		synctest.Wait()
		require.Len(t, l.rows, shown)
		require.Equal(t, "ann 0 live", l.said()[0])
		require.Equal(t, fmt.Sprintf("ann %d live", shown-1), l.said()[shown-1])
		require.NoError(t, b.Note(t.Context(), live("ann", "late")), "who was refused is not taken for noted")
	})
}

// A book that is closed writes what waits; what cannot be written is said.
func TestTheEnd(t *testing.T) {
	var l ledger
	b := openBook(&l)
	require.NoError(t, b.Note(t.Context(), live("ann", "gate")))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, b.Run(ended))
	require.Equal(t, []string{"ann gate live"}, l.said())
	require.InDelta(t, 1, testutil.ToFloat64(b.metrics.noted.WithLabelValues("watch.live")), 0)

	require.NoError(t, b.Note(t.Context(), live("bob", "gate")))
	l.fault = errors.New("gone")
	require.EqualError(t, b.Run(ended), "1 views of cameras are not in the ledger: gone")
}

// What is remembered is bounded; an open view is never forgotten.
func TestMemoryIsBounded(t *testing.T) {
	l, now := newLately(), time.Unix(0, 0)
	open := sight{viewer: "ann", camera: "gate", way: models.WatchLive}
	l.begin(live("ann", "gate"), now)
	l.opened(open, 1, now)
	for n := range 2 * maxViews {
		l.begin(models.Viewing{Viewer: "ann", From: models.Time(n)}, now)
	}
	require.Len(t, l.views, maxViews)
	require.Equal(t, maxViews, l.order.Len())
	require.True(t, l.goesOn(open, now.Add(time.Hour)))
	require.False(t, l.goesOn(sight{viewer: "ann", hour: 0}, now), "the oldest is forgotten")
	require.True(t, l.goesOn(sight{viewer: "ann", hour: 2*maxViews - 1}, now))
}
