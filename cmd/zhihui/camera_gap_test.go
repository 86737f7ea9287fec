//go:build !race

// The test looks at the real binary, which the race detector does not watch: once is enough.

package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

// measures are how the hall sees its cameras, by id.
func (h *hall) measures() map[string]models.CameraMeasure {
	var page struct{ Items []models.CameraMeasure }
	require.Equal(h.t, http.StatusOK, h.call(http.MethodGet, "/measures", "", &page), "%s", h.tail())
	found := map[string]models.CameraMeasure{}
	for _, m := range page.Items {
		found[m.Camera] = m
	}
	return found
}

// TestRunningStreamsHaveNoGapWhileOthersAreImported: sixteen cameras play; beside them 1,043 are added, changed and taken back by
// the shell. Every picture that the sixteen have sent is there, and none was dialled again.
func TestRunningStreamsHaveNoGapWhileOthersAreImported(t *testing.T) {
	const running, more = 16, 1043
	h := newHall(t)
	s := shell{t, h.dir}
	var cameras [running]*rtsptest.Raw
	sheet := "id,name,area,url\n"
	for i := range cameras {
		cameras[i] = rtsptest.NewRaw(t, rtsptest.Play)
		sheet += fmt.Sprintf("play-%d,p,street,%s\n", i, cameras[i].Model("").URL)
	}
	code, said := s.run("", "camera", "import", s.config(), s.file("running.csv", sheet))
	require.Equal(t, 0, code, said)
	h.start()
	h.logIn()
	h.until("they all play", 20*time.Second, func() bool { return len(h.measures()) == running })
	dials := int64(0)
	for _, c := range cameras {
		dials += c.Dials()
	}

	others := "编号,名称,区域,地址\n"
	away := freeAddress(t)
	for i := range more {
		others += fmt.Sprintf("away-%d,摄像机 %[1]d,street,rtsp://%s/%[1]d\n", i, away)
	}
	begun := time.Now()
	code, said = s.run("", "camera", "import", s.config(), s.file("others.csv", others))
	require.Equal(t, 0, code, said)
	require.Contains(t, said, fmt.Sprintf("%d added", more))
	t.Logf("%d cameras were imported beside %d that play in %s", more, running, time.Since(begun).Round(time.Millisecond))
	h.follows("away-1042", "refused")
	code, _ = s.run("", "camera", "import", s.config(), s.file("others.csv", strings.ReplaceAll(others, "摄像机", "球机")))
	require.Equal(t, 0, code)
	code, back := s.run("", "camera", "undo", s.config(), undoOf(t, said), "--partial")
	require.Equal(t, 0, code)
	require.Contains(t, back, "43 faults more", "they were edited since")

	for _, c := range cameras {
		c.Hold()
	}
	time.Sleep(rtsptest.Interval) // by the promise of Hold
	sent := [running]int64{}
	for i, c := range cameras {
		sent[i] = c.Sent()
	}
	require.Eventually(t, func() bool {
		seen := h.measures()
		for i := range cameras {
			if seen[fmt.Sprint("play-", i)].Units != sent[i] {
				return false
			}
		}
		return true
	}, 3*time.Second, 10*time.Millisecond, "accepted %+v, sent %v", h.measures(), sent)
	again := int64(0)
	for i, c := range cameras {
		require.Zero(t, h.measures()[fmt.Sprint("play-", i)].Lost)
		again += c.Dials()
	}
	require.Equal(t, dials, again, "none was dialled again")
	h.kill()
}

// follows waits until the hall knows a camera, and why it gives nothing.
func (h *hall) follows(camera, code string) {
	h.t.Helper()
	h.until(camera+" is "+code, 30*time.Second, func() bool {
		var v models.CameraView
		return h.call(http.MethodGet, "/cameras/"+camera, "", &v) == http.StatusOK && v.Code == code
	})
}
