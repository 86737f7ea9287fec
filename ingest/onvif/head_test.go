package onvif

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// neck is a camera that notes what it is told and when, and takes its time for it.
type neck struct {
	begun time.Time

	mu      sync.Mutex
	told    []string
	slow    time.Duration
	err     error
	under   int // calls at this moment
	closed  int
	presets []models.Preset
}

func (n *neck) call(ctx context.Context, what string) error {
	n.mu.Lock()
	n.told = append(n.told, fmt.Sprintf("%s %v", what, time.Since(n.begun)))
	n.under++
	slow, err, twice := n.slow, n.err, n.under > 1
	n.mu.Unlock()
	select {
	case <-time.After(slow):
	case <-ctx.Done():
		err = ctx.Err()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.under--
	if twice {
		return errors.New("two calls at a time")
	}
	return err
}

func (n *neck) do(ctx context.Context, a models.PTZAct) error { return n.call(ctx, string(a.Action)) }
func (n *neck) list(ctx context.Context) ([]models.Preset, error) {
	return n.presets, n.call(ctx, "list")
}
func (n *neck) close() { n.closed++ }

func (n *neck) becomes(slow time.Duration, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.slow, n.err = slow, err
}

// asked is a head at work, with what it is asked.
type asked struct {
	*head
	*neck
	idle chan *head
	end  func()
}

func turned(t *testing.T) asked {
	n := &neck{begun: time.Now(), presets: []models.Preset{{Token: "1", Name: "gate"}}}
	a := asked{head: newHead("cam", n, slog.New(slog.DiscardHandler)), neck: n, idle: make(chan *head)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { a.run(ctx, a.idle); close(done) }()
	a.end = func() { cancel(); <-done }
	return a
}

// ask gives an order and returns where its answer will be.
func (a asked) ask(action models.PTZAction) <-chan models.PTZ {
	o := order{camera: "cam", act: models.PTZAct{Action: action}, at: time.Now(), done: make(chan models.PTZ, 1)}
	a.give(o)
	synctest.Wait()
	return o.done
}

func at(d time.Duration) { time.Sleep(d); synctest.Wait() }

// A page repeats what it wants; when it says no more, its camera stops by itself.
func TestAMovementEndsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := turned(t)
		defer a.end()
		for range 3 {
			require.Empty(t, (<-a.ask(models.PTZMove)).Code)
			at(500 * time.Millisecond)
		}
		at(time.Minute / 2)
		require.Equal(t, []string{"move 0s", "move 500ms", "move 1s", "stop 2.5s"}, a.told)
		<-a.ask(models.PTZMove)
		at(time.Second)
		<-a.ask(models.PTZStop)
		at(time.Minute / 2)
		require.Len(t, a.told, 6, "who stops it himself has stopped it")
	})
}

func TestAStopThatFailsIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := turned(t)
		defer a.end()
		<-a.ask(models.PTZMove)
		a.becomes(0, &fault{NoAnswer, errors.New("gone")})
		at(3 * time.Second)
		a.becomes(0, nil)
		at(time.Minute / 2)
		require.Equal(t, []string{"move 0s", "stop 1.5s", "stop 2.5s", "stop 3.5s"}, a.told)
		a.becomes(0, &fault{NoAnswer, errors.New("gone")})
		require.Equal(t, string(NoAnswer), (<-a.ask(models.PTZMove)).Code)
		at(time.Minute / 2)
		require.Len(t, a.told, 4+1+haltMost, "and not for ever")
	})
}

// The hall closes, whatever is under way.
func TestNoCameraIsLeftMoving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := turned(t)
		<-a.ask(models.PTZMove)
		a.becomes(time.Second, nil)
		a.ask(models.PTZMove)
		a.end()
		require.Equal(t, []string{"move 0s", "move 0s", "stop 0s"}, a.told)
		require.Equal(t, 1, a.closed)
		b := turned(t)
		<-b.ask(models.PTZMove)
		b.becomes(time.Hour, nil)
		before := time.Now()
		b.end()
		require.Equal(t, farewell, time.Since(before), "one that does not answer holds nobody up")
		c := turned(t)
		c.end()
		require.Empty(t, c.told, "one that is at rest is left alone")
	})
}

