package onvif

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"zhihui/models"
)

const (
	lingers      = refusedFor       // a head without work stays for so long, with what it knows
	presetsFresh = 30 * time.Second // by then the presets are read again for who asks
	farewell     = 2 * time.Second  // for the last stop, when the hall closes
)

// swivel is a camera that turns: a kept mount, or a test's.
type swivel interface {
	do(context.Context, models.PTZAct) error
	list(context.Context) ([]models.Preset, error)
	close()
}

// head speaks with one camera: one question at a time, and one order that waits, see give.
type head struct {
	camera    string
	on        swivel
	log       *slog.Logger
	next      chan order // one place; the turner's Run alone puts into it
	dismissed chan struct{}
	known     atomic.Pointer[[]models.Preset] // nil = never read

	motion motion // from here on of run alone
	read   time.Time
	unread Reason // why they could not be read then, "" = they were
}

func newHead(camera string, on swivel, log *slog.Logger) *head {
	return &head{camera: camera, on: on, log: log, next: make(chan order, 1), dismissed: make(chan struct{})}
}

// give puts an order into the one place. It does not wait.
func (h *head) give(o order) {
	select {
	case waiting := <-h.next:
		switch yieldOf(waiting.act.Action, o.act.Action) {
		case waitingYields:
			waiting.done <- h.answer("")
		case waitingFails:
			waiting.done <- h.answer(Busy)
		case freshYields:
			o.done <- h.answer("")
			o = waiting
		case freshFails:
			o.done <- h.answer(Busy)
			o = waiting
		}
	default:
	}
	h.next <- o
}

func (h *head) answer(why Reason) models.PTZ {
	var presets []models.Preset
	if p := h.known.Load(); p != nil {
		presets = *p
	}
	return answerOf(h.camera, presets, why)
}

// run obeys until ctx ends or it is dismissed, for which it asks when it has been idle for a while. It leaves no camera moving.
func (h *head) run(ctx context.Context, idle chan<- *head) {
	defer h.rest(ctx)
	timer := time.NewTimer(lingers)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.dismissed:
			return
		case o := <-h.next:
			o.done <- h.answer(h.obey(ctx, o))
		case <-timer.C:
			switch {
			case len(h.next) > 0: // it may be the repeat
			case h.motion.moving():
				h.halt(ctx)
			default:
				select {
				case idle <- h:
				case <-ctx.Done():
				}
			}
		}
		timer.Reset(h.motion.wait(time.Now()))
	}
}

// obey does what an order says, or says why not.
func (h *head) obey(ctx context.Context, o order) (why Reason) {
	switch o.act.Action {
	case "":
		return h.look(ctx)
	case models.PTZMove:
		if time.Since(o.at) >= lease { // who asked for it may be gone: it must not begin now
			return Busy
		}
	}
	why = h.reasonOf(h.on.do(ctx, o.act))
	h.motion = h.motion.after(o.act.Action, o.at, why)
	if why == "" && h.unread != "" { // it is there again
		h.read, h.unread = time.Time{}, ""
	}
	if why == "" && (o.act.Action == models.PTZSetPreset || o.act.Action == models.PTZRemovePreset) {
		h.list(ctx) // the act itself is done, whatever comes of this
	}
	return why
}

// look reads the presets, where what is known is not enough. A camera that moves is not kept from its stop by it.
func (h *head) look(ctx context.Context) Reason {
	if h.known.Load() != nil && h.motion.moving() || time.Since(h.read) < presetsFresh {
		return h.unread
	}
	return h.list(ctx)
}

func (h *head) list(ctx context.Context) Reason {
	presets, err := h.on.list(ctx)
	if err == nil {
		h.known.Store(&presets)
	}
	h.read, h.unread = time.Now(), h.reasonOf(err)
	return h.unread
}

// halt stops a camera whose person says no more.
func (h *head) halt(ctx context.Context) {
	err := h.on.do(ctx, models.PTZAct{Action: models.PTZStop})
	if h.motion = h.motion.halted(time.Now(), err == nil); err != nil && !h.motion.moving() {
		h.log.Error("onvif: a camera that was turned does not stop when it is told", "camera", h.camera, "error", err)
	}
}

// rest stops the camera, if it moves, and hangs up.
func (h *head) rest(ctx context.Context) {
	defer h.on.close()
	if !h.motion.moving() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	if err := h.on.do(ctx, models.PTZAct{Action: models.PTZStop}); err != nil {
		h.log.Error("onvif: a camera that was turned is not known to have stopped", "camera", h.camera, "error", err)
	}
}

func (h *head) reasonOf(err error) Reason {
	if err == nil {
		return ""
	}
	h.log.Debug("onvif: a camera does not do what was asked", "camera", h.camera, "error", err)
	return reasonOf(err)
}
