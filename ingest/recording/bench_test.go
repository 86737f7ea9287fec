package recording

import (
	"context"
	"fmt"
	"log/slog"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/ingest"
	"zhihui/models"
	"zhihui/models/mp4/mp4test"
)

// loop is a film that a camera sends again and again.
type loop struct {
	film []*models.AccessUnit
	sent int
}

func (l *loop) next(camera string, now time.Time) *models.AccessUnit {
	u := *l.film[l.sent%len(l.film)]
	u.Camera, u.Session, u.ReceivedAt = camera, 1, now
	u.PTS = time.Duration(l.sent) * 100 * time.Millisecond
	l.sent++
	return &u
}

// BenchmarkRound is half a second of the reference load, 200 cameras, through the real hub into real files, syncs included: cores is
// what recording it takes of a processor beside pulling it.
func BenchmarkRound(b *testing.B) {
	const cameras = 200
	film := mp4test.Footage(b, models.H264, "640x360", "20", "-b:v", "384k", "-maxrate", "384k", "-bufsize", "384k")
	for _, mode := range []models.RecordMode{models.RecordAlways, models.RecordEvents} {
		b.Run(string(mode), func(b *testing.B) {
			hub := ingest.NewHub(ingest.DefaultConfig())
			cfg, store, now := DefaultConfig(), openStore(b), time.Now()
			cfg.Dir = b.TempDir()
			r, err := New(cfg, Deps{Subscribe: func(camera string) Reader { return hub.Record(camera, Span) }, Store: store, Disk: &soundDisk{}, Zone: time.UTC,
				Now: func() time.Time { return now }}, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
			require.NoError(b, err)
			var site []models.Camera
			loops := make([]loop, cameras)
			for i := range cameras {
				site = append(site, models.Camera{ID: fmt.Sprintf("cam-%d", i), Record: models.Recording{Mode: mode}})
				loops[i] = loop{film: film, sent: i % 20}
			}
			r.Apply(site, nil)
			ctx, stop := context.WithCancel(context.Background())
			go r.finisher.run(ctx)
			defer stop()
			var before, after syscall.Rusage
			spent := time.Duration(0)
			for b.Loop() {
				for range 5 {
					for i := range loops {
						hub.Publish(loops[i].next(site[i].ID, now))
					}
					now = now.Add(100 * time.Millisecond)
				}
				require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &before))
				for _, w := range r.writers {
					for _, t := range w.all() {
						t.round(ctx, now)
					}
				}
				for !r.finisher.idle() {
					time.Sleep(time.Millisecond)
				}
				require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &after))
				spent += cpu(after) - cpu(before)
			}
			for _, w := range r.writers {
				w.last(ctx)
			}
			b.ReportMetric(spent.Seconds()/(float64(b.N)*0.5), "cores")
		})
	}
}

func cpu(r syscall.Rusage) time.Duration { return time.Duration(r.Utime.Nano() + r.Stime.Nano()) }
