package recording

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store"
)

// keepBed is a Keeper on a real folder and a real store.
type keepBed struct {
	*Keeper
	t      *testing.T
	now    time.Time
	inHand map[string]bool
}

func newKeepBed(t *testing.T, dir string, keep Keep) *keepBed {
	b := &keepBed{t: t, now: time.Now(), inHand: map[string]bool{}}
	cfg := store.DefaultConfig()
	cfg.Dir, cfg.Now = t.TempDir(), func() time.Time { return b.now }
	s, err := store.Open(cfg, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	own := DefaultConfig()
	own.Dir, own.Keep = dir, keep
	d := NewDisk(own, t.TempDir(), s, func() time.Time { return b.now }, slog.New(slog.DiscardHandler))
	t.Cleanup(d.leave)
	b.Keeper, err = NewKeeper(d, keep, s, func(file string) bool { return b.inHand[file] }, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	require.NoError(t, err)
	b.Apply(nil)
	judge(t, s)
	d.lookOnce(t.Context())
	require.NoError(t, d.Ready())
	return b
}

// judge runs the store until it believes the clock.
func judge(t *testing.T, s *store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	require.Eventually(t, func() bool { return s.Today() != 0 }, 10*time.Second, time.Millisecond)
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
}

// put puts a minute of footage of so many days ago into folder and index.
func (b *keepBed) put(camera string, days float64, size int) models.Segment {
	from := models.At(b.now.Add(-time.Duration(days * float64(day))))
	s := models.Segment{Camera: camera, From: from, To: from + 60_000, Bytes: int64(size), Units: 1, MIME: "video/mp4"}
	file := filepath.Join(b.disk.dir, s.File())
	require.NoError(b.t, os.MkdirAll(filepath.Dir(file), 0o750))
	require.NoError(b.t, os.WriteFile(file, make([]byte, size), 0o600))
	require.NoError(b.t, b.store.PutSegment(b.t.Context(), s))
	return s
}

// keeps passes until nothing is due, and tells what of the camera is left, oldest first; files and index agree.
func (b *keepBed) keeps(camera string) (left []models.Segment) {
	for more := true; more; {
		var err error
		more, err = b.pass(b.t.Context())
		require.NoError(b.t, err)
	}
	left, err := b.store.Segments(b.t.Context(), camera, 1, endOfTime/2, 0)
	require.NoError(b.t, err)
	files, err := filepath.Glob(filepath.Join(b.disk.dir, camera, "*", "*.mp4"))
	require.NoError(b.t, err)
	require.Len(b.t, files, len(left), "files and index agree")
	for _, s := range left {
		require.FileExists(b.t, filepath.Join(b.disk.dir, s.File()))
	}
	return left
}

// later lets age be looked at again.
func (b *keepBed) later(d time.Duration) { b.now = b.now.Add(d) }

func TestFootageAges(t *testing.T) {
	b := newKeepBed(t, t.TempDir(), Keep{Footage: fewDays, Clips: fewDays * 2, Free: 1})
	b.Apply([]models.Camera{{ID: "gate"}, {ID: "long", Record: models.Recording{KeepDays: 15}}})
	for i := range 30 {
		for _, camera := range []string{"gate", "long", "removed"} {
			b.put(camera, float64(i)+0.5, 10)
		}
	}
	require.Len(t, b.keeps("gate"), 10)
	require.Len(t, b.keeps("long"), 15)
	require.Len(t, b.keeps("removed"), 10)
	require.EqualValues(t, 20+15+20, testutil.ToFloat64(b.metrics.segments.WithLabelValues(string(byAge))))
	require.EqualValues(t, 550, testutil.ToFloat64(b.metrics.bytes.WithLabelValues(string(byAge))))
	days, err := os.ReadDir(filepath.Join(b.disk.dir, "gate"))
	require.NoError(t, err)
	require.Len(t, days, 10, "no empty folder is left")
	b.later(40 * day)
	require.Len(t, b.keeps("gate"), 10, "a clock that has leapt makes nothing old")
	b.now = b.now.Add(-20 * day)
	require.Empty(t, b.keeps("removed"))
	require.NoDirExists(t, filepath.Join(b.disk.dir, "removed"))
	require.DirExists(t, filepath.Join(b.disk.dir, "gate"))
}

func TestClipsAndHoldsOutliveTheRest(t *testing.T) {
	b := newKeepBed(t, t.TempDir(), Keep{Footage: fewDays, Clips: fewDays * 2, Free: 1})
	_, err := b.store.ApplySite(t.Context(), models.Site{Name: "x", Areas: []models.Area{{ID: "a", Name: "a", Kind: models.Grid}},
		Cameras: []models.Camera{{ID: "gate", Name: "gate", Area: "a", URL: "rtsp://192.0.2.1/x"}}}, "test")
	require.NoError(t, err)
	clipped, held, loose := b.put("gate", 15, 10), b.put("gate", 16, 10), b.put("gate", 17, 10)
	require.NoError(t, b.store.PutClip(t.Context(), models.Clip{ID: "c", Camera: "gate", Area: "a", From: clipped.From, To: clipped.From + 30_000, Events: []string{"e"}}))
	hold, err := b.store.In(store.Whole).PutHold(t.Context(), models.Hold{Camera: "gate", From: held.From, To: held.To, Why: "police", By: "chief"})
	require.NoError(t, err)
	require.Equal(t, []models.Segment{held, clipped}, b.keeps("gate"))
	require.NoFileExists(t, filepath.Join(b.disk.dir, loose.File()))

	b.later(6 * day)
	require.Equal(t, []models.Segment{held}, b.keeps("gate"), "the clip's time is over")
	b.later(20 * day)
	require.Equal(t, []models.Segment{held}, b.keeps("gate"), "whatever its age")
	_, err = b.store.In(store.Whole).LiftHold(t.Context(), hold.ID, "case closed", "chief")
	require.NoError(t, err)
	b.later(ageEvery)
	require.Empty(t, b.keeps("gate"))
}

func TestBytesOfACamera(t *testing.T) {
	b := newKeepBed(t, t.TempDir(), Keep{Footage: fewDays, Clips: fewDays, Bytes: 50, Free: 1})
	b.Apply([]models.Camera{{ID: "gate"}, {ID: "small", Record: models.Recording{KeepBytes: 20}}})
	var newest models.Segment
	for i := range 9 {
		newest = b.put("gate", 9-float64(i), 10)
		b.put("small", 9-float64(i), 10)
	}
	left := b.keeps("gate")
	require.Len(t, left, 5)
	require.Equal(t, newest, left[4], "the oldest goes first")
	require.Len(t, b.keeps("small"), 2)
	b.inHand[left[0].File()] = true
	b.put("gate", 0.5, 10)
	require.Equal(t, left[0], b.keeps("gate")[0], "not what is being written")
}

// TestRoomOnTheDisk fills a small disk: the oldest of all cameras goes, and when nothing may go the disk is full until something may.
func TestRoomOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	tmpfs(t, dir, "size=8m")
	b := newKeepBed(t, dir, Keep{Footage: fewDays, Clips: fewDays, Free: 2 << 20})
	b.Apply([]models.Camera{{ID: "gate"}, {ID: "yard"}})
	var kept models.Segment
	for i := range 13 {
		s := b.put([]string{"gate", "yard"}[i%2], 9-float64(i)/2, 500<<10)
		if i == 1 {
			kept = s
			require.NoError(t, b.store.PutClip(t.Context(), models.Clip{ID: "c", Camera: "yard", Area: "a", From: s.From, To: s.To, Events: []string{"e"}}))
		}
	}
	b.disk.lookOnce(t.Context())
	require.Len(t, b.keeps("gate"), 5, "two of gate and one of yard make 2.2 MiB free")
	yard := b.keeps("yard")
	require.Equal(t, kept, yard[0])
	require.Len(t, yard, 6)
	short := b.Short()
	require.Equal(t, fewDays.Std(), short.Wanted)
	require.InDelta(t, 8*24, short.Age.Hours(), 1)
	b.disk.lookOnce(t.Context())
	require.NoError(t, b.disk.Ready())

	ballast := filepath.Join(dir, "ballast")
	for size := 1 << 20; size < 7<<20; size += 1 << 20 { // others fill the disk
		require.NoError(t, write(ballast, size)())
		b.keeps("gate")
	}
	require.Empty(t, b.keeps("gate"))
	require.Equal(t, []models.Segment{kept}, b.keeps("yard"))
	b.disk.lookOnce(t.Context())
	require.Equal(t, models.RecordingFull, b.disk.Fault().Code, "what a clip covers is not deleted for room")
	require.NoError(t, os.Remove(ballast))
	b.disk.lookOnce(t.Context())
	require.NoError(t, b.disk.Ready())
	require.Equal(t, []models.Segment{kept}, b.keeps("yard"))
	b.later(2 * day)
	require.Zero(t, b.Short(), "told for a day")
}

// TestDiskThatDoesNotLetGo: a file that cannot be deleted is a fault, and nothing else loses its row meanwhile.
func TestDiskThatDoesNotLetGo(t *testing.T) {
	dir := t.TempDir()
	tmpfs(t, dir, "size=8m")
	b := newKeepBed(t, dir, Keep{Footage: fewDays, Clips: fewDays, Free: 1})
	for i := range 250 {
		b.put("gate", 11+float64(i)/100, 10)
	}
	require.NoError(t, syscall.Mount("zhihui-test", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, "size=8m"))
	for range 3 {
		_, err := b.pass(t.Context())
		require.ErrorIs(t, err, syscall.EROFS)
		b.later(ageEvery)
	}
	require.Equal(t, models.RecordingReadOnly, b.disk.Fault().Code)
	left, err := b.store.Segments(t.Context(), "gate", 1, endOfTime/2, 0)
	require.NoError(t, err)
	require.Len(t, left, 150, "one step, no more")
	require.EqualValues(t, 100, testutil.ToFloat64(b.metrics.undone))
	require.NoError(t, syscall.Mount("zhihui-test", dir, "tmpfs", syscall.MS_REMOUNT, "size=8m"))
	require.Empty(t, b.keeps("gate"), "those that waited are gone, too")
	require.Zero(t, testutil.ToFloat64(b.metrics.undone))
}

// TestAFileThatCannotBeDeletedStopsNothing: it alone stays, is tried again, and recording hears nothing of it.
func TestAFileThatCannotBeDeletedStopsNothing(t *testing.T) {
	b := newKeepBed(t, t.TempDir(), Keep{Footage: fewDays, Clips: fewDays, Free: 1})
	stuck := filepath.Join(b.disk.dir, b.put("gate", 20, 10).File())
	for i := range 150 {
		b.put("gate", 11+float64(i)/100, 10)
	}
	require.NoError(t, os.Remove(stuck))
	require.NoError(t, os.MkdirAll(filepath.Join(stuck, "x"), 0o750)) // a folder that is not empty cannot be removed
	for more := true; more; {
		var err error
		more, err = b.pass(t.Context())
		require.NoError(t, err)
	}
	left, err := b.store.Recorded(t.Context())
	require.NoError(t, err)
	require.Empty(t, left)
	require.EqualValues(t, 1, testutil.ToFloat64(b.metrics.undone))
	require.NoError(t, b.disk.Ready())
	require.NoError(t, os.Remove(filepath.Join(stuck, "x")))
	require.Empty(t, b.keeps("gate"))
	require.Zero(t, testutil.ToFloat64(b.metrics.undone))
}

// TestAFolderThatComesBackBeginsAnew: the comparison may have given a file its row again that could not be deleted before.
func TestAFolderThatComesBackBeginsAnew(t *testing.T) {
	b := newKeepBed(t, filepath.Join(t.TempDir(), "recordings"), Keep{Footage: fewDays, Clips: fewDays, Free: 1})
	s := b.put("gate", 20, 10)
	stuck := filepath.Join(b.disk.dir, s.File())
	require.NoError(t, os.Rename(stuck, stuck+"-aside"))
	require.NoError(t, os.MkdirAll(filepath.Join(stuck, "x"), 0o750))
	_, err := b.pass(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, testutil.ToFloat64(b.metrics.undone))
	require.NoError(t, os.RemoveAll(stuck))
	require.NoError(t, os.Rename(stuck+"-aside", stuck))

	aside := b.disk.dir + "-aside"
	require.NoError(t, os.Rename(b.disk.dir, aside))
	b.disk.lookOnce(t.Context())
	require.NoError(t, os.Rename(aside, b.disk.dir))
	b.disk.lookOnce(t.Context())
	b.Apply([]models.Camera{{ID: "gate", Record: models.Recording{KeepDays: 30}}})
	require.NoError(t, b.store.PutSegment(t.Context(), s))
	require.Len(t, b.keeps("gate"), 1)
	require.FileExists(t, stuck)
}

func TestNothingGoesWhileTheFolderIsAway(t *testing.T) {
	b := newKeepBed(t, filepath.Join(t.TempDir(), "recordings"), Keep{Footage: fewDays, Clips: fewDays, Free: 1})
	s := b.put("gate", 20, 10)
	aside := b.disk.dir + "-aside"
	require.NoError(t, os.Rename(b.disk.dir, aside))
	b.disk.lookOnce(t.Context())
	more, err := b.pass(t.Context())
	require.NoError(t, err)
	require.False(t, more)
	left, err := b.store.Segments(t.Context(), "gate", s.From, s.To, 0)
	require.NoError(t, err)
	require.Len(t, left, 1, "its row is there when its disk is back")
	require.NoError(t, os.Rename(aside, b.disk.dir))
	b.disk.lookOnce(t.Context())
	require.Empty(t, b.keeps("gate"))
}

// TestNothingGoesBeforeTheSiteIsKnown: a camera that keeps its footage for longer loses none of it by a restart.
func TestNothingGoesBeforeTheSiteIsKnown(t *testing.T) {
	b := newKeepBed(t, t.TempDir(), Keep{Footage: fewDays, Clips: fewDays, Free: 1})
	b.put("gate", 20, 10)
	b.cameras = nil
	require.Len(t, b.keeps("gate"), 1)
	b.Apply([]models.Camera{{ID: "gate", Record: models.Recording{KeepDays: 30}}})
	require.Len(t, b.keeps("gate"), 1)
	b.Apply([]models.Camera{{ID: "gate"}})
	require.Empty(t, b.keeps("gate"), "an edit is heard at once")
}

func TestAFileThatIsGoneAlreadyIsNoFault(t *testing.T) {
	b := newKeepBed(t, t.TempDir(), Keep{Footage: fewDays, Clips: fewDays, Free: 1})
	s := b.put("gate", 20, 10)
	require.NoError(t, os.Remove(filepath.Join(b.disk.dir, s.File())))
	require.Empty(t, b.keeps("gate"))
	_, err := os.Stat(filepath.Join(b.disk.dir, filepath.Dir(s.File())))
	require.ErrorIs(t, err, fs.ErrNotExist)
}