// A camera that takes its time is asked one thing at a time, and then the newest.
func TestTheNewestWishWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := turned(t)
		defer a.end()
		a.becomes(time.Second, nil)
		first := a.ask(models.PTZMove)
		at(200 * time.Millisecond)
		second, third, preset := a.ask(models.PTZMove), a.ask(models.PTZMove), a.ask(models.PTZSetPreset)
		require.Equal(t, string(Busy), (<-preset).Code)
		stop := a.ask(models.PTZStop)
		for _, waited := range []<-chan models.PTZ{second, third, first, stop} {
			require.Empty(t, (<-waited).Code)
		}
		at(time.Minute / 2)
		require.Equal(t, []string{"move 0s", "stop 1s"}, a.told)
		a.ask(models.PTZHome)
		set := a.ask(models.PTZSetPreset)
		require.Empty(t, (<-a.ask("")).Code, "who only looks gives way")
		last := a.ask(models.PTZStop)
		require.Equal(t, string(Busy), (<-set).Code)
		require.Empty(t, (<-last).Code)
	})
}

// A move that has waited for long does not begin: who asked for it may be gone.
func TestAMoveThatIsOldDoesNotBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := turned(t)
		defer a.end()
		a.becomes(4*time.Second, nil)
		a.ask(models.PTZHome)
		require.Equal(t, string(Busy), (<-a.ask(models.PTZMove)).Code)
		at(time.Minute / 2)
		require.Equal(t, []string{"home 0s"}, a.told)
	})
}

func TestPresetsAreReadNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := turned(t)
		defer a.end()
		require.Equal(t, "gate", (<-a.ask("")).Presets[0].Name)
		<-a.ask("")
		at(presetsFresh)
		<-a.ask(models.PTZMove)
		<-a.ask("")
		require.Equal(t, []string{"list 0s", "move 30s"}, a.told, "not while it moves")
		<-a.ask(models.PTZStop)
		<-a.ask("")
		<-a.ask(models.PTZSetPreset)
		<-a.ask(models.PTZMove)
		<-a.ask(models.PTZRemovePreset)
		require.Equal(t, []string{"stop 30s", "list 30s", "set_preset 30s", "list 30s", "move 30s", "remove_preset 30s", "list 30s"}, a.told[2:], "but at once after each change")
	})
}

// A page that asks again and again does not tire a camera that is away.
func TestWhoDoesNotTellIsNotAskedAgainSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := turned(t)
		defer a.end()
		a.becomes(0, &fault{NoAnswer, errors.New("gone")})
		for range 3 {
			require.Equal(t, string(NoAnswer), (<-a.ask("")).Code)
			at(5 * time.Second)
		}
		require.Equal(t, []string{"list 0s"}, a.told)
		a.becomes(0, nil)
		require.Empty(t, (<-a.ask(models.PTZHome)).Code, "an act is always tried")
		require.Len(t, (<-a.ask("")).Presets, 1, "and when it is done, the camera is there")
		require.Equal(t, []string{"home 15s", "list 15s"}, a.told[1:])
	})
}

func TestAHeadAsksToBeDismissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := turned(t)
		<-a.ask(models.PTZStop)
		require.Same(t, a.head, <-a.idle)
		require.Equal(t, lingers, time.Since(a.begun))
		<-a.ask(models.PTZMove) // it was not dismissed
		at(2 * lease)
		require.Same(t, a.head, <-a.idle)
		close(a.dismissed)
		synctest.Wait()
		require.Equal(t, 1, a.closed)
		a.end()
	})
}
