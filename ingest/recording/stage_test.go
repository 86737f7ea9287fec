package recording

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store"
)

// soundDisk takes everything, unless it is told otherwise.
type soundDisk struct {
	mu      sync.Mutex
	refuses error
	fault   Fault
	does    func(f func() error) error
	turn    uint64
}

func (d *soundDisk) Fault() Fault {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.fault
}

func (d *soundDisk) Ready() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.refuses
}

func (d *soundDisk) refuse(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuses = err
}

func (d *soundDisk) Do(f func() error) error {
	d.mu.Lock()
	does := d.does
	d.mu.Unlock()
	if does != nil {
		return does(f)
	}
	return f()
}

func (d *soundDisk) set(does func(f func() error) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.does = does
}

func (d *soundDisk) Ours() error { return nil }

func (d *soundDisk) Turn() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.turn + 1
}

// rows is an index in memory.
type rows struct {
	mu       sync.Mutex
	segments map[string]models.Segment // by file
	clips    map[string]models.Clip
	refuses  error
	step     func() error // nil = everything is taken
}

func (r *rows) set(step func() error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.step = step
}

// ask tells whether the next operation is taken.
func (r *rows) ask() error {
	if r.step != nil {
		return r.step()
	}
	return r.refuses
}

func newRows() *rows {
	return &rows{segments: map[string]models.Segment{}, clips: map[string]models.Clip{}}
}

func (r *rows) PutSegment(_ context.Context, s models.Segment) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.ask()
	if err == nil {
		r.segments[s.File()] = s
	}
	return err
}

func (r *rows) DropSegments(_ context.Context, all []models.Segment) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.ask()
	for _, s := range all {
		if err == nil {
			delete(r.segments, s.File())
		}
	}
	return err
}

func (r *rows) find(camera string, from, to models.Time) (found []models.Segment) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.segments {
		if s.Camera == camera && s.From < to && s.To > from {
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b models.Segment) int { return cmp.Compare(a.From, b.From) })
	return found
}

func (r *rows) Segments(_ context.Context, camera string, from, to models.Time, _ int) ([]models.Segment, error) {
	return r.find(camera, from, to), r.refuses
}

func (r *rows) SegmentsOfDay(_ context.Context, camera string, day models.Time) ([]models.Segment, error) {
	return slices.DeleteFunc(r.find(camera, 0, 1<<60), func(s models.Segment) bool { return s.From < day || s.From >= day.Add(24*time.Hour) }), r.refuses
}

func (r *rows) SegmentDays(_ context.Context, camera string) (days []models.Time, err error) {
	for _, s := range r.find(camera, 0, 1<<60) {
		days = append(days, models.At(s.From.Std().Truncate(24*time.Hour)))
	}
	return slices.Compact(days), r.refuses
}

func (r *rows) Recorded(context.Context) (map[string]store.Footage, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := map[string]store.Footage{}
	for _, s := range r.segments {
		all[s.Camera] = store.Footage{}
	}
	return all, r.refuses
}

func (r *rows) PutClip(_ context.Context, c models.Clip) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.ask()
	if err == nil {
		r.clips[c.ID] = c
	}
	return err
}

func (r *rows) GrowingClips(context.Context) (growing []models.Clip, err error) {
	for _, c := range r.allClips() {
		if c.To == 0 {
			growing = append(growing, c)
		}
	}
	return growing, r.refuses
}

func (r *rows) allClips() (all []models.Clip) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.clips {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b models.Clip) int { return cmp.Compare(a.From, b.From) })
	return all
}

// feed is a reader that a test fills.
type feed struct {
	mu     sync.Mutex
	units  []*models.AccessUnit
	missed int
	ended  bool
}

func (f *feed) Take(units []*models.AccessUnit) ([]*models.AccessUnit, int, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	units, missed, ended := append(units, f.units...), f.missed, f.ended
	f.units, f.missed, f.ended = nil, 0, false
	return units, missed, ended
}

func (f *feed) Close() {}

// player is a camera: 10 units a second, a key unit every 2 s.
type player struct {
	feed
	sent    uint64
	session uint64
	pts     time.Duration
	gop     uint64
}

func newPlayer() *player { return &player{session: 1, gop: 20} }

// unit is the next one, received now.
func (p *player) unit(now time.Time) *models.AccessUnit {
	u := &models.AccessUnit{Camera: "gate", Codec: models.H264, Session: p.session, Key: p.sent%p.gop == 0, PTS: p.pts, ReceivedAt: now}
	p.sent++
	p.pts += 100 * time.Millisecond
	u.Seq = p.sent
	u.NALUs = [][]byte{append([]byte{0x41, 0x9a, 0x24}, make([]byte, 400)...)}
	if u.Key {
		u.NALUs = [][]byte{{0x67, 0x64, 0x00, 0x0c, 0xac, 0x3b, 0x50, 0xb0, 0x4b, 0x42, 0x00, 0x00, 0x03, 0x00, 0x02, 0x00, 0x00, 0x03, 0x00, 0x3d, 0x08},
			{0x68, 0xce}, append([]byte{0x65, 0x88, 0x84}, make([]byte, 4000)...)}
	}
	return u
}

