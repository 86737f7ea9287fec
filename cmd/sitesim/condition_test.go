package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"zhihui/detect"
	"zhihui/ingest"
	"zhihui/models"
)

// watched is a site of real footage whose cameras are read and judged as the hall does it.
type watched struct {
	t    *testing.T
	site *site
	mu   sync.Mutex
	said []models.Event
}

func (w *watched) publish(_ context.Context, ev models.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said = append(w.said, ev)
	return nil
}

// newest returns the last message of a camera about a kind, zero when there is none.
func (w *watched) newest(camera string, kind models.EventKind) (ev models.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.said {
		if e.Source == camera && e.Kind == kind {
			ev = e
		}
	}
	return ev
}

// opened counts the events of a camera of a kind.
func (w *watched) opened(camera string, kind models.EventKind) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.said {
		if e.Source == camera && e.Kind == kind && e.Revision == 1 {
			n++
		}
	}
	return n
}

func (w *watched) run(f func(context.Context) error) {
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan error, 1)
	go func() { done <- f(ctx) }()
	w.t.Cleanup(func() {
		cancel()
		require.NoError(w.t, <-done)
	})
}

// watch simulates the cameras, each able to go wrong in its mode, and reads and judges them by their rules. look says who looks
// at their pictures; nil = nobody.
func watch(t *testing.T, simulated []fault, look func(*detect.Config, *detect.Deps)) *watched {
	t.Helper()
	folders := footageFolders([]string{filepath.Join("..", "..", "..", "shared", "footage")})
	script := &Script{Loop: Span(time.Hour), RTSP: RTSP{Listen: "127.0.0.1:0", Username: "zhihui", Password: "secret"}}
	for _, f := range simulated {
		c := f.camera
		needEncoder(t, c.Encoding)
		if _, _, err := findClip(c.ID, c.Clips, folders); err != nil {
			t.Skip(err)
		}
		script.Cameras = append(script.Cameras, c)
	}
	script.settle()
	for i, f := range simulated {
		script.Cameras[i].turns = f.do.variants()
	}
	maker := studio{cache: t.TempDir(), folders: folders, out: &bytes.Buffer{}}
	all, err := maker.prepare(t.Context(), script.Cameras)
	require.NoError(t, err)
	log := slog.New(slog.DiscardHandler)
	w := &watched{t: t}
	w.site, err = newSite(script, all, time.Now(), log)
	require.NoError(t, err)
	require.NoError(t, w.site.listen())
	w.run(func(ctx context.Context) error { return w.site.run(ctx, "") })

	read := ingest.DefaultConfig()
	read.Networks = models.Reach{"127.0.0.0/8"}
	hub := ingest.NewHub(read)
	cfg, deps := detect.DefaultConfig(), detect.Deps{Publish: w.publish}
	if look != nil {
		deps.Newest = hub.Newest
		look(&cfg, &deps)
	}
	engine, err := detect.New(cfg, deps, log, prometheus.NewRegistry())
	require.NoError(t, err)
	var cameras []models.Camera
	for i, c := range script.Cameras {
		cameras = append(cameras, models.Camera{ID: c.ID, URL: "rtsp://" + w.site.server.addr() + "/" + c.ID, Username: "zhihui", Password: "secret", Rules: simulated[i].rules})
	}
	require.NoError(t, engine.Apply(cameras, nil))
	supervisor := ingest.NewSupervisor(read, log, prometheus.NewRegistry(), hub, engine.CameraStatus)
	supervisor.Apply(cameras)
	w.run(engine.Run)
	w.run(func(ctx context.Context) error { return hub.Run(ctx, engine.StreamVital) })
	w.run(supervisor.Run)
	return w
}

// fault is what goes wrong with a camera, what must come of it and how soon; kind "" is nothing.
type fault struct {
	camera Camera
	do     Mode
	kind   models.EventKind
	after  time.Duration // that it has played
	within time.Duration
	lasts  time.Duration // at least
	rules  []models.Rule
}

// streamFaults begin when it is known what is usual, and last for so long that another kind would come of them, too. Those which
// take longest to be over do neither: there is nothing to know before the one, and the other is quick to begin.
func streamFaults() []fault {
	clip := func(from float64) []Clip {
		return []Clip{{File: "vtest.avi", From: seconds(from), Length: seconds(12)}}
	}
	const soon, usual, while = 10 * time.Second, 15 * time.Second, 30 * time.Second
	two := Span(2 * time.Second)
	return []fault{
		{camera: Camera{ID: "well", Clips: clip(0)}, do: ModePlay},
		{camera: Camera{ID: "night", Clips: clip(0), Encoding: Encoding{QP: 34, Night: true}}, do: ModePlay},
		{Camera{ID: "rate", Clips: clip(0), Encoding: Encoding{Rate: 384, GOP: two}}, ModeFreeze, models.CameraFrozen, usual, soon, while, nil},
		{Camera{ID: "quality", Clips: clip(12), Encoding: Encoding{QP: 28}}, ModeFreeze, models.CameraFrozen, usual, soon, while, nil},
		{Camera{ID: "h265", Clips: clip(12), Encoding: Encoding{Codec: CodecH265, Rate: 384, GOP: two}}, ModeFreeze, models.CameraFrozen, usual, soon, while, nil},
		{Camera{ID: "leaks", Clips: clip(0)}, ModeLeak, models.CameraLoss, usual, soon, while, nil},
		{Camera{ID: "thin", Clips: clip(0)}, ModeThin, models.CameraLowRate, usual, 20 * time.Second, while, nil},
		{Camera{ID: "keyless", Clips: clip(0)}, ModeKeyless, models.CameraNoKeyframes, time.Second, 34 * time.Second, while, nil},
		{Camera{ID: "fast", Clips: clip(0)}, ModeSkew, models.CameraClockSkew, usual, 8 * time.Second, 0,
			[]models.Rule{{Kind: models.CameraClockSkew, Dwell: models.Duration(3 * time.Second)}}},
	}
}

