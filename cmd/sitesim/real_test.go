package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// ffmpeg, a reader that is not ours, must log in by Digest and decode real footage without a complaint.
func TestFFmpegReadsRealFootage(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed: install Debian's package ffmpeg")
	}
	cameras := []Camera{{ID: "cam-01", Clips: []Clip{{File: "tree.avi", Crop: []float64{0.2, 0.2, 0.7, 0.6}}}}}
	folders := footageFolders([]string{filepath.Join("..", "..", "..", "shared", "footage")})
	if _, _, err := findClip("cam-01", cameras[0].Clips, folders); err != nil {
		t.Skip(err)
	}
	maker := studio{cache: t.TempDir(), folders: folders, out: &bytes.Buffer{}}
	all, err := maker.prepare(t.Context(), cameras)
	require.NoError(t, err)
	script := &Script{
		Loop:    Span(time.Hour),
		RTSP:    RTSP{Listen: "127.0.0.1:0", Username: "zhihui", Password: "secret"},
		Cameras: cameras,
	}
	s, err := newSite(script, all, time.Now(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.NoError(t, s.listen())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- s.run(ctx, "") }()

	limit, stop := context.WithTimeout(t.Context(), 2*patience)
	defer stop()
	url := fmt.Sprintf("rtsp://zhihui:secret@%s/cam-01", s.server.addr())
	out, err := exec.CommandContext(limit, "ffmpeg", "-nostdin", "-v", "error", "-rtsp_transport", "tcp", "-i", url,
		"-frames:v", "12", "-f", "framemd5", "-").CombinedOutput()
	require.NoError(t, err, string(out))
	pictures := 0
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "#") {
			require.Contains(t, line, fmt.Sprint(pictureWidth*pictureHeight*3/2), "a whole picture, and no complaint")
			pictures++
		}
	}
	require.Equal(t, 12, pictures)
	cancel()
	require.NoError(t, <-done)
	require.GreaterOrEqual(t, s.report().Cameras[0].Sent, uint64(12))
}
