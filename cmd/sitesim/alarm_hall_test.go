package main

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/cmd/internal/app"
	"zhihui/configs"
	"zhihui/models"
	"zhihui/models/store"
)

// What two cameras report by themselves, one at its pull point and one beside its stream, becomes alerts and orders of the whole
// hall, soon after it was said.
func TestAlarmsBecomeAlertsAndOrders(t *testing.T) {
	script := alarming(true)
	for _, e := range script.Events {
		e.Camera = "cam-01"
		script.Events = append(script.Events, e)
	}
	s, stop := startSite(t, script)
	defer stop()
	cfg := configs.Default()
	cfg.Store.Dir, cfg.Vision.Off, cfg.Dashboard.Listen = t.TempDir(), true, "127.0.0.1:0"
	cfg.Ingest.Networks = models.Reach{"127.0.0.0/8"}
	kept, err := store.Open(cfg.Store, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	defer kept.Close()
	is := func(id, address string) models.Camera {
		return models.Camera{ID: id, Name: id, Area: "a", URL: "rtsp://" + s.server.addr() + "/" + id, Username: "zhihui", Password: "secret", Alarms: true,
			ONVIF: models.ONVIF{Address: address, Profile: ""},
			Rules: []models.Rule{{Kind: models.LineCrossing, By: models.ByCamera, Severity: models.Orange}}}
	}
	_, err = kept.ApplySite(t.Context(), models.Site{Name: "s", Areas: []models.Area{{ID: "a", Name: "a", Kind: models.Grid}},
		Cameras: []models.Camera{is("cam-01", s.onvif.listener.Addr().String()), is("cam-02", "")}}, "test")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.Run(ctx, "test", cfg, slog.New(slog.DiscardHandler)) }()
	defer func() { cancel(); require.NoError(t, <-ended) }()

	alerts := map[string]models.Alert{}
	require.Eventually(t, func() bool {
		all, _, err := kept.In(store.Whole).Alerts(t.Context(), store.AlertFilter{Kind: models.LineCrossing})
		require.NoError(t, err)
		for _, a := range all {
			alerts[a.Source] = a
		}
		return len(alerts) == 2 && alerts["cam-01"].Order != "" && alerts["cam-02"].Order != ""
	}, 3*patience, 20*time.Millisecond, "%v", alerts)
	for _, a := range alerts {
		require.Equal(t, models.Orange, a.Severity)
		require.Equal(t, models.Facts{By: "camera", Zone: "kerb <1>", Label: "person"}, a.Facts)
		require.Equal(t, "摄像机自行报告：人员越线（规则「kerb <1>」）", a.Why)
	}
	all, _, err := kept.In(store.Whole).Events(t.Context(), store.EventFilter{Kind: models.LineCrossing})
	require.NoError(t, err)
	for _, ev := range all {
		late := (ev.CapturedAt - models.At(s.start.Add(2*time.Second))) % 6000 // by the script each 6 s
		t.Logf("%s was heard %d ms after it was said", ev.Source, late)
		require.Less(t, int64(late), int64(3000))
	}
}
