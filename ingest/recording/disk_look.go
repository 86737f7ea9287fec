package recording

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"zhihui/models"
)

const (
	lookEvery  = time.Second
	stopWithin = time.Second // for a look that the disk does not answer: it is left behind
	probeFile  = ".probe"
	probeBytes = 4 << 10
	probeFull  = 1 << 20 // on a disk that was full: the last free block would mend it for a moment
)

// Run looks at the disk each second until ctx ends. A disk that hangs takes the looks with it, and nothing else.
func (d *Disk) Run(ctx context.Context) error {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			d.lookOnce(ctx)
			select {
			case <-ctx.Done():
			case <-time.After(lookEvery):
			}
		}
		d.leave()
	}()
	<-ctx.Done()
	select {
	case <-ended:
	case <-time.After(stopWithin):
		d.log.Warn("recording: the disk does not answer, a look at it is left behind", "dir", d.dir)
	}
	return ctx.Err()
}

func (d *Disk) lookOnce(ctx context.Context) {
	d.mu.Lock()
	l, op, was := d.health.looks(), d.health.begin(d.now()), d.health.fault.Code
	d.mu.Unlock()
	r, err := d.look(ctx, was)
	if ctx.Err() != nil {
		return
	}
	l.err, l.code = err, codeOf(err)
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	d.health.end(op, now, nil)
	if l.code == "" {
		if d.room = r; r.full(d.starved, was == models.RecordingFull) {
			l.code = models.RecordingFull
		}
	}
	d.health.found(l, now)
	if is := d.health.fault.Code; is != was {
		d.log.Warn("recording: the disk is otherwise", "dir", d.dir, "was", was, "is", is, "error", l.err)
	}
}

// errAway says that the folder is not ours.
var errAway = errors.New("the folder of the recordings is away")

func codeOf(err error) models.CheckCode {
	if errors.Is(err, errAway) || errors.Is(err, fs.ErrNotExist) {
		return models.RecordingAway
	}
	return faultOf(err)
}

// look asks whose the folder is, how much room there is, and, of a disk that has failed, whether it takes a probe.
func (d *Disk) look(ctx context.Context, was models.CheckCode) (r Room, err error) {
	if err := d.claim(ctx); err != nil {
		return r, err
	}
	r, err = d.roomOf()
	if err != nil {
		return r, err
	}
	switch was {
	case "", models.RecordingAway:
		return r, nil
	case models.RecordingFull:
		return r, probe(d.dir, probeFull)
	}
	return r, probe(d.dir, probeBytes)
}

func (d *Disk) roomOf() (r Room, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(d.dir, &s); err != nil {
		return r, err
	}
	size := int64(s.Bsize)
	r = Room{Free: int64(s.Bavail) * size, Total: int64(s.Blocks) * size, WithStore: sameDisk(d.dir, d.storeDir)}
	r.Floor = d.keep.floor(r.Total, r.WithStore)
	return r, nil
}

// measure asks for the room now, between two looks.
func (d *Disk) measure() (r Room, err error) {
	err = d.Do(func() (err error) { r, err = d.roomOf(); return err })
	return r, err
}

// full tells whether the room forbids to write. It may go below the floor while what is old is being deleted, but not below its half;
// once full, it has to be well above: else a disk that stands at its floor would go on and off.
func (r Room) full(starved, was bool) bool {
	switch {
	case was:
		return r.Free < r.Floor+r.Floor/20
	case starved:
		return r.Free < r.Floor
	}
	return r.Free < r.Floor/2
}

// claim makes sure that the folder is ours, and marks it when it is the first.
func (d *Disk) claim(ctx context.Context) error {
	if d.ours() {
		return nil
	}
	d.leave()
	known, err := d.store.FootageFolder(ctx)
	if err != nil {
		return err
	}
	found, err := readFolder(d.dir)
	if err != nil {
		return err
	}
	whose := claimOf(found, known)
	switch whose {
	case claimBegin:
		if err := writeMarker(d.dir, marker{Store: known.Store, Made: models.At(d.now())}); err != nil {
			return err
		}
	case claimOurs:
	default:
		return errors.Join(errAway, whose.fault(d.dir))
	}
	if !known.Begun {
		if err := d.store.BeginFootage(ctx); err != nil {
			return err
		}
	}
	return d.enter()
}

// Ours tells whether the folder is still the one that was found to be ours. Ask it before a file is made: a disk that was unmounted
// since the last look has left an empty folder on another disk.
func (d *Disk) Ours() error {
	if d.ours() {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.health.is(models.RecordingAway, errAway, d.now())
	return sentence(models.RecordingAway)
}

func (d *Disk) ours() bool {
	d.mu.Lock()
	mark := d.mark
	d.mu.Unlock()
	if mark == nil {
		return false
	}
	ours, err := mark.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(filepath.Join(d.dir, markerFile))
	return err == nil && os.SameFile(ours, there)
}

// enter begins a turn of the folder.
func (d *Disk) enter() error {
	mark, err := lockMarker(d.dir)
	if err != nil {
		return errors.Join(errAway, err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mark, d.turn = mark, d.turn+1
	d.log.Info("recording: the folder is ours", "dir", d.dir, "turn", d.turn)
	return nil
}

// leave lets another hall have the folder.
func (d *Disk) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.mark != nil {
		_ = d.mark.Close() // only read from
		d.mark = nil
	}
}

// probe writes a file, brings it to the disk and removes it.
func probe(dir string, size int) error {
	name := filepath.Join(dir, probeFile)
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, size))
	return errors.Join(err, f.Sync(), f.Close(), os.Remove(name))
}

// sameDisk tells whether two folders lie on one file system; of one that cannot be asked it is taken as so, which keeps more free.
func sameDisk(a, b string) bool {
	var of [2]syscall.Stat_t
	for i, dir := range []string{a, b} {
		if syscall.Stat(dir, &of[i]) != nil {
			return true
		}
	}
	return of[0].Dev == of[1].Dev
}
