package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"zhihui/detect"
	"zhihui/models"
)

// recallCmd judges the gate: each clip, encoded in each way, runs through the product's own judgement twice, with the gate
// and without one. What is found without must be found with it.
type recallCmd struct {
	Signal  bool   `help:"Print also how what the units tell without being decoded separates where something moves from where nothing does."`
	Clip    string `placeholder:"WORD" help:"Only the clips whose name contains this."`
	Variant string `placeholder:"WORD" help:"Only the encodings whose name contains this."`
}

// trial is one clip in one encoding.
type trial struct {
	clip        recallClip
	source      string
	variant     variant
	full, gated detect.Replayed
	later       []detect.Replayed // without a gate too, where the gated run misses something: see recallLine.Chance
}

// Run prints a line a trial and one of all; the error says that something was missed.
func (c recallCmd) Run(b *bench) error {
	trials, err := c.trials(b)
	if err != nil {
		return err
	}
	total, all := recallTotal{Bench: "recall"}, recallTable{}
	err = b.replayAll(trials, func(t *trial) error {
		lines := recallTable{t.judge(&total)}
		if c.Signal {
			lines = append(lines, t.signal())
		}
		if b.json {
			return lines.print(b)
		}
		all = append(all, lines...)
		return nil
	})
	if err != nil {
		return err
	}
	total.sum()
	all = append(all, total)
	if err := all.print(b); err != nil {
		return err
	}
	if total.Missed > 0 {
		return models.Errorf(models.Invalid, "the gate misses %d of %d events", total.Missed, total.Expected)
	}
	return nil
}

func (c recallCmd) trials(b *bench) (all []*trial, err error) {
	for _, clip := range recallClips() {
		if !strings.Contains(clip.name, c.Clip) {
			continue
		}
		source, err := b.footage(clip.file)
		if err != nil {
			return nil, err
		}
		for _, v := range variants() {
			if strings.Contains(v.String(), c.Variant) {
				all = append(all, &trial{clip: clip, source: source, variant: v})
			}
		}
	}
	return all, nil
}

// replayAll runs the trials, one on each core at a time, and calls tell with each that has ended, one at a time.
func (b *bench) replayAll(trials []*trial, tell func(*trial) error) error {
	lanes, ctx := errgroup.WithContext(b.ctx)
	next := make(chan *trial, len(trials))
	for _, t := range trials {
		next <- t
	}
	close(next)
	var one sync.Mutex
	ended := 0
	for range min(runtime.NumCPU(), len(trials)) {
		lanes.Go(func() error {
			return b.withVision(ctx, func(ctx context.Context, v *detect.Vision) error {
				for t := range next {
					if err := t.run(ctx, v, filepath.Join(b.root, ".cache/bench")); err != nil {
						return err
					}
					one.Lock()
					ended++
					b.note("trial %d of %d: %s %s", ended, len(trials), t.clip.name, t.variant)
					err := tell(t)
					one.Unlock()
					if err != nil {
						return err
					}
					t.full, t.gated, t.later = detect.Replayed{}, detect.Replayed{}, nil
				}
				return nil
			})
		})
	}
	return lanes.Wait()
}

// withVision runs do beside one pixel worker.
func (b *bench) withVision(ctx context.Context, do func(context.Context, *detect.Vision) error) error {
	cfg := detect.DefaultVisionConfig()
	cfg.Instances, cfg.Networks = 1, filepath.Join(b.root, "models/weights")
	var err error
	if cfg.Binary, err = b.binary("zhihui-vision"); err != nil {
		return err
	}
	if cfg.OnnxRuntime, err = b.onnxRuntime(); err != nil {
		return err
	}
	v, err := detect.NewVision(cfg, slog.New(slog.NewTextHandler(b.err, &slog.HandlerOptions{Level: slog.LevelWarn})), prometheus.NewRegistry())
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- v.Run(ctx) }()
	defer func() { stop(); <-ended }()
	if err := upBy(ctx, v, 20*time.Second); err != nil {
		return err
	}
	return do(ctx, v)
}

// upBy waits until the pixel worker has greeted, with its network.
func upBy(ctx context.Context, v *detect.Vision, limit time.Duration) error {
	late := time.After(limit)
	for {
		h := v.Health()
		switch {
		case h.Up > 0 && h.Network != "":
			return nil
		case h.Up > 0:
			return missing("the pixel worker has no network: " + strings.Join(h.Missing, "; "))
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-late:
			return models.Errorf(models.Unavailable, "the pixel worker does not come up: %s", strings.Join(h.Missing, "; "))
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// run replays a trial in each way.
func (t *trial) run(ctx context.Context, v *detect.Vision, cache string) error {
	film, err := t.variant.film(ctx, cache, t.clip, t.source)
	if err != nil {
		return err
	}
	begin := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	cfg := detect.DefaultConfig()
	replay := func(way detect.Way) detect.Replayed {
		is := recallCamera()
		var r detect.Replayed
		if err == nil {
			r, err = detect.Replay(ctx, cfg, v, is, units(is.ID, t.variant.Codec, film, begin), way)
		}
		return r
	}
	t.full, t.gated = replay(detect.Way{Ungated: true}), replay(detect.Way{})
	if err == nil && slices.ContainsFunc(t.full.Events, t.missed) {
		for quarter := range time.Duration(3) {
			t.later = append(t.later, replay(detect.Way{Ungated: true, Later: (quarter + 1) * cfg.InferEvery.Std() / 4}))
		}
	}
	if err != nil {
		return models.Errorf(models.Unavailable, "%s %s: %v", t.clip.name, t.variant, err)
	}
	return nil
}

// recallCamera asks for all that cameras can find, at once and everywhere.
func recallCamera() models.Camera {
	soon, again := models.Duration(500*time.Millisecond), models.Duration(time.Second)
	return models.Camera{ID: "recall", Rules: []models.Rule{
		{Kind: models.Intrusion, Dwell: soon, Cooldown: again},
		{Kind: models.VehicleInZone, Dwell: soon, Cooldown: again},
		{Kind: models.Crowd, Count: 2, Dwell: soon, Cooldown: again},
	}}
}
