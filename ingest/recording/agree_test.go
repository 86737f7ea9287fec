package recording

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

var errCut = errors.New("the process is dead") // it is never reassigned

// cutAfter lets so many operations through, on the disk and on the index, and none after them. It counts those that were tried.
func (s *stage) cutAfter(steps int64) (tried *atomic.Int64) {
	tried = new(atomic.Int64)
	step := func() error {
		if tried.Add(1) > steps {
			return errCut
		}
		return nil
	}
	s.disk.set(func(f func() error) error {
		if err := step(); err != nil {
			return err
		}
		return f()
	})
	s.rows.set(step)
	return tried
}

// die ends the process, after which no operation is done. Torn: the machine went down, and of what was not brought to the disk
// anything may be missing.
func (s *stage) die(torn bool, seed uint64) {
	s.cutAfter(0)
	s.end()
	s.disk.set(nil)
	s.rows.set(nil)
	s.gate.Take(nil) // the camera goes on elsewhere
	if !torn {
		return
	}
	r := rand.New(rand.NewPCG(seed, 1))
	for _, name := range s.files() {
		file := filepath.Join(s.dir, name)
		is, err := os.Stat(file)
		require.NoError(s.t, err)
		if _, safe := s.rows.segments[name]; !safe {
			require.NoError(s.t, os.Truncate(file, r.Int64N(is.Size()+1)))
		}
	}
}

// TestACrashAtEveryStep cuts the process before each operation on the disk or the index, starts it again, cuts that one too, and
// then lets one agree: no file is without its row then, no row without its file, each row says what is in its file, and what had
// been written is there.
func TestACrashAtEveryStep(t *testing.T) {
	for _, mode := range []models.RecordMode{models.RecordAlways, models.RecordEvents} {
		for _, torn := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s torn=%v", mode, torn), func(t *testing.T) {
				t.Parallel()
				stride, done := int64(1), false
				if testing.Short() {
					stride = 11
				}
				for steps := int64(0); !done; steps += stride {
					synctest.Test(t, func(t *testing.T) { done = crash(t, mode, torn, steps) })
				}
			})
		}
	}
}

func crash(t *testing.T, mode models.RecordMode, torn bool, steps int64) (through bool) {
	record := models.Recording{Mode: mode}
	s := newStage(t, record)
	tried := s.cutAfter(steps)
	s.gate.play(14 * time.Second)
	e := opened("e1")
	s.Event(e)
	s.gate.play(64 * time.Second)
	through = tried.Load() <= steps
	written := 0
	for _, open := range s.Open("gate") {
		written += open.Units
	}
	for _, row := range s.rows.find("gate", 0, 1<<60) {
		if !s.InHand(row.File()) {
			written += row.Units
		}
	}
	s.die(torn, uint64(steps))

	s.begin(record, e) // and goes down while it makes them agree
	s.cutAfter(steps % 9)
	time.Sleep(3 * time.Second)
	s.die(torn, uint64(steps))

	s.begin(record, e)
	time.Sleep(3 * time.Second)
	s.end()
	units := s.agrees(-1)
	if !torn {
		require.Equal(t, written, units, "after %d steps: what was written is there", steps)
	}
	return through
}

func TestAgreeing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		s.gate.play(130 * time.Second)
		s.end()
		files := s.files()
		require.Len(t, files, 3)
		require.NoError(t, os.Remove(filepath.Join(s.dir, files[0])))
		delete(s.rows.segments, files[1])
		foreign := filepath.Join(s.dir, filepath.Dir(files[1]), "notes.txt")
		require.NoError(t, os.WriteFile(foreign, []byte("x"), 0o600))
		require.NoError(t, os.MkdirAll(filepath.Join(s.dir, rings, "before"), 0o750))
		s.begin(models.Recording{})
		time.Sleep(2 * time.Second)
		done, total := s.Agreeing()
		require.Equal(t, 1, total)
		require.Equal(t, total, done)
		s.end()
		require.NoError(t, os.Remove(foreign), "what is not ours is left alone")
		require.Equal(t, files[1:], s.files())
		s.agrees(0)
		require.NoDirExists(t, filepath.Join(s.dir, rings, "before"))
	})
}

func TestSegmentOf(t *testing.T) {
	s := models.Segment{Camera: "gate", From: models.At(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))}
	for file, want := range map[string]bool{
		s.File(): true, "gate/2026-05-01/x.mp4": false, "gate/2026-05-02/" + filepath.Base(s.File()): false, "gate/2026-05-01/1": false, "": false,
		"gate/2026-05-01/01777636800000.mp4": false,
	} {
		_, ok := segmentOf(file)
		require.Equal(t, want, ok, file)
	}
}

// TestAFileThatGoesWhileItIsAdopted: retention has dropped its row and is about to delete it.
func TestAFileThatGoesWhileItIsAdopted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		s.gate.play(70 * time.Second)
		s.end()
		file := s.files()[0]
		delete(s.rows.segments, file)
		puts := 0
		s.rows.set(func() error {
			if puts++; puts == 1 {
				return os.Remove(filepath.Join(s.dir, file))
			}
			return nil
		})
		s.begin(models.Recording{})
		time.Sleep(2 * time.Second)
		s.end()
		require.Equal(t, 2, puts, "a row and its removal")
		s.agrees(0)
	})
}

// TestASpoiltFileIsLeft: the disk does not give what is in one file; the others come into the index.
func TestASpoiltFileIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		s.gate.play(130 * time.Second)
		s.end()
		files := s.files()
		for _, file := range files {
			delete(s.rows.segments, file)
		}
		bad := filepath.Join(s.dir, files[1])
		require.NoError(t, os.Remove(bad))
		require.NoError(t, os.Mkdir(bad, 0o750)) // as good as a file that cannot be opened
		s.begin(models.Recording{})
		time.Sleep(5 * time.Second)
		s.end()
		require.Len(t, s.rows.segments, 2)
		require.NotContains(t, s.rows.segments, files[1])
		require.DirExists(t, bad)
	})
}

// TestAFullDiskWithFilesThatNobodyKnows is one that was adopted: as long as its files are not in the index none is deleted.
func TestAFullDiskWithFilesThatNobodyKnows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		s.gate.play(5 * time.Second)
		s.end()
		s.rows.segments = map[string]models.Segment{}
		s.disk.refuse(errors.New("full"))
		s.disk.fault = Fault{Code: models.RecordingFull}
		s.begin(models.Recording{Mode: models.RecordAlways})
		time.Sleep(3 * time.Second)
		require.Equal(t, 50, s.agrees(0))
	})
}

func TestAFileThatTheIndexNeverTakesHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		s.gate.play(5 * time.Second)
		s.end()
		s.rows.segments = map[string]models.Segment{}
		var asked atomic.Int32
		s.rows.set(func() error {
			asked.Add(1)
			return models.Errorf(models.Invalid, "never")
		})
		s.begin(models.Recording{Mode: models.RecordNever})
		time.Sleep(10 * time.Second)
		require.EqualValues(t, 1, asked.Load())
		done, total := s.Agreeing()
		require.Equal(t, total, done)
	})
}
