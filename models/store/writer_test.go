package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"zhihui/models"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		writeUntilKilled(dir)
	}
	goleak.VerifyTestMain(m)
}

// hold occupies the writer until the returned func is called, so that the writes after it gather in one group.
func hold(s *Store) func() {
	begun, release := make(chan struct{}), make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Write(context.Background(), func(*Tx) error { close(begun); <-release; return nil })
	}()
	<-begun
	return func() { close(release); <-ended }
}

// queued waits until n writes wait for the writer.
func queued(t require.TestingT, s *Store, n int) {
	require.Eventually(t, func() bool { return len(s.writer.queue) >= n }, 30*time.Second, 100*time.Microsecond)
}

var errRefused = errors.New("refused")

// Whatever mixture of writes shares a commit, exactly those that were acknowledged are there, and each is whole.
func TestGroupCommitKeepsWhatItAcknowledges(t *testing.T) {
	s := open(t)
	var next atomic.Int64
	rapid.Check(t, func(t *rapid.T) {
		const (
			good = iota
			fails
			panics
			cancelled
			breaksRule
		)
		plan := rapid.SliceOfN(rapid.IntRange(good, breaksRule), 1, 40).Draw(t, "writes")
		release := hold(s)
		answers := make([]error, len(plan))
		names := make([]string, len(plan))
		var wg sync.WaitGroup
		for i, kind := range plan {
			names[i] = id(int(next.Add(1)))
			ctx, cancel := context.WithCancel(context.Background())
			wg.Add(1)
			go func() {
				defer wg.Done()
				answers[i] = s.Write(ctx, func(tx *Tx) error {
					if err := tx.PutAlert(alert(names[i])); err != nil {
						return err
					}
					switch kind {
					case fails:
						return errRefused
					case panics:
						panic("a fault in the code")
					case breaksRule:
						return tx.AttachEvent(names[i], "no such event")
					}
					return tx.Notify(Notification{Key: names[i], Payload: []byte(`{}`)})
				})
			}()
			if kind == cancelled {
				queued(t, s, i+1)
			}
			if kind != cancelled {
				defer cancel()
				continue
			}
			cancel()
		}
		queued(t, s, len(plan))
		release()
		wg.Wait()
		for i, kind := range plan {
			require.Equal(t, kind == good, answers[i] == nil, "%v", answers[i])
			_, err := s.In(Whole).Alert(context.Background(), names[i])
			require.Equal(t, kind == good, err == nil, "kind %d: %v", kind, err)
			n, err := s.read.NewSelect().Table("notifications").Where("key = ?", names[i]).Count(context.Background())
			require.NoError(t, err)
			require.Equal(t, kind == good, n == 1)
			changes, err := s.read.NewSelect().Table("changes").Where("entity = ?", names[i]).Count(context.Background())
			require.NoError(t, err)
			require.Equal(t, kind == good, changes == 1)
		}
	})
}

func TestWritesShareACommit(t *testing.T) {
	s := open(t)
	reg := prometheus.NewRegistry()
	require.NoError(t, s.Register(reg))
	commits := func() uint64 {
		families, err := reg.Gather()
		require.NoError(t, err)
		for _, f := range families {
			if f.GetName() == "zhihui_store_commit_seconds" {
				return f.GetMetric()[0].GetHistogram().GetSampleCount()
			}
		}
		return 0
	}
	release := hold(s)
	before := commits()
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			require.NoError(t, s.Write(context.Background(), func(tx *Tx) error { return tx.PutAlert(alert(id(i))) }))
		})
	}
	queued(t, s, 50)
	release()
	wg.Wait()
	// The one that held the writer, and the 50 that waited for it; the last answer comes just before its commit is counted.
	require.Eventually(t, func() bool { return commits() == before+2 }, 10*time.Second, time.Millisecond)
}

