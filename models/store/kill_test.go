package store

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"zhihui/models"
)

// childDir names the environment variable that turns the test binary into the victim of TestKill.
const childDir = "ZHIHUI_STORE_KILL_DIR"

// killRounds is how often the victim is killed and the store opened again.
const killRounds = 20

// writeUntilKilled writes from eight goroutines and prints the id of each alert once its Write has returned.
func writeUntilKilled(dir string) {
	s, err := Open(configIn(dir), slog.New(slog.DiscardHandler))
	if err != nil {
		fmt.Println("fault", err)
		os.Exit(1)
	}
	var out sync.Mutex
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				name := models.NewID(time.Now())
				if err := s.Write(context.Background(), func(tx *Tx) error { return raise(tx, name) }); err != nil {
					fmt.Println("fault", err)
					os.Exit(1)
				}
				out.Lock()
				fmt.Println("ack", name)
				out.Unlock()
			}
		})
	}
	wg.Go(func() {
		sensor := fmt.Sprint("s", os.Getpid())
		for n := 0; ; n += 50 {
			readings := level(noon.Add(-day+time.Duration(n)*time.Second), time.Second, 50)
			for i := range readings {
				readings[i].Sensor, readings[i].Value = sensor, float64(n+i)
			}
			fault := s.AppendReadings(context.Background(), readings)
			out.Lock()
			if fault != nil {
				fmt.Println("fault", fault)
				os.Exit(1)
			}
			fmt.Println("said", sensor, n+50)
			out.Unlock()
		}
	})
	wg.Go(func() {
		for {
			if err := s.foldReadings(context.Background()); err != nil {
				fmt.Println("fault", err)
				os.Exit(1)
			}
		}
	})
	wg.Wait()
}

// raise is what alerting does for one event: the event, its alert, its order, the ledger and a notification.
func raise(tx *Tx, name string) error {
	a := alert(name)
	a.Order = name
	o := models.WorkOrder{ID: name, Alert: name, Severity: models.Red, State: models.OrderReported, Lamp: models.LampGreen, CreatedAt: tx.Now()}
	for _, step := range []func() error{
		func() error {
			return tx.PutEvent(models.Event{ID: name, Kind: models.Intrusion, State: models.EventOpen, Severity: models.Red})
		},
		func() error { return tx.PutAlert(a) },
		func() error { return tx.AttachEvent(name, name) },
		func() error { return tx.PutOrder(&o) },
		func() error { return tx.AddStep(name, models.OrderStep{To: models.OrderReported, By: "system"}) },
		func() error { return tx.Ledger("system", "raise", name, nil, a) },
		func() error { return tx.Notify(Notification{Key: name, Payload: []byte(`{}`)}) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// What was acknowledged survives kill -9 at any moment, once and whole; what was not is there whole or not at all.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	acked, said := map[string]bool{}, map[string]int{}
	for range killRounds {
		for _, name := range killOnce(t, dir, said) {
			acked[name] = true
		}
		requireWhole(t, dir, acked)
		requireReadings(t, dir, said)
	}
	s := openIn(t, dir)
	defer s.Close()
	require.NotEmpty(t, said)
	require.Positive(t, count(t, s, "reading_chunks"), "some were folded")
	t.Logf("%d kills, %d acknowledged writes, readings of %d processes", killRounds, len(acked), len(said))
	require.NotEmpty(t, acked)
}

func killOnce(t *testing.T, dir string, said map[string]int) (acked []string) {
	victim := exec.Command(os.Args[0])
	victim.Env = append(os.Environ(), childDir+"="+dir)
	out, err := victim.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, victim.Start())
	lines := bufio.NewScanner(out)
	var kill *time.Timer
	for lines.Scan() {
		what, name, _ := strings.Cut(lines.Text(), " ")
		if sensor, n, ok := strings.Cut(name, " "); ok && what == "said" {
			if n, err := strconv.Atoi(n); err == nil {
				said[sensor] = max(said[sensor], n)
			}
			continue
		}
		if what != "ack" || len(name) != 26 { // the last line may be torn
			require.NotEqual(t, "fault", what, name)
			continue
		}
		acked = append(acked, name)
		if kill == nil {
			kill = time.AfterFunc(time.Duration(rand.IntN(100_000))*time.Microsecond, func() { victim.Process.Kill() })
			defer kill.Stop()
		}
	}
	require.Error(t, victim.Wait(), "it is killed")
	return acked
}

func requireWhole(t *testing.T, dir string, acked map[string]bool) {
	s := openIn(t, dir)
	defer s.Close()
	var fault string
	require.NoError(t, s.read.QueryRow("PRAGMA integrity_check").Scan(&fault))
	require.Equal(t, "ok", fault)
	var names []string
	require.NoError(t, s.read.NewRaw("SELECT id FROM alerts").Scan(t.Context(), &names))
	there := map[string]bool{}
	for _, name := range names {
		there[name] = true
	}
	for name := range acked {
		require.True(t, there[name], "acknowledged and lost: %s", name)
	}
	// Each part of each change set is there as often as the alerts are, and orders have no gap in their numbers.
	for table, each := range map[string]int64{"events": 1, "alert_events": 1, "orders": 1, "order_steps": 1, "ledger": 1, "notifications": 1, "changes": 3} {
		n, err := s.read.NewSelect().Table(table).Count(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, each*int64(len(names)), n, table)
	}
	var last int
	require.NoError(t, s.read.NewRaw("SELECT max(number) FROM orders").Scan(t.Context(), &last))
	require.Equal(t, len(names), last)
}

// requireReadings: each sensor has said 0, 1, 2 … and all of it that was acknowledged is there, each once, folded or not.
func requireReadings(t *testing.T, dir string, said map[string]int) {
	s := openIn(t, dir)
	defer s.Close()
	for sensor, n := range said {
		require.NoError(t, s.read.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			p := past{ctx: ctx, tx: tx.Tx, sensor: sensor, TrendFilter: TrendFilter{From: models.At(noon.Add(-day)), To: models.At(noon.Add(10 * year)), Limit: math.MaxInt32}}
			all, err := p.readings()
			require.NoError(t, err)
			require.GreaterOrEqual(t, len(all), n, "acknowledged and lost")
			for i, r := range all {
				require.True(t, r.Value == float64(i), "%v where %d belongs", r, i)
			}
			hours, err := p.rollups("reading_hours", hourLong)
			sum := int64(0)
			for _, h := range hours {
				sum += h.Count
			}
			require.EqualValues(t, len(all), sum, "summed up once")
			return err
		}))
	}
}
