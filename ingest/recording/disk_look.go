package recording

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"zhihui/models"
)

const (
	lookEvery  = time.Second
	stopWithin = time.Second // for what waits for the disk
	probeFile  = ".probe"
	probeBytes = 4 << 10
	probeFull  = 1 << 20 // on a disk that was full: the last free block would mend it for a moment
)

// Run looks at the disk each second until ctx ends. A disk that hangs takes the looks with it, and nothing else.
func (d *Disk) Run(ctx context.Context) error {
	return d.untilStopped(ctx, func() {
		for ctx.Err() == nil {
			d.lookOnce(ctx)
			select {
			case <-ctx.Done():
			case <-time.After(lookEvery):
			}
		}
		d.leave()
	})
}

// untilStopped runs what ends soon after ctx, and leaves it behind when the disk does not let it end.
func (d *Disk) untilStopped(ctx context.Context, run func()) error {
	ended := make(chan struct{})
	go func() { defer close(ended); run() }()
	<-ctx.Done()
	select {
	case <-ended:
	case <-time.After(stopWithin):
		d.log.Warn("recording: the disk does not answer, what waits for it is left behind", "dir", d.dir)
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

// codeOf tells what a look has found.
func codeOf(err error) models.CheckCode {
	switch code := faultOf(err); {
	case err == nil, code != "" && !errors.Is(err, errAway):
		return code
	case errors.Is(err, errAway), errors.Is(err, fs.ErrNotExist):
		return models.RecordingAway
	}
	return models.RecordingRefuses
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
