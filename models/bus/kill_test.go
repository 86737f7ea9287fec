package bus

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
)

// The name of the variable that makes the test binary a publisher to be killed; its value is the data folder.
const victimDir = "ZHIHUI_BUS_VICTIM"

// TestVictim is the process that TestAKilledProcessLosesNoEvent kills: it prints the number of each event that is kept,
// and handles them as it goes.
func TestVictim(t *testing.T) {
	dir := os.Getenv(victimDir)
	if dir == "" {
		t.Skip("only runs as the child of another test")
	}
	b, err := Start(DefaultConfig(), dir, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	go func() {
		_ = b.ConsumeEvents(context.Background(), "alerting", func(_ context.Context, e models.Event) error {
			_, err := fmt.Printf("handled %s\n", e.ID)
			return err
		})
	}()
	for n := range 1_000_000 {
		require.NoError(t, b.PublishEvent(context.Background(), event(n)))
		fmt.Printf("kept %s\n", event(n).ID)
	}
}

func TestAKilledProcessLosesNoEvent(t *testing.T) {
	for round := range 3 {
		dir := t.TempDir()
		kept, handled := runVictim(t, dir, 20+rand.IntN(200))
		b := startBus(t, dir)
		var got log
		stop := consume(t, b, got.handle)
		drained(t, b)
		stop()
		b.Close()
		rest := got.ids()
		require.NotEmpty(t, kept, "round %d", round)
		require.Subset(t, append(handled, rest...), kept)
		for i := 1; i < len(rest); i++ {
			require.Less(t, rest[i-1], rest[i], "the order outlives the process")
		}
	}
}

// runVictim kills the child after it has said so many lines.
func runVictim(t *testing.T, dir string, lines int) (kept, handled []string) {
	child := exec.Command(os.Args[0], "-test.run", "^TestVictim$")
	child.Env = append(os.Environ(), victimDir+"="+dir)
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	said := bufio.NewScanner(out)
	for n := 0; said.Scan(); n++ { // also what it said between the decision and its death
		var word, id string
		if count, _ := fmt.Sscan(said.Text(), &word, &id); count != 2 || len(id) != len(event(0).ID) {
			continue
		}
		switch word {
		case "kept":
			kept = append(kept, id)
		case "handled":
			handled = append(handled, id)
		}
		if n == lines {
			require.NoError(t, child.Process.Kill())
		}
	}
	require.Error(t, child.Wait())
	return kept, handled
}

// Whatever fails and however often the consumer starts anew: every event is handled, in order, and none twice in a row
// unless its handling had failed.
func TestConsumersMayComeAndGo(t *testing.T) {
	b := startBus(t, t.TempDir())
	next := 0
	rapid.Check(t, func(t *rapid.T) {
		if next > 40 {
			return // enough for one broker; a fresh one for each case would take too long
		}
		var handled []string
		first := next
		for range rapid.IntRange(1, 3).Draw(t, "consumers") {
			for range rapid.IntRange(1, 4).Draw(t, "events") {
				require.NoError(t, b.PublishEvent(context.Background(), event(next)))
				next++
			}
			failures := rapid.IntRange(0, 1).Draw(t, "failures")
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			ended := make(chan error, 1)
			go func() {
				ended <- b.ConsumeEvents(ctx, "alerting", func(_ context.Context, e models.Event) error {
					if failures > 0 {
						failures--
						return errors.New("not now")
					}
					handled = append(handled, e.ID)
					return nil
				})
			}()
			require.NoError(t, b.Drained(ctx))
			cancel()
			require.NoError(t, <-ended)
		}
		for i, id := range handled {
			require.Equal(t, event(first+i).ID, id)
		}
		require.Len(t, handled, next-first)
	})
}
