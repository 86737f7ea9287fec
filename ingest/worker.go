package ingest

import (
	"cmp"
	"context"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
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
	places *places       // shared by all workers
	open   func() uint64 // number of the next session
	count  *metrics
	report func(models.CameraState, rtsp.Reason)
	again  chan struct{} // a token ends the pause before the next try
	wait   time.Duration // before the first try

	metadata func(document []byte) // takes what comes beside the video; nil = nobody wants it
	beside   func(yes bool)        // with metadata: whether there is any

	// Of run alone:
	outage   outage
	shorts   int              // streams in a row that did not last: nobody wants to read of each
	doubtful bool             // at the last try the camera's greeting took too long and led to nothing
	lastUnit time.Time        // of all its streams; zero = never
	way      models.Transport // by which the newest stream was played, of the goroutine that plays it
	deaf     bool             // it lets nobody have its metadata; of that goroutine, too
	silent   bool             // the next one is asked for its picture alone
}

// run plays the camera until ctx ends.
func (w *worker) run(ctx context.Context) {
	w.report(models.CameraConnecting, "")
	w.pause(ctx, w.wait)
	for ctx.Err() == nil {
		w.settle()
		began := time.Now()
		err := w.runOnce(ctx)
		for err != nil && ctx.Err() == nil {
			w.pause(ctx, retryAfter(w.config, rtsp.ReasonOf(err), w.outage.failures, rand.Float64(), time.Since(began)))
			began = time.Now()
			err = w.probe(ctx)
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

// probesMost is how many probes without an answer are believed, about five minutes of them: a camera may be too slow for a
// probe and still play. The try that follows keeps a camera that is only mute from being seen to return, so it is rare.
const probesMost = 256

// probe looks whether it is worth to play the camera again; nil = yes.
func (w *worker) probe(ctx context.Context) error {
	w.count.probes.Inc()
	err := w.player.Probe(ctx, w.camera)
	if err == nil || ctx.Err() != nil {
		return err
	}
	w.fail(err)
	w.doubtful = rtsp.ReasonOf(err) == rtsp.Silent && w.outage.failures%probesMost == 0
	if w.doubtful {
		return nil
	}
	return err
}

// fail notes the failure of a try and tells of it. A camera that is unsteady stays so until a try has given nothing.
func (w *worker) fail(err error) {
	fresh := w.outage.fail(rtsp.ReasonOf(err), time.Now())
	if fresh {
		w.log.Warn("camera gives no stream", "camera", w.camera.ID, "reason", string(w.outage.told), "error", err)
	}
	w.report(stateOf(w.outage.told), w.outage.told)
}

// runOnce plays the camera once. The error is never nil; it has been told.
func (w *worker) runOnce(parent context.Context) (err error) {
	began := time.Now()
	place, err := w.places.take(parent, w.doubtful)
	if err != nil {
		return err
	}
	defer place.leave()
	w.count.tries.Inc()
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	s := &stream{start: time.Now(), news: make(chan struct{}, 2)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err = w.player.Run(ctx, w.camera, s.sink(w, place.leave))
	}()
	if dead := w.watch(s, ended, began); dead != nil {
		w.lose(s, dead) // told before the connection is closed, which may take its time
		cancel(dead)
		<-ended
		err = dead
	} else if parent.Err() == nil {
		w.lose(s, err)
	}
	w.doubtful = place.late.Load() && s.pulse.units.Load() == 0
	w.hub.Rest(w.camera.ID)
	return err
}

// lose judges a stream that has ended and tells of it.
func (w *worker) lose(s *stream, err error) {
	v := s.pulse.read(time.Since(s.start), 0, beats{})
	w.silent = v.allUnits == 0 && s.sounds.Load() // it may be the sound that keeps the picture away
	if v.allUnits == 0 {
		w.fail(err)
		return
	}
	w.settle()
	w.lastUnit = s.start.Add(v.lastUnit)
	if v.lastKey > 0 {
		w.count.noticed.Observe((v.now - v.lastUnit).Seconds())
	}
	if v.lastUnit >= steady {
		w.outage, w.shorts = outage{}, 0
	} else {
		w.shorts++
	}
	if w.shorts < shortsMost || rtsp.ReasonOf(err) == rtsp.Silent {
		w.fail(err)
		return
	}
	w.outage.fail(rtsp.ReasonOf(err), time.Now())
	w.report(models.CameraDegraded, unsteady)
}

// watch reports the stream's state until it has ended, and returns why it is given up when nothing comes.
func (w *worker) watch(s *stream, ended <-chan struct{}, began time.Time) error {
	live := false
	silence := w.config.Silence.Std()
	var seen beats
	next := w.patience(2 * silence)
	timer := time.NewTimer(next)
	defer timer.Stop()
	for {
		look := time.Now().Add(next)
		select {
		case <-ended:
			return nil
		case <-s.news:
		case <-timer.C:
		}
		seen = s.pulse.read(time.Since(s.start), time.Since(look), seen)
		if seen.lastKey > 0 && !live {
			live = true
			w.count.live.Observe(time.Since(began).Seconds())
			w.say()
		}
		if w.shorts > 0 && seen.lastUnit >= steady {
			w.shorts = 0
			w.say()
		}
		state, reason, after := judge(seen, silence)
		if state == models.CameraOffline {
			return &rtsp.Fault{Reason: reason}
		}
		w.tell(seen, state, reason)
		next = after
		timer.Reset(next)
	}
}

// tell reports what a look at a stream has found. While it is connecting, an earlier failure stays what a person sees.
func (w *worker) tell(seen beats, state models.CameraState, reason rtsp.Reason) {
	breaksOff := w.shorts >= shortsMost
	switch {
	case state == models.CameraConnecting:
		if breaksOff && seen.lastKey == 0 && time.Since(w.lastUnit) >= w.config.Silence.Std() {
			w.report(stateOf(w.outage.told), w.outage.told)
		}
	case state == models.CameraOnline && breaksOff:
		w.report(models.CameraDegraded, unsteady)
	default:
		w.report(state, reason)
	}
}

// patience is how long to wait for the first unit before looking: an unsteady camera, of which no failure has been told
// yet, is told to be offline as soon after its last unit as any other.
func (w *worker) patience(most time.Duration) time.Duration {
	if w.shorts < shortsMost {
		return most
	}
	return min(most, max(0, w.config.Silence.Std()-time.Since(w.lastUnit)))
}

// say tells that the camera plays, of one whose streams were short not before it stays.
func (w *worker) say() {
	if w.shorts == 0 {
		w.log.Info("camera plays", "camera", w.camera.ID)
	}
}

// hear notes whether the camera lets its metadata be had, and logs when that is otherwise than before.
func (w *worker) hear(yes bool) {
	switch {
	case yes && w.deaf:
		w.log.Info("camera gives metadata", "camera", w.camera.ID)
	case !yes && !w.deaf:
		w.log.Warn("camera gives no metadata: what it reports by itself is not heard", "camera", w.camera.ID)
	}
	w.deaf = !yes
	w.beside(yes)
}

// stream is one connection of a camera.
type stream struct {
	start time.Time
	pulse pulse
	news  chan struct{} // a token for the first unit and one for the first key unit: there is something to tell

	sounds atomic.Bool // the camera has agreed to send its sound, too
}

// sink takes the stream's units on its reading goroutine.
func (s *stream) sink(w *worker, greeted func()) rtsp.Sink {
	session := w.open()
	sink := rtsp.Sink{
		Playing: func(way models.Transport) {
			greeted()
			if asked := cmp.Or(w.camera.Transport, models.TransportTCP); way != asked && way != w.way {
				w.log.Warn("camera is played another way than it should be", "camera", w.camera.ID, "asked", asked, "way", way)
			}
			w.way = way
		},
		Unit: func(u *models.AccessUnit) {
			u.Session = session
			w.count.units.Inc()
			w.hub.Publish(u)
			if s.pulse.beat(time.Since(s.start), u.Key) {
				s.news <- struct{}{} // never waits
			}
		},
		Lost: func(n int) {
			w.count.lost.Add(float64(n))
			s.pulse.lost.Add(int64(n))
			w.hub.Lose(w.camera.ID, n)
		},
		Metadata: w.metadata, Hears: w.hear,
	}
	return s.listen(w, sink)
}

// listen lets a sink ask for the sound, where that is kept.
func (s *stream) listen(w *worker, sink rtsp.Sink) rtsp.Sink {
	switch {
	case !listens(w.camera):
		w.hub.Hear(w.camera.ID, nil)
	case w.silent:
		sink.Open = func(found models.SoundMeasure) {
			if found.Kept {
				found.Kept, found.Code = false, models.SoundRefused
			}
			w.hub.Hear(w.camera.ID, &found)
		}
	default:
		sink.Sound = func(found models.SoundMeasure) {
			s.sounds.Store(s.sounds.Load() || found.Kept)
			w.hub.Hear(w.camera.ID, &found)
		}
		sink.Unheard = func(n int) { w.count.unheard.Add(float64(n)) }
	}
	return sink
}