// course is how a fault went.
type course struct {
	began time.Time
	over  time.Duration // from its mending until that was told
}

// A camera of each fault: its event opens in its time and closes by itself, nobody else's opens, and no event is of
// another kind than its fault.
func TestWhatIsWrongWithAStreamIsAnEvent(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes more than a minute of real time")
	}
	t.Parallel()
	faults := streamFaults()
	w := watch(t, faults, nil)
	w.allGoWrong(faults, streamKinds(), "conditions-stream.txt")
}

// allGoWrong lets each fault go its way, and holds what came of it against what had to.
func (w *watched) allGoWrong(faults []fault, kinds []models.EventKind, report string) {
	var all sync.WaitGroup
	courses := make([]course, len(faults))
	for i, f := range faults {
		if f.kind != "" {
			all.Go(func() { courses[i] = w.goesWrong(f) })
		}
	}
	all.Wait()
	w.tell(faults, courses, kinds, report)
	for _, f := range faults {
		for _, kind := range kinds {
			want := 0
			if kind == f.kind {
				want = 1
			}
			require.Equal(w.t, want, w.opened(f.camera.ID, kind), "%s: %s", f.camera.ID, w.newest(f.camera.ID, kind).Why)
		}
	}
}

// goesWrong lets a fault come, sees it told in time, mends it, and sees that told.
func (w *watched) goesWrong(f fault) (c course) {
	camera := w.site.server.cameras[f.camera.ID]
	is := func(state models.EventState) func() bool {
		return func() bool { return w.newest(f.camera.ID, f.kind).State == state }
	}
	assert.Eventually(w.t, func() bool { return camera.report().Sent > 0 }, patience, unitPeriod, "%s plays", f.camera.ID)
	time.Sleep(f.after)
	c.began = time.Now()
	camera.setMode(f.do, c.began)
	assert.Eventually(w.t, is(models.EventOpen), f.within+5*time.Second, unitPeriod, "%s opens", f.camera.ID)
	assert.LessOrEqual(w.t, w.newest(f.camera.ID, f.kind).OpenedAt.Std().Sub(c.began), f.within, f.camera.ID)
	time.Sleep(time.Until(c.began.Add(f.lasts)))
	mended := time.Now()
	camera.setMode(ModePlay, mended)
	// Keyframes must be regular for 35 s. A clock must be right for 15 s, and after a new greeting the next report may take 10 s.
	assert.Eventually(w.t, is(models.EventClosed), time.Minute, unitPeriod, "%s closes by itself", f.camera.ID)
	c.over = time.Since(mended)
	return c
}

func streamKinds() []models.EventKind {
	return []models.EventKind{models.CameraFrozen, models.CameraLoss, models.CameraLowRate, models.CameraNoKeyframes, models.CameraClockSkew,
		models.CameraWentOffline}
}

// tell prints what came of each fault, and leaves it where make test finds it: go test hides what passing tests print.
func (w *watched) tell(faults []fault, courses []course, kinds []models.EventKind, report string) {
	var b strings.Builder
	fmt.Fprintf(&b, "%-34s", "what came of it, after how long")
	for _, kind := range kinds {
		fmt.Fprintf(&b, "%-21s", kind)
	}
	b.WriteString("over after")
	for i, f := range faults {
		fmt.Fprintf(&b, "\n%-34s", f.camera.ID+": "+string(f.do))
		for _, kind := range kinds {
			cell := "–"
			if ev := w.newest(f.camera.ID, kind); ev.ID != "" {
				cell = ev.OpenedAt.Std().Sub(courses[i].began).Round(100 * time.Millisecond).String()
			}
			fmt.Fprintf(&b, "%-21s", cell)
		}
		if f.kind != "" {
			b.WriteString(courses[i].over.Round(100 * time.Millisecond).String())
		}
	}
	w.t.Log("\n" + b.String())
	if dir := os.Getenv("ZHIHUI_REPORT"); dir != "" {
		require.NoError(w.t, os.MkdirAll(dir, 0o755))
		require.NoError(w.t, os.WriteFile(filepath.Join(dir, report), []byte(b.String()+"\n"), 0o644))
	}
}
