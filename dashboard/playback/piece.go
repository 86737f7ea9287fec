package playback

import (
	"bytes"
	"context"
	"errors"
	"time"

	"zhihui/models"
	"zhihui/models/mp4"
)

// Want is a piece of footage that somebody asks for.
type Want struct {
	Camera string
	From   models.Time   // it begins with the key picture at or before that
	For    time.Duration // it ends before so much later
	Origin models.Time   // what is time 0 of its fragments; 0 = where it begins
	Keys   bool          // key pictures alone
	Every  time.Duration // with Keys: at most one each so long
	Silent bool          // without sound
}

func (w Want) until() models.Time { return w.From.Add(w.For) }

// overlap is by how much a file may begin before the end of the one before, as clocks drift.
const overlap models.Time = 2000

// early is how much sooner a picture may be decoded than shown: by that time files are found.
const early models.Time = 1000

// Bounds of pieces: of how many files one is made at most, as a camera that flaps has many short ones, and how many are sent at the
// same time, each of which has its files open.
const (
	maxReels  = 16
	maxPieces = 256
)

// Nothing says that there is no footage where somebody asks for it.
type Nothing struct {
	error
	Next models.Time // when there is some again, 0 = not yet
}

// Unwrap returns the sentence as a models.Error.
func (n *Nothing) Unwrap() error { return n.error }

func nothing(at, next models.Time) *Nothing {
	return &Nothing{models.Errorf(models.NotFound, "there is no footage of this camera at %s", at), next}
}

// Piece is footage that is ready to be sent; it must be closed.
type Piece struct {
	MIME string
	From models.Time // of its first picture
	To   models.Time // where the next piece begins

	library *Library
	reels   []*reel
	parts   []part
}

// part is one part of a piece: bytes that are sent as they are, and media that follow them out of a file.
type part struct {
	reel  *reel
	head  []byte
	track uint32
	begin int64 // in ticks of its track since the reel's From
	media int64 // where in the file
	size  int64
	key   bool
	shown models.Time // of a key part: when its picture is shown
}

// Close closes the files, and lets another piece be sent.
func (p *Piece) Close() error {
	<-p.library.pieces
	return shut(p.reels)
}

// Piece finds the piece that is wanted. A *Nothing says where there is none, an Invalid error that the origin lies behind it.
func (l *Library) Piece(ctx context.Context, want Want) (*Piece, error) {
	select {
	case l.pieces <- struct{}{}:
	default:
		return nil, models.Errorf(models.Unavailable, "so much footage is being sent already that no more can be at this moment")
	}
	p := &Piece{library: l}
	if err := p.find(ctx, want); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *Piece) find(ctx context.Context, want Want) error {
	all, err := p.library.segments(ctx, want.Camera, want.From-early, want.until(), maxReels)
	if err != nil {
		return err
	}
	if err := p.gather(all, want); err != nil {
		return err
	}
	if p.To > want.until() {
		p.cut(want.From)
	}
	switch {
	case len(p.parts) == 0 || p.To <= want.From:
		next, err := p.library.next(ctx, want.Camera, want.until())
		if err != nil {
			return err
		}
		return nothing(want.From, next)
	case p.parts[0].reel.From-want.From >= seam:
		return nothing(want.From, p.parts[0].reel.From)
	}
	if want.Keys {
		p.thin(want.Every)
	}
	return p.place(want)
}

// gather collects parts from the key part at or before want.From to the last key part before want.until(), or to where they end.
func (p *Piece) gather(all []models.Segment, want Want) error {
	for _, s := range all {
		r, err := p.library.load(s)
		if err != nil {
			return err
		}
		if r == nil {
			continue // a gap
		}
		p.reels = append(p.reels, r)
		if len(p.parts) > 0 && r.From > want.From && p.To-r.From > overlap {
			continue // our clock was set back: both tell of the same time, and one is enough
		}
		if len(p.parts) > 0 && !p.follows(r) {
			if p.To > want.From {
				return nil
			}
			p.parts = nil // it was over before
		}
		if p.take(r, want) {
			return nil
		}
		p.library.judge(r)
	}
	return nil
}

// follows tells whether a file goes on from the parts so far.
func (p *Piece) follows(r *reel) bool {
	return r.walk.Header.MIME == p.parts[0].reel.walk.Header.MIME && r.From-p.To < seam
}

// take collects the parts of one more file, and tells whether the piece is at its end.
func (p *Piece) take(r *reel, want Want) (done bool) {
	for r.walk.Next() {
		at := &r.walk.Part
		if at.Track == mp4.Video && r.at(at.At, mp4.Ticks) >= want.until() {
			p.end(r, at, want)
			return true
		}
		next := part{reel: r, track: at.Track, begin: at.At, key: at.Key(), media: at.Offset + int64(at.Head), size: at.Size - int64(at.Head)}
		if next.key {
			if next.shown = r.at(at.At+int64(at.Entries[0].Offset), mp4.Ticks); next.shown <= want.From {
				p.parts = p.parts[:0]
			}
		}
		if len(p.parts) == 0 && !next.key {
			continue
		}
		if at.Track == mp4.Video {
			p.To = r.at(at.At+at.Length, mp4.Ticks)
		}
		if want.Keys && !next.key || want.Silent && at.Track == mp4.Sound {
			continue
		}
		next.head = bytes.Clone(r.walk.Head())
		if first := at.Entries[0]; want.Keys {
			next.size, next.head = int64(first.Size), mp4.AppendHead(nil, 0, mp4.Video, 0, []mp4.Entry{first})
		}
		p.parts = append(p.parts, next)
	}
	return false
}

// end ends the piece where the next part begins, if that is a key part, or else before the last one.
func (p *Piece) end(r *reel, next *mp4.Part, want Want) {
	if next.Key() && len(p.parts) > 0 {
		p.To = r.at(next.At+int64(next.Entries[0].Offset), mp4.Ticks)
		return
	}
	p.cut(want.From)
}

// cut ends the piece before its last key part, where that is not the first one: the next piece begins with it.
func (p *Piece) cut(from models.Time) {
	for i := len(p.parts) - 1; i > 0; i-- {
		if p.parts[i].key && p.parts[i].shown > from {
			p.To, p.parts = p.parts[i].shown, p.parts[:i]
			return
		}
	}
}