// play sends for so long, in the test's time.
func (p *player) play(length time.Duration) {
	for range length / (100 * time.Millisecond) {
		u := p.unit(time.Now())
		p.mu.Lock()
		p.units = append(p.units, u)
		p.mu.Unlock()
		time.Sleep(100 * time.Millisecond)
	}
}

// stage is a recorder of one camera in a folder of its own.
type stage struct {
	*Recorder
	t    testing.TB
	dir  string
	disk *soundDisk
	rows *rows
	gate *player
	set  atomic.Int64 // nanoseconds that our clock was set by
	end  func()
}

func newStage(t testing.TB, record models.Recording) *stage {
	s := &stage{t: t, dir: t.TempDir(), disk: &soundDisk{}, rows: newRows(), gate: newPlayer(), end: func() {}}
	s.begin(record)
	return s
}

// begin starts the recorder, as a process that has just been started.
func (s *stage) begin(record models.Recording, open ...models.Event) {
	cfg := DefaultConfig()
	cfg.Dir, cfg.Writers = s.dir, 1
	r, err := New(cfg, Deps{Subscribe: func(string) Reader { return s.gate }, Store: s.rows, Disk: s.disk, Zone: time.UTC,
		Now: s.now}, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	require.NoError(s.t, err)
	require.NoError(s.t, r.Resume(s.t.Context(), open))
	s.Recorder = r
	r.Apply([]models.Camera{{ID: "gate", Area: "street", Record: record}}, []models.Sensor{{ID: "water", Camera: "gate"}})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = r.Run(ctx)
	}()
	s.end = sync.OnceFunc(func() { cancel(); <-done })
	s.t.Cleanup(s.end)
}

// now is what our clock shows.
func (s *stage) now() time.Time { return setBy(time.Now(), time.Duration(s.set.Load())) }

// send lets the camera send for so many seconds, received by our clock.
func (s *stage) send(seconds int) {
	for range seconds * 10 {
		u := s.gate.unit(s.now())
		s.gate.mu.Lock()
		s.gate.units = append(s.gate.units, u)
		s.gate.mu.Unlock()
		time.Sleep(100 * time.Millisecond)
	}
}

// files are those of the footage, by their names.
func (s *stage) files() (all []string) {
	require.NoError(s.t, filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
		if name, _ := filepath.Rel(s.dir, path); err == nil && !d.IsDir() && !strings.HasPrefix(name, ".") {
			all = append(all, name)
		}
		return err
	}))
	return all
}

// agrees checks that folder and index hold the same, each file whole, nothing twice, and so many gaps (-1 = any).
func (s *stage) agrees(gaps int) (units int) {
	s.t.Helper()
	found := s.rows.find("gate", 0, 1<<60)
	var names []string
	last := models.Segment{}
	for _, row := range found {
		names = append(names, row.File())
		file, err := os.Open(filepath.Join(s.dir, row.File()))
		require.NoError(s.t, err)
		is, err := survey(file, models.Segment{Camera: "gate", From: row.From})
		require.NoError(s.t, errors.Join(err, file.Close()))
		require.Equal(s.t, row.Bytes, is.Bytes, row.File())
		require.Equal(s.t, row.Units, is.Units, row.File())
		require.LessOrEqual(s.t, row.To, is.To)
		require.GreaterOrEqual(s.t, row.From, last.To, "footage runs backwards")
		if last.To != 0 && row.From > last.To && gaps >= 0 {
			gaps--
			require.GreaterOrEqual(s.t, gaps, 0, "a gap after %s", last.To)
		}
		last, units = row, units+row.Units
	}
	require.Equal(s.t, s.files(), names)
	require.LessOrEqual(s.t, gaps, 0, "gaps that there should be")
	return units
}

func (s *stage) lost() int { return int(testutil.ToFloat64(s.metrics.lost)) }

// opened is an event that has just been opened.
func opened(id string) models.Event {
	return models.Event{ID: id, Kind: models.Intrusion, State: models.EventOpen, Source: "gate", SourceType: models.FromCamera, OpenedAt: models.At(time.Now()), Revision: 1}
}

func closed(e models.Event) models.Event {
	e.State, e.ClosedAt = models.EventClosed, models.At(time.Now())
	e.Revision++
	return e
}