// A transaction that is gone (here by hand, in life by a full disk) must not let later writes of its group through.
func TestBrokenTransactionAcknowledgesNothing(t *testing.T) {
	s := open(t)
	release := hold(s)
	answers := make(chan error, 3)
	for i, f := range []func(*Tx) error{
		func(tx *Tx) error { return tx.PutAlert(alert(id(1))) },
		func(tx *Tx) error { _, err := tx.db.Exec("ROLLBACK"); return err },
		func(tx *Tx) error { return tx.PutAlert(alert(id(3))) },
	} {
		go func() { answers <- s.Write(context.Background(), f) }()
		queued(t, s, i+1)
	}
	release()
	for range 3 {
		require.Error(t, <-answers)
	}
	alerts, _, err := s.In(Whole).Alerts(t.Context(), AlertFilter{})
	require.NoError(t, err)
	require.Empty(t, alerts)
	put(t, s, func(tx *Tx) error { return tx.PutAlert(alert(id(4))) })
}

func TestFullQueueMakesCallersWait(t *testing.T) {
	s := open(t)
	release := hold(s)
	var wg sync.WaitGroup
	var ran atomic.Int64
	for range queueLength {
		wg.Go(func() { s.Write(context.Background(), func(*Tx) error { ran.Add(1); return nil }) })
	}
	queued(t, s, queueLength)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, s.Write(ctx, func(*Tx) error { return nil }), context.DeadlineExceeded)
	release()
	wg.Wait()
	require.EqualValues(t, queueLength, ran.Load())
}

func TestCloseAnswersEverybody(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	release := hold(s)
	answers := make([]error, 64)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			answers[i] = s.Write(context.Background(), func(tx *Tx) error { return tx.PutAlert(alert(id(i))) })
		})
	}
	queued(t, s, len(answers)/2)
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	release()
	require.NoError(t, <-closed)
	wg.Wait()
	require.Equal(t, models.Unavailable, models.CodeOf(s.Write(t.Context(), func(*Tx) error { return nil })))

	s = openIn(t, dir)
	defer s.Close()
	for i, err := range answers {
		_, missing := s.In(Whole).Alert(t.Context(), id(i))
		require.Equal(t, err == nil, missing == nil, "acknowledged %v, read %v", err, missing)
	}
}

func TestBellRingsForChangesAlone(t *testing.T) {
	s := open(t)
	rung := func(c <-chan struct{}) func() bool {
		return func() bool {
			select {
			case <-c:
				return true
			default:
				return false
			}
		}
	}
	c := s.Changed()
	put(t, s, func(tx *Tx) error { return tx.Ledger("admin", "test", "x", nil, nil) })
	require.ErrorIs(t, s.Write(t.Context(), func(tx *Tx) error { return errors.Join(tx.PutAlert(alert(id(1))), errRefused) }), errRefused)
	put(t, s, func(*Tx) error { return nil }) // by now the group before has rung, if it was going to
	require.False(t, rung(c)())
	put(t, s, func(tx *Tx) error { return tx.PutAlert(alert(id(1))) })
	require.Eventually(t, rung(c), 10*time.Second, time.Millisecond)
	require.False(t, rung(s.Changed())())
}

func BenchmarkWrites(b *testing.B) {
	for _, writers := range []int{1, 64} {
		b.Run(fmt.Sprintf("%d-writers", writers), func(b *testing.B) {
			s, err := Open(configIn(b.TempDir()), slog.New(slog.DiscardHandler))
			require.NoError(b, err)
			defer s.Close()
			var next atomic.Int64
			var took sync.Map
			b.ResetTimer()
			var wg sync.WaitGroup
			for w := range writers {
				wg.Go(func() {
					var mine []time.Duration
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						begun := time.Now()
						if err := s.Write(context.Background(), func(tx *Tx) error { return tx.PutAlert(alert(id(int(n)))) }); err != nil {
							b.Error(err)
						}
						mine = append(mine, time.Since(begun))
					}
					took.Store(w, mine)
				})
			}
			wg.Wait()
			b.StopTimer()
			var all []time.Duration
			for _, d := range maps.Collect(took.Range) {
				all = append(all, d.([]time.Duration)...)
			}
			slices.Sort(all)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
			b.ReportMetric(float64(all[len(all)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}
