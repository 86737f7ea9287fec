package ingest

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

// Metadata are asked for where a camera's own alarms are wanted and no pull point tells of them, and only there.
func TestWhoseMetadataAreHeard(t *testing.T) {
	teller := rtsptest.Told(t, "vnd.onvif.metadata/90000", nil)
	defer sending(teller.Camera)()
	config := DefaultConfig()
	config.Networks = home
	s := NewSupervisor(config, slog.New(slog.DiscardHandler), prometheus.NewRegistry(), NewHub(config), func(models.CameraStatus) {})
	heard := make(chan string, 1000)
	has := make(chan string, 10)
	s.OnMetadata(func(camera string, document []byte) { heard <- camera + " " + string(document) }, func(camera string, yes bool) { has <- fmt.Sprint(camera, yes) })
	ended := make(chan error, 1)
	go func() { ended <- s.Run(t.Context()) }()
	t.Cleanup(func() { require.NoError(t, <-ended) })
	wants, plain, pulled := teller.Model("wants"), teller.Model("plain"), teller.Model("pulled")
	wants.Alarms, pulled.Alarms, pulled.ONVIF.Address = true, true, "127.0.0.1:1"
	s.Apply([]models.Camera{wants, plain, pulled})
	for _, id := range []string{"wants", "plain", "pulled"} {
		waitFor(t, s, id, models.CameraOnline, 10*time.Second)
	}
	for range 3 {
		teller.Tell([]byte("<tt/>"), 100)
		require.Equal(t, "wants <tt/>", <-heard)
	}
	require.Empty(t, heard)
	require.Equal(t, "wantstrue", <-has)
	require.Empty(t, has)
}

// A camera that has no metadata plays on, and the log says it once.
func TestACameraWithoutMetadataIsToldOnce(t *testing.T) {
	var log bytes.Buffer
	var told []bool
	w := &worker{camera: models.Camera{ID: "gate"}, beside: func(yes bool) { told = append(told, yes) }, log: slog.New(slog.NewTextHandler(&log, nil))}
	for _, yes := range []bool{true, false, false, true, true} {
		w.hear(yes)
	}
	require.Equal(t, []bool{true, false, false, true, true}, told)
	require.Equal(t, 1, bytes.Count(log.Bytes(), []byte("gives no metadata")))
	require.Equal(t, 1, bytes.Count(log.Bytes(), []byte("camera gives metadata")))
}
