package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestReportWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.json")
	want := Report{
		Started: 7,
		Cameras: []CameraReport{{ID: "cam-01", Sent: 12, Sessions: 2, Overflow: 1, Headless: 3, Sound: 6, LiveAt: 8, LastAt: 10, BackAt: 9}},
		Sensors: []SensorReport{{ID: "water", Sent: 5}},
	}
	require.NoError(t, want.write(path))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.JSONEq(t, `{"started":7,"cameras":[{"id":"cam-01","sent":12,"sessions":2,"overflow":1,"headless":3,"sound":6,"live_at":8,"last_at":10,"back_at":9}],"sensors":[{"id":"water","sent":5}]}`,
		string(text))
	require.NoFileExists(t, path+".new")
	require.Error(t, want.write(filepath.Join(path, "below a file")))
}

func TestKeepReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "report.json")
		s, err := newSite(&Script{Sensors: []Sensor{{ID: "water"}}}, nil, time.Time{}, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.keepReport(ctx, path) }()
		for n := range uint64(3) {
			synctest.Wait()
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			var r Report
			require.NoError(t, json.Unmarshal(text, &r))
			require.Equal(t, n, r.Sensors[0].Sent)
			s.sensors[0].sent.Add(1)
			time.Sleep(reportPeriod)
		}
		cancel()
		require.NoError(t, <-done)
	})
}
