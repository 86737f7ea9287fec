package main

import (
	"context"
	"encoding/json"
	"os"
	"time"
)

const reportPeriod = time.Second

// Report says what was sent, so that a reader can count what it lost.
type Report struct {
	Started int64          `json:"started"` // Unix milliseconds
	Cameras []CameraReport `json:"cameras"`
	Sensors []SensorReport `json:"sensors"`
}

// CameraReport is about one camera since the start. See camera for what Sent means.
type CameraReport struct {
	ID       string `json:"id"`
	Sent     uint64 `json:"sent"`     // access units
	Sessions uint64 `json:"sessions"` // sessions that came to play
	Overflow uint64 `json:"overflow"` // packets that were lost here, because a reader was too slow to take them
	Headless uint64 `json:"headless"` // units of Sent that came before the first keyframe of their session
	Sound    uint64 `json:"sound"`    // frames of sound that went to at least one reader
	LiveAt   int64  `json:"live_at"`  // when a reader last began to play, Unix milliseconds; 0 = never
	LastAt   int64  `json:"last_at"`  // when the newest unit was sent, likewise
	BackAt   int64  `json:"back_at"`  // when the mode last went back to play, likewise
}

// SensorReport is about one sensor since the start.
type SensorReport struct {
	ID   string `json:"id"`
	Sent uint64 `json:"sent"` // publications
}

func (s *site) report() Report {
	r := Report{Started: s.started.UnixMilli(), Cameras: []CameraReport{}, Sensors: []SensorReport{}}
	for _, c := range s.script.Cameras {
		r.Cameras = append(r.Cameras, s.server.cameras[c.ID].report())
	}
	for _, n := range s.sensors {
		r.Sensors = append(r.Sensors, SensorReport{ID: n.ID, Sent: n.sent.Load()})
	}
	return r
}

// write replaces the file at once, so that nobody reads half a report.
func (r Report) write(path string) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// keepReport writes the report every second until ctx ends.
func (s *site) keepReport(ctx context.Context, path string) error {
	for next := time.Now(); sleepUntil(ctx, next); next = next.Add(reportPeriod) {
		if err := s.report().write(path); err != nil {
			return err
		}
	}
	return nil
}
