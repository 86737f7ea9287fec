package ingest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"zhihui/ingest/rtsp"
	"zhihui/models"
)

// town is a player of many cameras, each by its own nature, with the times that real ones take.
type town struct {
	mu       sync.Mutex
	nature   map[string]string    // by camera: "" plays
	born     map[string]time.Time // begin of each camera's GOPs, one a second
	greeting int                  // cameras being greeted now
	most     int                  // and at most
	starts   []time.Time
	live     map[string]time.Time // the first key unit of the newest stream
}

func (p *town) be(nature string, cameras ...models.Camera) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range cameras {
		p.nature[c.ID] = nature
		delete(p.live, c.ID)
	}
}

func (p *town) of(c models.Camera) (nature string, born time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.nature[c.ID], p.born[c.ID]
}

// seen is what has happened so far.
func (p *town) seen() (starts []time.Time, live map[string]time.Time, most int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.starts), maps.Clone(p.live), p.most
}

const (
	handshake = 250 * time.Millisecond // of a small camera that asks for Digest
	gop       = time.Second
)

func (p *town) Probe(ctx context.Context, c models.Camera) error {
	switch nature, _ := p.of(c); nature {
	case "refuses":
		return &rtsp.Fault{Reason: rtsp.Refused}
	case "is a hole":
		return wait(ctx, 1100*time.Millisecond, rtsp.NoAnswer)
	case "is mute":
		return wait(ctx, 1100*time.Millisecond, rtsp.Silent)
	case "babbles":
		return &rtsp.Fault{Reason: rtsp.Garbage}
	}
	return wait(ctx, handshake/5, "")
}

func wait(ctx context.Context, d time.Duration, reason rtsp.Reason) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
	}
	if reason == "" {
		return nil
	}
	return &rtsp.Fault{Reason: reason}
}

func (p *town) Run(ctx context.Context, c models.Camera, sink rtsp.Sink) error {
	nature, born := p.of(c)
	p.mu.Lock()
	p.starts = append(p.starts, time.Now())
	p.greeting++
	p.most = max(p.most, p.greeting)
	p.mu.Unlock()
	greeted := sync.OnceFunc(func() { p.mu.Lock(); p.greeting--; p.mu.Unlock() })
	defer greeted()
	if nature != "" {
		defer time.AfterFunc(greetMost-time.Millisecond, greeted).Stop() // its place is not its own from then on
		switch nature {
		case "refuses", "babbles", "is a hole":
			return p.Probe(ctx, c)
		case "hangs up":
			return wait(ctx, handshake, rtsp.Ended)
		}
		return hang(ctx) // mute, or answers OPTIONS and nothing else
	}
	if err := wait(ctx, handshake, ""); err != nil {
		return err
	}
	greeted()
	sink.Playing(models.TransportTCP)
	var phase time.Duration
	for first := true; ; first = false { // in the middle of a GOP, as real cameras begin
		phase = gop - time.Since(born)%gop
		if err := wait(ctx, phase, ""); err != nil {
			return err
		}
		if nature, _ := p.of(c); nature != "" {
			if nature == "refuses" {
				return &rtsp.Fault{Reason: rtsp.Ended}
			}
			return hang(ctx)
		}
		if first {
			p.mu.Lock()
			p.live[c.ID] = time.Now()
			p.mu.Unlock()
		}
		sink.Unit(&models.AccessUnit{Camera: c.ID, Key: true, ReceivedAt: time.Now(), NALUs: [][]byte{{1}}})
	}
}

// newTown is a stage with a town of n cameras.
func newTown(t *testing.T, n int) (*stage, *town, []models.Camera) {
	p := &town{nature: map[string]string{}, born: map[string]time.Time{}, live: map[string]time.Time{}}
	var cameras []models.Camera
	for i := range n {
		c := camera(fmt.Sprintf("c%04d", i), 1)
		cameras = append(cameras, c)
		p.born[c.ID] = time.Now().Add(-time.Duration(i) * 7919 * time.Millisecond)
	}
	st := newStage(t, nil)
	st.player = p
	return st, p, cameras
}

func (st *stage) count(state models.CameraState) int {
	return int(testutil.ToFloat64(st.Supervisor.count.cameras.WithLabelValues(string(state))))
}
