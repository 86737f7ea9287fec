package recording

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/ingest"
	"zhihui/models"
)

// hang makes every operation wait until the returned function is called.
func (d *soundDisk) hang() (release func()) {
	held := make(chan struct{})
	d.set(func(f func() error) error {
		<-held
		return f()
	})
	return func() { close(held) }
}

func TestADiskThatHangsHoldsUpNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		s.gate.play(5 * time.Second)
		release := s.disk.hang()
		s.gate.play(5 * time.Second)
		begun := time.Now()
		s.Apply([]models.Camera{{ID: "gate", Area: "street", Record: models.Recording{Mode: models.RecordAlways}}, {ID: "door"}}, nil)
		s.Event(opened("e1"))
		require.Len(t, s.Open("gate"), 1)
		require.Equal(t, models.RecordRunning, s.State("gate"))
		require.Equal(t, begun, time.Now())
		s.disk.mu.Lock()
		s.disk.fault = Fault{Code: models.RecordingSlow}
		s.disk.mu.Unlock()
		s.gate.play(time.Second)
		require.Equal(t, models.RecordFailing, s.State("gate"), "the camera does send")
		release()
		s.gate.play(10 * time.Second)
		s.end()
		require.Equal(t, 210, s.agrees(0), "a write of some seconds loses nothing")
		require.Zero(t, s.lost())
		require.Len(t, s.rows.allClips(), 1)
	})
}

func TestStopsWhileTheDiskHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		s.gate.play(5 * time.Second)
		release := s.disk.hang()
		s.gate.play(time.Second)
		begun := time.Now()
		s.end()
		require.Less(t, time.Since(begun), 2500*time.Millisecond)
		release()
		synctest.Wait()
	})
}

// TestAnOutageLongerThanTheQueue uses the real hub: what it had to drop is counted, and is a gap.
func TestAnOutageLongerThanTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := ingest.NewHub(ingest.DefaultConfig())
		s := &stage{t: t, dir: t.TempDir(), disk: &soundDisk{}, rows: newRows(), gate: newPlayer()}
		cfg := DefaultConfig()
		cfg.Dir = s.dir
		var err error
		s.Recorder, err = New(cfg, Deps{Subscribe: func(camera string) Reader { return hub.Record(camera, Span) }, Store: s.rows, Disk: s.disk, Zone: time.UTC},
			slog.New(slog.DiscardHandler), prometheus.NewRegistry())
		require.NoError(t, err)
		s.Apply([]models.Camera{{ID: "gate", Area: "street", Record: models.Recording{Mode: models.RecordAlways}}}, nil)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		play := func(seconds int) {
			for range seconds * 10 {
				hub.Publish(s.gate.unit(time.Now()))
				time.Sleep(100 * time.Millisecond)
			}
		}
		play(20)
		s.disk.refuse(errors.New("away"))
		play(60)
		require.Equal(t, models.RecordFailing, s.State("gate"))
		s.disk.refuse(nil)
		play(20)
		cancel()
		require.ErrorIs(t, <-done, context.Canceled)
		units := s.agrees(1)
		require.Equal(t, int(s.gate.sent), units+s.lost(), "to the unit")
		require.Less(t, s.lost(), 520, "the newest ten seconds waited")
	})
}

func TestAFileThatWasTakenAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		s.gate.play(5 * time.Second)
		require.NoError(t, os.RemoveAll(filepath.Join(s.dir, "gate")))
		s.disk.mu.Lock()
		s.disk.turn++ // another folder
		s.disk.mu.Unlock()
		s.gate.play(10 * time.Second)
		s.end()
		units := s.agrees(0)
		require.Greater(t, units, 70)
		require.Less(t, units, 100)
	})
}

func TestAStoreThatRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		s.gate.play(time.Second)
		s.rows.mu.Lock()
		s.rows.refuses = errors.New("locked")
		s.rows.mu.Unlock()
		s.Event(opened("e1"))
		s.gate.play(130 * time.Second)
		require.Len(t, s.Open("gate"), 3, "what has no row yet is known")
		s.rows.mu.Lock()
		s.rows.refuses = nil
		s.rows.mu.Unlock()
		s.gate.play(3 * time.Second)
		require.Len(t, s.Open("gate"), 1)
		require.Len(t, s.rows.allClips(), 1, "no clip is dropped")
		s.end()
		require.Equal(t, 1340, s.agrees(0))
	})
}

// failsNowAndThen fails one operation in ten from now on, the same ones for the same seed.
func (d *soundDisk) failsNowAndThen(seed, stream uint64) {
	random, failed := rand.New(rand.NewPCG(seed, stream)), errors.New("now and then")
	d.set(func(f func() error) error {
		d.mu.Lock()
		fails := random.IntN(10) == 0
		d.mu.Unlock()
		if fails {
			return failed
		}
		return f()
	})
}

// TestADiskThatFailsNowAndThen fails one operation in ten, for some minutes with events: what is in the index is in the files, to the
// unit, and what is not is counted.
func TestADiskThatFailsNowAndThen(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, models.Recording{Mode: models.RecordAlways})
			s.disk.failsNowAndThen(seed, 2)
			s.gate.play(200 * time.Second)
			s.disk.set(nil)
			s.gate.play(10 * time.Second)
			s.end()
			require.Equal(t, int(s.gate.sent), s.agrees(-1)+s.lost(), "seed %d", seed)
		})
	}
}

// TestARingOnADiskThatFailsNowAndThen: the same of clips; what a ring loses was not to be kept.
func TestARingOnADiskThatFailsNowAndThen(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, models.Recording{Mode: models.RecordEvents})
			s.disk.failsNowAndThen(seed, 3)
			for i := range 4 {
				e := opened(fmt.Sprintf("e%d", i))
				s.Event(e)
				s.gate.play(15 * time.Second)
				s.Event(closed(e))
				s.gate.play(45 * time.Second)
			}
			s.disk.set(nil)
			s.gate.play(5 * time.Second)
			s.end()
			require.Greater(t, s.agrees(-1), 600, "seed %d", seed)
			require.Len(t, s.rows.allClips(), 4)
		})
	}
}

func TestAFileOfNothingThatStays(t *testing.T) {
	d := &soundDisk{}
	f, empty := folder{root: t.TempDir(), disk: d}, models.Segment{Camera: "gate", From: at(0)}
	file, err := f.create(empty.File())
	require.NoError(t, errors.Join(err, file.Close()))
	failed, ops := errors.New("now and then"), 0
	d.set(func(do func() error) error {
		if ops++; ops == 3 { // to open it, to look through it, to remove it
			return failed
		}
		return do()
	})
	_, err = f.mend(empty)
	require.ErrorIs(t, err, failed)
	require.NotErrorIs(t, err, errNothing, "nobody would know of it")
	_, err = f.mend(empty)
	require.ErrorIs(t, err, errNothing)
	require.NoFileExists(t, f.path(empty.File()))
}

// TestManyThatWait: neither are they all tried in vain each second, nor do they take every descriptor.
func TestManyThatWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordNever})
		tried := s.cutAfter(0)
		for i := range filesMost + 200 {
			file, err := os.Open(s.dir)
			require.NoError(t, err)
			s.finisher.add(&finishing{tape: s.writers[0].tape("gate"), row: models.Segment{Camera: "gate", From: models.Time(i + 1)}, file: file})
		}
		synctest.Wait()
		before := tried.Load() // each that came woke it, as often as the processors let it
		time.Sleep(10 * time.Second)
		require.LessOrEqual(t, tried.Load()-before, int64(100))
		s.finisher.mu.Lock()
		defer s.finisher.mu.Unlock()
		open := 0
		for _, e := range s.finisher.waiting {
			if e.file != nil {
				open++
				require.NoError(t, e.file.Close())
			}
		}
		require.LessOrEqual(t, open, filesMost)
		s.finisher.waiting = nil
	})
}
