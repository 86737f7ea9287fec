package store

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

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
	acked := map[string]bool{}
	for range killRounds {
		for _, name := range killOnce(t, dir) {
			acked[name] = true
		}
		requireWhole(t, dir, acked)
	}
	t.Logf("%d kills, %d acknowledged writes", killRounds, len(acked))
	require.NotEmpty(t, acked)
}

func killOnce(t *testing.T, dir string) (acked []string) {
	victim := exec.Command(os.Args[0])
	victim.Env = append(os.Environ(), childDir+"="+dir)
	out, err := victim.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, victim.Start())
	lines := bufio.NewScanner(out)
	var kill *time.Timer
	for lines.Scan() {
		what, name, _ := strings.Cut(lines.Text(), " ")
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
