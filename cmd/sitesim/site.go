package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"
)

// site is a script made ready to run.
type site struct {
	script  *Script
	server  *server
	onvif   *recorder // nil where the script has none
	sensors []*sensor
	logger  *slog.Logger
	start   time.Time // the moment 0 of the first round
	started time.Time // of the process
}

// newSite makes the cameras and sensors of the script; all are in the order of its cameras. The first round has begun at
// start.
func newSite(script *Script, all []shots, start time.Time, logger *slog.Logger) (*site, error) {
	s := &site{script: script, server: newServer(script.RTSP, logger), logger: logger, start: start, started: time.Now()}
	reels, err := loadReels(all)
	if err != nil {
		return nil, err
	}
	alarms := newBoard()
	for i, c := range script.Cameras {
		cam := newCamera(c, reels[i], start, logger)
		cam.board = alarms
		if c.Listen != "" {
			cam.port = newPort(c.Listen)
			s.server.ports = append(s.server.ports, cam.port)
		}
		s.server.cameras[c.ID] = cam
	}
	if script.ONVIF.Listen != "" && len(script.Cameras) > 0 {
		s.onvif = newRecorder(script, alarms, s.server.port, logger)
	}
	for _, n := range script.Sensors {
		s.sensors = append(s.sensors, newSensor(n, script.Loop.Std(), script.Seed))
	}
	return s, nil
}

// listen opens the cameras' ports. After it, run must be called.
func (s *site) listen() error {
	if len(s.server.cameras) == 0 {
		return nil
	}
	if err := s.server.listen(); err != nil {
		return err
	}
	s.logger.Info("the cameras listen", "address", s.server.addr(), "cameras", len(s.server.cameras))
	if s.onvif != nil {
		return s.onvif.listen()
	}
	return nil
}

// run plays the script until ctx ends, and writes what was sent to the report, "" for none. When it returns nothing of
// it runs any more.
func (s *site) run(ctx context.Context, report string) error {
	group, ctx := errgroup.WithContext(ctx)
	if len(s.server.cameras) > 0 {
		group.Go(func() error { s.server.run(ctx); return nil })
		group.Go(func() error { return direct(ctx, s.script, s.server.cameras, s.start) })
		group.Go(func() error { return s.play(ctx) })
	}
	if s.onvif != nil {
		group.Go(func() error { return s.onvif.run(ctx) })
	}
	if len(s.sensors) > 0 {
		client := newClient(s.script.MQTT, s.logger)
		client.Connect() // tries until it succeeds or Disconnect
		defer client.Disconnect(0)
		for _, n := range s.sensors {
			group.Go(func() error { return n.run(ctx, client, s.start) })
		}
	}
	if report == "" {
		return group.Wait()
	}
	group.Go(func() error { return s.keepReport(ctx, report) })
	return errors.Join(group.Wait(), s.report().write(report))
}

// play lets each camera send a picture every unitPeriod, spread over it as those of real cameras are, until ctx ends; then
// it ends their sessions. It is one goroutine: none of them waits for anything, and a thousand timers cost more.
func (s *site) play(ctx context.Context) error {
	defer s.server.close()
	defer time.Sleep(linger) // what was sent arrives
	var p packer
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	begin, period := time.Now(), unitPeriod/time.Duration(len(s.script.Cameras))
	for n := 0; ; n = pictureAfter(n, time.Since(begin)) {
		for i, c := range s.script.Cameras {
			at := begin.Add(time.Duration(n)*unitPeriod + time.Duration(i)*period)
			if !sleepOn(ctx, timer, at) {
				return nil
			}
			if err := s.server.cameras[c.ID].tick(&p, at, uint32(n)*unitTicks); err != nil {
				return fmt.Errorf("camera %s: %w", c.ID, err)
			}
		}
	}
}

// sleepOn is sleepUntil for somebody who sleeps often.
func sleepOn(ctx context.Context, timer *time.Timer, t time.Time) bool {
	if wait := time.Until(t); wait > 0 {
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
	}
	return ctx.Err() == nil
}

// pictureAfter returns the number of the picture that follows the nth: the next one, or, where the machine slept for more
// than a second, the one of now; those between never were.
func pictureAfter(n int, gone time.Duration) int {
	if now := int(gone / unitPeriod); now > n+pictureRate {
		return now
	}
	return n + 1
}
