package onvif

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"zhihui/models"
)

const (
	lostAfter  = time.Minute // without a word, of a device that was heard
	retryFirst = 2 * time.Second
	retryMost  = time.Minute
	retryNever = 30 * time.Minute       // of a device that has no events: somebody may switch them on
	steady     = 10 * time.Second       // of a subscription that lasted so long the end begins a new outage
	pullEvery  = 100 * time.Millisecond // at least between two pulls that brought something, …
	emptyEvery = time.Second            // … and nothing: some devices answer at once, whatever they are asked to wait
)

// ear listens to one device. Its run is the only goroutine that tells of its cameras.
type ear struct {
	*Listener
	origin  origin
	cameras []models.Camera
	cancel  context.CancelFunc
	done    chan struct{}

	// Of run alone:
	heard    time.Time // when the device answered last; zero = it was told that it is lost, or it was never heard
	failures int
	told     Reason // of the outage
}

// run listens until ctx ends.
func (e *ear) run(ctx context.Context) {
	for ctx.Err() == nil {
		err := e.once(ctx)
		if errors.Is(err, errOver) { // that is no failure
			sleep(ctx, emptyEvery)
			continue
		}
		if ctx.Err() != nil {
			return
		}
		e.failures++
		reason := reasonOf(err)
		e.note(reason, e.cameras...)
		if reason != e.told {
			e.told = reason
			e.log.Warn("what cameras report by themselves is not heard", "device", e.origin.address, "cameras", len(e.cameras), "reason", string(reason), "error", err)
		}
		e.rest(ctx, retryAfter(e.told, e.failures, rand.Float64(), e.settings.AuthRetry))
	}
}

// retryAfter is the pause before a device is asked again, after so many failures in a row (1, 2 …). jitter, 0…1, spreads the
// devices of a switch that returns by ±25 %. One that refuses is asked rarely: devices lock out who tries too often.
func retryAfter(reason Reason, failures int, jitter float64, authRetry time.Duration) time.Duration {
	switch reason {
	case AuthRefused, AuthNeeded:
		return authRetry
	case NoEvents, OutOfReach:
		return retryNever
	}
	pause := min(retryFirst<<min(failures-1, 16), retryMost)
	return time.Duration(float64(pause) * (0.75 + jitter/2))
}

// rest waits, and tells in time that nothing is heard.
func (e *ear) rest(ctx context.Context, pause time.Duration) {
	if left := lostAfter - e.now().Sub(e.heard); !e.heard.IsZero() && left < pause {
		left = max(left, 0)
		sleep(ctx, left)
		if ctx.Err() != nil {
			return
		}
		e.heard, pause = time.Time{}, pause-left
		for _, c := range e.cameras {
			e.hears.Lost(c.ID)
		}
	}
	sleep(ctx, pause)
}

// once subscribes and listens until the subscription is lost. The error is never nil.
func (e *ear) once(ctx context.Context) error {
	p, err := e.greet(ctx)
	if err != nil {
		return err
	}
	defer p.leave(ctx)
	e.note("", e.cameras...)
	e.count.subscriptions.Inc()
	defer e.count.subscriptions.Dec()
	since := e.now()
	for {
		began := e.now()
		all, err := p.pull(ctx)
		if err != nil {
			return err
		}
		e.heard = e.now()
		if e.failures > 0 && e.heard.Sub(since) >= steady {
			e.failures, e.told = 0, ""
			e.log.Info("what cameras report by themselves is heard again", "device", e.origin.address, "cameras", len(e.cameras))
		}
		e.give(p, all)
		least := emptyEvery
		if len(all) > 0 {
			least = pullEvery
		}
		sleep(ctx, least-e.now().Sub(began))
	}
}

// greet subscribes, when it is the device's turn.
func (e *ear) greet(ctx context.Context) (*pullPoint, error) {
	select {
	case e.greeted <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-e.greeted }()
	base, err := baseOf(e.origin.address)
	if err != nil {
		return nil, &fault{OutOfReach, err}
	}
	c := newClient(base, e.origin.username, e.origin.password, e.settings.Networks, e.now)
	p, err := subscribe(ctx, c)
	if err != nil {
		c.http.CloseIdleConnections()
	}
	return p, err
}

// give hands each alarm to the cameras that it is about.
func (e *ear) give(p *pullPoint, all []notification) {
	reports, ignored := reportsOf(all, models.At(e.now()))
	e.count.notifications.WithLabelValues(toldNothing).Add(float64(ignored))
	for _, r := range reports {
		outcome := toldElsewhere
		for _, c := range e.cameras {
			if len(e.cameras) == 1 && len(p.lenses) == 0 || p.isAbout(r, c.ONVIF.Profile) {
				outcome, r.Camera = toldAlarm, c.ID
				e.hears.Alarm(r.Alarm)
			}
		}
		e.count.notifications.WithLabelValues(outcome).Inc()
	}
}
