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

// ffmpeg, a reader that is not ours, must log in by Digest and decode real footage without a complaint, whichever codec.
func TestFFmpegReadsRealFootage(t *testing.T) {
	cameras := []Camera{
		{ID: "cam-264", Clips: []Clip{{File: "tree.avi", Crop: []float64{0.2, 0.2, 0.7, 0.6}, Length: seconds(4)}}, Encoding: Encoding{Night: true}},
		{ID: "cam-265", Clips: []Clip{{File: "tree.avi", Length: seconds(4)}}, Encoding: Encoding{Codec: CodecH265, Rate: 384, GOP: Span(2 * time.Second)}},
	}
	folders := footageFolders([]string{filepath.Join("..", "..", "..", "shared", "footage")})
	for _, c := range cameras {
		needEncoder(t, c.Encoding)
		if _, _, err := findClip(c.ID, c.Clips, folders); err != nil {
			t.Skip(err)
		}
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
	for _, c := range cameras {
		ffmpegReads(t, fmt.Sprintf("rtsp://zhihui:secret@%s/%s", s.server.addr(), c.ID))
	}
	cancel()
	require.NoError(t, <-done)
	for _, c := range s.report().Cameras {
		require.GreaterOrEqual(t, c.Sent, uint64(12), c.ID)
	}
}

func ffmpegReads(t *testing.T, url string) {
	t.Helper()
	limit, stop := context.WithTimeout(t.Context(), 2*patience)
	defer stop()
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
}
