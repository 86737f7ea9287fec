package recording

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/models"
	"zhihui/models/store"
)

const (
	keepEvery   = 10 * time.Second       // looks for room and for bytes
	ageEvery    = 10 * time.Minute       // looks for age
	keepOnAfter = 100 * time.Millisecond // when there is more to delete
	atOnce      = 100                    // segments of one step: rows, then files
	stepsOfPass = 20                     // then it is asked again what is most urgent
	clipsAtOnce = 200                    // that one pass forgets
	undoneMost  = 100                    // files that cannot be deleted and wait; with more nothing else loses its row
)

// Keeper deletes footage that is too old or too much: the row first, then the file, so that a file that a crash leaves gets its row
// again and is deleted another time. What a clip or a hold covers is not loose, and never touched.
type Keeper struct {
	disk   *Disk
	store  *store.Store
	inHand func(file string) bool
	keep   Keep
	log    *slog.Logger

	metrics *keepMetrics
	undone  []models.Segment // whose rows are gone and whose files could not be deleted
	turn    uint64           // of the disk, for which undone counts
	old     []due            // by age, that is not gone yet
	aged    time.Time        // when age was looked at
	failed  string           // the last fault in the log

	mu      sync.Mutex
	cameras map[string]models.Recording
	edited  bool // since age was looked at
	short   Short
}

// NewKeeper returns a Keeper for the disk's recordings; inHand tells of the files that are being written.
func NewKeeper(disk *Disk, keep Keep, s *store.Store, inHand func(file string) bool, log *slog.Logger, reg prometheus.Registerer) (*Keeper, error) {
	k := &Keeper{disk: disk, store: s, inHand: inHand, keep: keep, log: log}
	var err error
	k.metrics, err = newKeepMetrics(reg)
	return k, err
}

// Apply takes how the cameras of the site are recorded. Before the first nothing is deleted.
func (k *Keeper) Apply(cameras []models.Camera) {
	of := make(map[string]models.Recording, len(cameras))
	for _, c := range cameras {
		of[c.ID] = c.Record
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.cameras, k.edited = of, true
}

// Short tells whether footage was deleted in the last day for want of room, before its time.
func (k *Keeper) Short() Short {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.store.Today().Sub(k.short.At) > shortFor {
		return Short{}
	}
	return k.short
}

// Run deletes what is due until ctx ends. A store or a disk that refuses is asked again with the next look.
func (k *Keeper) Run(ctx context.Context) error {
	return k.disk.untilStopped(ctx, func() {
		for ctx.Err() == nil {
			more, err := k.pass(ctx)
			k.tell(ctx, err)
			wait := keepEvery
			if more && err == nil {
				wait = keepOnAfter
			}
			select {
			case <-ctx.Done():
			case <-time.After(wait):
			}
		}
	})
}

// tell logs a fault once.
func (k *Keeper) tell(ctx context.Context, err error) {
	said := ""
	if err != nil && ctx.Err() == nil {
		said = err.Error()
	}
	if said != "" && said != k.failed {
		k.log.Error("recording: what is too old cannot be deleted", "error", err)
	}
	k.failed = said
}

// pass deletes what is due, the most urgent first and a bounded number of it, and tells whether there is more.
func (k *Keeper) pass(ctx context.Context) (more bool, err error) {
	if k.records() == nil || !k.disk.ours() { // which cameras keep theirs for longer is not known yet, or their files are away
		return false, nil
	}
	if turn := k.disk.Turn(); turn != k.turn { // the comparison gives what is still there its row again
		k.turn, k.undone = turn, nil
	}
	if err := k.unlink(nil); err != nil {
		return false, err
	}
	room, err := k.disk.measure()
	if err != nil {
		return false, err
	}
	recorded, err := k.lookForAge(ctx)
	if err != nil {
		return false, err
	}
	steps, starved := stepsOfPass, false
	for _, d := range append(room.tooFull(), k.keep.tooMuch(recorded, k.records())...) {
		end, err := k.delete(ctx, d, &steps)
		if err != nil {
			return false, err
		}
		starved = starved || d.cause == byFree && end == nothingLeft
	}
	k.disk.starve(starved)
	defer func() { k.metrics.due.Set(float64(len(k.old))) }()
	for len(k.old) > 0 && steps > 0 {
		end, err := k.delete(ctx, k.old[0], &steps)
		if err != nil {
			return false, err
		}
		if end == nothingLeft {
			k.old = k.old[1:]
		}
	}
	return steps == 0, nil
}

// lookForAge forgets clips that are over, so that what they covered is loose, and finds what has reached its age. It returns how much
// there is of each camera.
func (k *Keeper) lookForAge(ctx context.Context) (recorded map[string]store.Footage, err error) {
	now, today := k.disk.now(), k.store.Today()
	if k.wasEdited() { // who wants to keep more is heard while a long deletion is under way
		k.old, k.aged = nil, time.Time{}
	}
	if len(k.old) > 0 || !k.aged.IsZero() && now.Sub(k.aged).Abs() < ageEvery || today == 0 {
		return k.store.Recorded(ctx)
	}
	forgotten, err := k.store.ForgetClips(ctx, today.Add(-k.keep.Clips.Std()), clipsAtOnce)
	if err != nil {
		return nil, err
	}
	if forgotten < clipsAtOnce { // else the next pass goes on
		k.aged = now
	}
	recorded, err = k.store.Recorded(ctx)
	k.old = k.keep.tooOld(recorded, k.records(), today)
	return recorded, err
}

func (k *Keeper) wasEdited() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	was := k.edited
	k.edited = false
	return was
}

func (k *Keeper) records() map[string]models.Recording {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.cameras // replaced as a whole, never changed
}

func (k *Keeper) isOfSite(camera string) bool {
	_, is := k.records()[camera]
	return is
}
