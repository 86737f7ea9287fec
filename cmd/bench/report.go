package main

import (
	"encoding/json"
	"os"
	"slices"
	"time"
)

// report is what the simulator says of itself, see its Report.
type report struct {
	Started int64             `json:"started"` // Unix milliseconds: the moment 0 of the script's first round
	Cameras []cameraReport    `json:"cameras"`
	Sensors []json.RawMessage `json:"sensors"`
}

type cameraReport struct {
	ID       string `json:"id"`
	Sent     int64  `json:"sent"`
	Sessions int64  `json:"sessions"`
	Overflow int64  `json:"overflow"`
	LastAt   int64  `json:"last_at"` // of its newest unit, Unix milliseconds
	BackAt   int64  `json:"back_at"` // Unix milliseconds
}

func readReport(path string) (report, error) {
	var r report
	text, err := os.ReadFile(path)
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(text, &r)
}

func (r report) start() time.Time { return time.UnixMilli(r.Started) }

// sent returns how many units each camera has sent.
func (r report) sent() map[string]int64 {
	all := map[string]int64{}
	for _, c := range r.Cameras {
		all[c.ID] = c.Sent
	}
	return all
}

// redials returns how often some cameras were played again since before, when nobody had left them: what they would have
// sent meanwhile is in no other figure.
func (r report) redials(cameras []string, before report) (n int64) {
	then := map[string]int64{}
	for _, c := range before.Cameras {
		then[c.ID] = c.Sessions
	}
	for _, c := range r.Cameras {
		if slices.Contains(cameras, c.ID) {
			n += max(c.Sessions-then[c.ID]-1, 0)
		}
	}
	return n
}

// playing tells how many cameras have been played at least so many times.
func (r report) playing(sessions int64) int {
	n := 0
	for _, c := range r.Cameras {
		if c.Sessions >= sessions {
			n++
		}
	}
	return n
}

// joined tells whether each of some cameras has been played once more than before.
func (r report) joined(cameras []reading, before report) bool {
	count := func(r report) map[string]int64 {
		all := map[string]int64{}
		for _, c := range r.Cameras {
			all[c.ID] = c.Sessions
		}
		return all
	}
	then, now := count(before), count(r)
	return !slices.ContainsFunc(cameras, func(c reading) bool { return now[c.id] <= then[c.id] })
}
