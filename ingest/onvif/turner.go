package onvif

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"zhihui/models"
)

// Turner turns the cameras of the site for people. Each camera that is turned has a head, a goroutine of its own for as long as
// that goes on.
type Turner struct {
	camera   func(id string) (models.Camera, bool)
	networks models.Reach
	log      *slog.Logger
	orders   chan order
	idle     chan *head
	ended    chan struct{}
}

// order is what somebody asks of a camera: an act, or with no action only what its presets are.
type order struct {
	camera string
	act    models.PTZAct
	at     time.Time
	done   chan models.PTZ // takes the one answer without waiting
}

// NewTurner returns a turner of the cameras that camera finds by their ids, with their credentials. It dials no address outside
// of the networks. Run turns them.
func NewTurner(camera func(id string) (models.Camera, bool), networks models.Reach, log *slog.Logger) *Turner {
	return &Turner{camera: camera, networks: networks, log: log, orders: make(chan order), idle: make(chan *head), ended: make(chan struct{})}
}

// Run turns cameras until ctx ends, and returns nil. Before it does, it has told every camera that moved to stop.
func (t *Turner) Run(ctx context.Context) error {
	heads := map[string]*head{}
	var group sync.WaitGroup
	defer group.Wait()
	defer close(t.ended)
	for {
		select {
		case <-ctx.Done():
			return nil
		case o := <-t.orders:
			h := heads[o.camera]
			if h == nil {
				h = newHead(o.camera, &kept{camera: t.named(o.camera), networks: t.networks}, t.log)
				heads[o.camera] = h
				group.Go(func() { h.run(ctx, t.idle) })
			}
			h.give(o)
		case h := <-t.idle:
			if len(h.next) == 0 { // nobody else gives it any
				delete(heads, h.camera)
				close(h.dismissed)
			}
		}
	}
}

// named finds a camera; one that was removed just now has no address, and its head says so.
func (t *Turner) named(id string) func() models.Camera {
	return func() models.Camera { c, _ := t.camera(id); return c }
}

// Presets is what the camera of that id knows by name, as of 30 s ago at most, or while it moves as it was known before. Why it
// does not tell, or did not when it was last asked, is in the answer.
func (t *Turner) Presets(ctx context.Context, camera string) models.PTZ {
	return t.Turn(ctx, camera, models.PTZAct{})
}

// Turn asks a camera for an act and returns when it has taken it, with the presets that it has then. Why it does not do it is in the
// answer. Of movements that wait for the one under way the newest counts; the others are answered as if they had been done.
func (t *Turner) Turn(ctx context.Context, camera string, act models.PTZAct) models.PTZ {
	o := order{camera: camera, act: act, at: time.Now(), done: make(chan models.PTZ, 1)}
	select {
	case t.orders <- o:
	case <-ctx.Done():
		return answerOf(camera, nil, Busy)
	case <-t.ended:
		return answerOf(camera, nil, Busy)
	}
	select {
	case p := <-o.done:
		return p
	case <-ctx.Done():
	case <-t.ended:
	}
	return answerOf(camera, nil, Busy)
}

// answerOf is what a person is told; no reason is that all went well.
func answerOf(camera string, presets []models.Preset, why Reason) models.PTZ {
	p := models.PTZ{Camera: camera, Presets: presets, Code: string(why)}
	if presets == nil {
		p.Presets = []models.Preset{}
	}
	if why != "" {
		p.Reason = why.Sentence()
	}
	return p
}
