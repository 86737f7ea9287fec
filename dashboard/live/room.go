package live

import (
	"context"
	"log/slog"
	"sync"

	"zhihui/models"
	"zhihui/models/mp4"
)

// UnitReader gives the units of one camera in order. Next waits for one; it may leave units out, which Seq shows, but
// goes on at a key unit. An error means that no more will come.
type UnitReader interface {
	Next(ctx context.Context) (*models.AccessUnit, error)
	Close()
}

// group is a group of pictures: a key picture and what hangs on it. Whoever stands in an old group keeps it and its
// followers in memory, but no longer than it may stand there (writeTimeout).
type group struct {
	header  *mp4.Header
	parts   []*fragment
	bytes   int
	headCut bool // too big, the beginning is given up: nobody can enter here
	next    *group
}

// maxGroup bounds what is kept for who comes in the middle of a group.
const maxGroup = 8 << 20

// room is one camera that somebody looks at: each unit is muxed once for all viewers.
type room struct {
	cancel  context.CancelFunc
	viewers int // guarded by Rooms.mu

	mu     sync.Mutex
	newest *group
	err    error         // why no more will come
	bell   chan struct{} // closed at the next fragment or error
}

// cursor is where one viewer stands.
type cursor struct {
	group *group
	i     int
}

// run muxes what comes until ctx or the reader ends.
func (r *room) run(ctx context.Context, units UnitReader, log *slog.Logger) {
	defer units.Close()
	m := newMuxer()
	for {
		u, err := units.Next(ctx)
		if err != nil {
			r.end(err)
			return
		}
		part, err := m.add(u)
		if err != nil {
			log.Debug("live: a unit cannot be shown", "camera", u.Camera, "unit", u.Seq, "error", err)
		}
		if part != nil {
			r.push(m.film.Header(), part, u.Key)
		}
	}
}

func (r *room) push(h *mp4.Header, part *fragment, key bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case key:
		r.follow(&group{header: h})
	case r.newest.bytes > maxGroup:
		r.follow(&group{header: h, headCut: true})
	}
	r.newest.parts = append(r.newest.parts, part)
	r.newest.bytes += len(part.bytes)
	close(r.bell)
	r.bell = make(chan struct{})
}

func (r *room) follow(g *group) {
	if r.newest != nil {
		r.newest.next = g
	}
	r.newest = g
}

func (r *room) end(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
	close(r.bell)
	r.bell = make(chan struct{})
}

// next returns the fragment at the cursor and moves on; nil when there is none yet, then wait says when to ask again.
// skipped tells that the viewer was too slow and has lost the rest of its group.
func (r *room) next(c *cursor) (part *fragment, skipped bool, wait <-chan struct{}, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.group != nil && c.group.next != nil && c.group.next.next != nil { // a whole group behind
		c.group, skipped = nil, true
	}
	if c.group == nil {
		if r.newest == nil || r.newest.headCut {
			return nil, skipped, r.bell, r.err
		}
		c.group, c.i = r.newest, 0
	}
	if c.i == len(c.group.parts) && c.group.next != nil {
		c.group, c.i = c.group.next, 0
	}
	if c.i == len(c.group.parts) {
		return nil, skipped, r.bell, r.err
	}
	c.i++
	return c.group.parts[c.i-1], skipped, nil, nil
}
