package playback

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/pmp4"

	"zhihui/models"
	"zhihui/models/mp4"
)

// Bounds of a film that is taken away. Its form counts bytes by 32 bits.
const (
	MaxExport  = 2 * time.Hour
	maxBytes   = 3_500_000_000
	maxSamples = 1_000_000 // some 200 MiB of memory for their places
	maxExports = 2         // at the same time
	maxFiles   = 1000
	late       = 2 * time.Second // sound may lie so far behind its picture
)

// Export is a span of footage as one film; it must be closed.
type Export struct {
	From, To models.Time // what it shows
	library  *Library
	reels    []*reel
	zero     models.Time // time 0 of the tracks: what was asked for
	video    track
	sound    track
}

// track is one track of the film.
type track struct {
	pmp4.Track
	says  string // its coding
	begin int64  // of the first sample, in ticks since the export's zero
	last  int64  // of the last one
	lost  bool   // the part before was left out
	bytes int64
}

// Close closes the files and lets the next one export.
func (e *Export) Close() error {
	<-e.library.exports
	return shut(e.reels)
}

// Export finds the footage of a camera in [from, to). Invalid errors say what cannot be one film, and from when.
func (l *Library) Export(ctx context.Context, camera string, from, to models.Time) (*Export, error) {
	if to <= from || to.Sub(from) > MaxExport {
		return nil, models.FieldError("to", "write a time after `from`, %v later at most", MaxExport)
	}
	select {
	case l.exports <- struct{}{}:
	default:
		return nil, models.Errorf(models.TooMany, "%d films are being taken out already: wait until one is done", maxExports)
	}
	e := &Export{From: from, To: to, library: l, zero: from}
	if err := e.gather(ctx, camera); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

func (e *Export) gather(ctx context.Context, camera string) error {
	all, err := e.library.segments(ctx, camera, e.From-early, e.To, maxFiles+1)
	if err != nil {
		return err
	}
	if len(all) > maxFiles {
		return models.Errorf(models.Invalid, "this footage lies in more than %d pieces: ask for a shorter span", maxFiles)
	}
	for _, s := range all {
		r, err := e.library.load(s)
		if err != nil {
			return err
		}
		if r == nil {
			continue
		}
		e.reels = append(e.reels, r)
		if err := errors.Join(e.check(r), e.take(r)); err != nil {
			return err
		}
		e.library.judge(r)
	}
	if len(e.video.Samples) == 0 {
		return nothing(e.From, 0)
	}
	e.trim()
	return nil
}

// check takes over the reel's codings, which are the same through all of a film; where there is no sound it is silent.
func (e *Export) check(r *reel) error {
	var init fmp4.Init
	if err := init.Unmarshal(bytes.NewReader(r.walk.Header.Init)); err != nil {
		return fmt.Errorf("%s: %w", r.File(), err)
	}
	for i, t := range init.Tracks {
		own := []*track{&e.video, &e.sound}[i]
		says := fmt.Sprintf("%d %+v", t.TimeScale, t.Codec)
		if own.Codec != nil && own.says != says {
			return models.Errorf(models.Invalid, "the camera's coding changes at %s: take out what is before that and what is after as two films", r.From)
		}
		own.ID, own.TimeScale, own.Codec, own.says = t.ID, t.TimeScale, t.Codec, says
	}
	return nil
}

// take collects the samples of one more file.
func (e *Export) take(r *reel) error {
	for r.walk.Next() {
		p := &r.walk.Part
		if p.Track == mp4.Video && r.at(p.At, mp4.Ticks) >= e.To.Add(late) {
			return nil
		}
		own := &e.video
		if p.Track == mp4.Sound {
			own = &e.sound
		}
		at, media := int64(r.From-e.zero)*int64(own.TimeScale)/1000+p.At, p.Offset+int64(p.Head)
		if p.Key() && at+int64(p.Entries[0].Offset) <= 0 {
			own.Samples, own.bytes = nil, 0
		}
		if own.again(p, at) {
			continue
		}
		for _, s := range p.Entries {
			if e.shows(own, at, s) {
				own.add(r, at, media, s)
			}
			at, media = at+int64(s.Length), media+int64(s.Size)
		}
		if len(e.video.Samples)+len(e.sound.Samples) > maxSamples || e.video.bytes+e.sound.bytes > maxBytes {
			return models.Errorf(models.Invalid, "this is more than %d bytes or %d pictures: ask for a shorter span", int64(maxBytes), maxSamples)
		}
	}
	return nil
}

// again tells whether a part is of a time that is in the film already, as after our clock was set back: the first file counts, and
// then the next from a key picture on.
func (t *track) again(p *mp4.Part, at int64) bool {
	drift := int64(t.TimeScale) * int64(overlap) / 1000
	if t.lost {
		drift = 0
	}
	t.lost = len(t.Samples) > 0 && at < t.last-drift || t.lost && p.Track == mp4.Video && !p.Key()
	return t.lost
}

// shows tells whether a sample is needed: pictures from a key picture on, sound of the span alone.
func (e *Export) shows(own *track, at int64, s mp4.Entry) bool {
	if at*1000 >= int64(e.To-e.zero)*int64(own.TimeScale) {
		return false
	}
	if own == &e.video {
		return s.Key || len(own.Samples) > 0
	}
	return at+int64(s.Length) > 0
}

// add puts a sample behind the others; the one before lasts until then.
func (t *track) add(r *reel, at, media int64, s mp4.Entry) {
	if n := len(t.Samples); n > 0 {
		at = max(at, t.last+1)
		t.Samples[n-1].Duration = uint32(at - t.last)
	} else {
		t.begin = at
	}
	file, size := r.file, s.Size
	t.Samples = append(t.Samples, &pmp4.Sample{Duration: max(1, s.Length), PTSOffset: s.Offset, IsNonSyncSample: !s.Key, PayloadSize: size,
		GetPayload: func() ([]byte, error) {
			b := make([]byte, size)
			_, err := file.ReadAt(b, media)
			return b, err
		}})
	t.last, t.bytes = at, t.bytes+int64(size)
}
