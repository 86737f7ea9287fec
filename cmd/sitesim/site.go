package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"
)

// site is a script made ready to run.
type site struct {
	script  *Script
	server  *server
	sensors []*sensor
	logger  *slog.Logger
	start   time.Time // the moment 0 of the first round
}

// newSite makes the cameras and sensors of the script; all are in the order of its cameras. The first round has begun at
// start.
func newSite(script *Script, all []shots, start time.Time, logger *slog.Logger) (*site, error) {
	s := &site{script: script, server: newServer(script.RTSP), logger: logger, start: start}
	reels, err := loadReels(all)
	if err != nil {
		return nil, err
	}
	for i, c := range script.Cameras {
		cam, err := newCamera(c, reels[i], start, &s.server.rtsp, logger)
		if err != nil {
			return nil, err
		}
		s.server.cameras[c.ID] = cam
	}
	for _, n := range script.Sensors {
		s.sensors = append(s.sensors, newSensor(n, script.Loop.Std(), script.Seed))
	}
	return s, nil
}

// listen opens the cameras' port. After it, run must be called.
func (s *site) listen() error {
	if len(s.server.cameras) == 0 {
		return nil
	}
	if err := s.server.start(); err != nil {
		return err
	}
	s.logger.Info("the cameras listen", "address", s.server.addr.String(), "cameras", len(s.server.cameras))
	return nil
}

// run plays the script until ctx ends, and writes what was sent to the report, "" for none. When it returns nothing of
// it runs any more.
func (s *site) run(ctx context.Context, report string) error {
	group, ctx := errgroup.WithContext(ctx)
	begin := time.Now()
	if len(s.server.cameras) > 0 {
		defer s.server.rtsp.Close()
		group.Go(func() error { return direct(ctx, s.script, s.server.cameras, s.start) })
	}
	for i, c := range s.script.Cameras { // spread over the period of a picture, as real cameras are
		delay := unitPeriod * time.Duration(i) / time.Duration(len(s.script.Cameras))
		group.Go(func() error { return s.server.cameras[c.ID].run(ctx, begin.Add(delay)) })
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
