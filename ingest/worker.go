package ingest

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"zhihui/ingest/rtsp"
	"zhihui/models"
)

// player is what plays a camera: rtsp.Source, or a test's own.
type player interface {
	// Run plays until the stream or ctx ends; the error names the reason.
	Run(ctx context.Context, camera models.Camera, sink rtsp.Sink) error
	// Probe tells cheaply whether the camera is there at all.
	Probe(ctx context.Context, camera models.Camera) error
}

// worker keeps one camera playing. Its run is the only goroutine that reports the camera's status, so the reports are in
// order; the stream's reading goroutine only counts and publishes.
type worker struct {
	camera models.Camera
	config Config
	player player
	hub    *Hub
	log    *slog.Logger
	greet  chan struct{} // a free place is needed while a camera is greeted; shared by all workers
	open   func() uint64 // number of the next session
	count  *metrics
	report func(models.CameraState, rtsp.Reason)
	again  chan struct{} // a token ends the pause before the next try
	flaps  bool          // the stream before this one was short: nobody wants to read of each
}

// steady is how long a stream must have lasted for its end to begin a new row of failures. A camera that gives a picture
// and hangs up, again and again, is tried no more often, and logged no more, than one that gives none.
const steady = 10 * time.Second

// run plays the camera until ctx ends.
func (w *worker) run(ctx context.Context) {
	w.report(models.CameraConnecting, "")
	failures := 0
	var last rtsp.Reason
	for ctx.Err() == nil {
		w.settle()
		began := time.Now()
		played, err := w.runOnce(ctx)
		w.flaps = played && time.Since(began) < steady
		if played {
			w.settle()
		}
		if played && !w.flaps {
			failures, last = 0, ""
		}
		for err != nil {
			if ctx.Err() != nil {
				return
			}
			failures++
			reason := rtsp.ReasonOf(err)
			if reason != last {
				w.log.Warn("camera gives no stream", "camera", w.camera.ID, "reason", string(reason), "error", err)
			}
			last = reason
			w.report(stateOf(reason), reason)
			w.pause(ctx, retryAfter(w.config, reason, failures, rand.Float64()))
			err = w.player.Probe(ctx, w.camera)
		}
	}
}

// settle forgets an edit that a try or a playing stream has answered already, so that it does not cut a later pause.
func (w *worker) settle() {
	select {
	case <-w.again:
	default:
	}
}

func (w *worker) pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-w.again:
	}
}

// greetMost is how long a camera may hold a place among those greeted: one that never answers must not keep the others
// waiting.
const greetMost = time.Second

// runOnce plays the camera once. played tells whether any unit came; the error is never nil.
func (w *worker) runOnce(ctx context.Context) (played bool, err error) {
	select {
	case w.greet <- struct{}{}:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	greeted := sync.OnceFunc(func() { <-w.greet })
	defer greeted()
	defer time.AfterFunc(greetMost, greeted).Stop()

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s := &stream{start: time.Now(), first: make(chan struct{})}
	ended := make(chan error, 1)
	go func() { ended <- w.player.Run(ctx, w.camera, s.sink(w)) }()
	err = w.watch(s, ended, cancel, greeted)
	w.hub.Rest(w.camera.ID)
	return s.pulse.units.Load() > 0, err
}

// watch reports the stream's state until it has ended, and ends it when nothing comes.
func (w *worker) watch(s *stream, ended <-chan error, cancel context.CancelCauseFunc, greeted func()) error {
	first := s.first
	var seen vitals
	timer := time.NewTimer(2 * w.config.Silence.Std())
	defer timer.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-first:
			first = nil
			greeted()
			w.say()
		case <-timer.C:
		}
		seen = s.pulse.read(time.Since(s.start), seen)
		if w.flaps && seen.lastUnit >= steady {
			w.flaps = false
			w.say()
		}
		state, reason, next := judge(seen, w.config.Silence.Std())
		switch state {
		case models.CameraOffline:
			cancel(&rtsp.Fault{Reason: reason})
			return <-ended
		case models.CameraConnecting: // an earlier failure stays what a person sees until a unit comes
		default:
			w.report(state, reason)
		}
		timer.Reset(next)
	}
}

// say tells that the camera plays, of one that flaps not before it stays.
func (w *worker) say() {
	if !w.flaps {
		w.log.Info("camera plays", "camera", w.camera.ID)
	}
}

// stream is one connection of a camera.
type stream struct {
	start time.Time
	pulse pulse
	first chan struct{} // closed with the first unit
}

// sink takes the stream's units on its reading goroutine.
func (s *stream) sink(w *worker) rtsp.Sink {
	session := w.open()
	return rtsp.Sink{
		Unit: func(u *models.AccessUnit) {
			u.Session = session
			w.count.units.Inc()
			w.hub.Publish(u)
			s.pulse.beat(time.Since(s.start), u.Key)
			if s.pulse.units.Load() == 1 {
				close(s.first)
			}
		},
		Lost: func(n int) {
			w.count.lost.Add(float64(n))
			s.pulse.lost.Add(int64(n))
			w.hub.Lose(w.camera.ID, n)
		},
	}
}
