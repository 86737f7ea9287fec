package live

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// catchUp sends everything that is new and returns when to ask again.
func (p *page) catchUp(ctx context.Context) (<-chan struct{}, error) {
	for {
		wires, wait, ok := p.news()
		if !ok {
			var err error
			if wires, err = p.history(ctx); err != nil {
				return nil, err
			}
		}
		if len(wires) > 0 {
			if err := p.send(wires...); err != nil {
				return nil, err
			}
		} else if wait != nil {
			return wait, nil
		}
	}
}

// news returns what the feed has in memory for this page; ok is false when the page is farther back than that, and wait is
// nil while there may be more.
func (p *page) news() (wires [][]byte, wait <-chan struct{}, ok bool) {
	f := p.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if p.at < f.floor {
		return nil, nil, false
	}
	i, _ := slices.BinarySearchFunc(f.ring, p.at+1, func(e entry, id int64) int { return int(e.id - id) })
	entries := f.ring[i:min(i+pageSize, len(f.ring))]
	if len(entries) < pageSize {
		wait = f.bell
	}
	sees := f.layout.sees(p.scope)
	wires = p.take(entries, sees)
	batches, n := f.readings.since(p.batch, p.scope, sees)
	p.batch = n
	wires = append(wires, batches...)
	if p.meets {
		people, met := f.presence.since(p.met, sees)
		p.met = met
		wires = append(wires, people...)
	}
	return wires, wait, true
}

// take returns those of the next entries that the page may see; it has come past all of them. To who sees where a thing was and
// where it is now, it was never gone: an editor that is open on it stays open.
func (p *page) take(entries []entry, sees func(area string) bool) (wires [][]byte) {
	for i, e := range entries {
		stays := e.left && i+1 < len(entries) && sees(entries[i+1].area)
		if (e.all || sees(e.area)) && !stays {
			wires = append(wires, e.wire)
		}
		p.at = e.id
	}
	return wires
}

// history reads one page of older changes from the store.
func (p *page) history(ctx context.Context) ([][]byte, error) {
	changes, err := p.feed.store.AllChanges(ctx, p.at, pageSize)
	if err != nil {
		return nil, err
	}
	entries, err := encode(changes)
	if err != nil {
		return nil, err
	}
	p.feed.mu.Lock()
	defer p.feed.mu.Unlock()
	return p.take(entries, p.feed.layout.sees(p.scope)), nil
}

// send writes whole events; a connection that does not take them in writeTimeout is given up. The deadline goes with the message:
// over HTTP/2 one that passes ends the stream, also while nothing is written.
func (p *page) send(wires ...[]byte) error {
	if err := p.rc.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return fmt.Errorf("set a page's deadline: %w", err)
	}
	for _, b := range wires {
		if _, err := p.w.Write(b); err != nil {
			return fmt.Errorf("send to a page: %w", err)
		}
	}
	if err := p.rc.Flush(); err != nil {
		return fmt.Errorf("send to a page: %w", err)
	}
	if err := p.rc.SetWriteDeadline(time.Time{}); err != nil {
		return fmt.Errorf("take a page's deadline away: %w", err)
	}
	return nil
}

// message is one Server-Sent Event; id 0 is none.
func message(event string, id int64, v any) ([]byte, error) {
	b, err := json.Marshal(v) // without line breaks
	if err != nil {
		return nil, fmt.Errorf("put %T into JSON: %w", v, err)
	}
	head := "event: " + event + "\n"
	if id != 0 {
		head += fmt.Sprintf("id: %d\n", id)
	}
	return fmt.Appendf(nil, "%sdata: %s\n\n", head, b), nil
}
