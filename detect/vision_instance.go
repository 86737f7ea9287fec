package detect

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"zhihui/detect/vision/blackbox"
	"zhihui/detect/visionpb"
)

// How workers are started again. The longest pause and a start together stay below the 3 s in which analysis is to be back.
const (
	firstPause = 100 * time.Millisecond
	mostPause  = 1500 * time.Millisecond
	settled    = 10 * time.Second // a worker that lived so long begins with the first pause again
	graceful   = time.Second      // to end by itself
)

// Why a worker is ended by us.
var (
	errStuck  = errors.New("it gave no answer for too long and was ended")
	errBreach = errors.New("the conversation with the pixel worker failed")
)

// instance runs one zhihui-vision after the other.
type instance struct {
	v      *Vision
	name   string
	remote *remote         // whom it visits; nil = it starts its own
	over   context.Context // of the instance, whoever runs it
	end    context.CancelFunc
	wake   chan struct{} // capacity 1: the outbox has something

	// Under v.mu:
	hello    *visionpb.Hello // of the running worker; nil = not up
	credit   int             // units of one camera that it, or the next worker, takes; 0 = it does not come up
	trouble  string          // why it is not up
	outbox   []letter        // bounded by the credit of its cameras
	pictures map[uint64]chan *visionpb.Picture
	sights   map[uint64]chan *visionpb.Sight
	answers  uint64 // Results and Sights so far
}

func newInstance(v *Vision, n int, alone bool) *instance {
	i := &instance{v: v, name: fmt.Sprintf("worker-%d", n), wake: make(chan struct{}, 1), pictures: map[uint64]chan *visionpb.Picture{},
		sights: map[uint64]chan *visionpb.Sight{}}
	if alone {
		i.name = fmt.Sprintf("alone-%d", n)
	}
	i.over, i.end = context.WithCancel(context.Background())
	return i
}

// run keeps a worker running until ctx or end.
func (i *instance) run(ctx context.Context, dir string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(i.over, cancel)()
	pause := &backoff.ExponentialBackOff{InitialInterval: firstPause, MaxInterval: mostPause, Multiplier: 2, RandomizationFactor: 0.2}
	pause.Reset()
	told := ""
	for ctx.Err() == nil {
		begun := time.Now()
		d := i.runOnce(ctx, dir)
		if ctx.Err() != nil {
			return
		}
		if i.remote == nil || d.sentence != told { // one elsewhere may be away for days
			i.v.log.Error("a pixel worker has ended", "worker", i.name, "cause", d.cause, "camera", d.camera, "why", d.sentence, "said", d.said)
			told = d.sentence
		}
		i.v.deliver(ctx, i.v.bury(i, d))
		if time.Since(begun) > settled {
			pause.Reset()
		}
		select {
		case <-time.After(pause.NextBackOff()):
		case <-ctx.Done():
		}
	}
}

// runOnce starts one worker, talks to it until one of both ends, and returns how it ended. The process is gone then.
func (i *instance) runOnce(ctx context.Context, dir string) death {
	if i.remote != nil {
		return i.visit(ctx)
	}
	// The worker is killed when the thread that started it ends, so that thread must stay as long as the worker.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	socket, box := filepath.Join(dir, i.name+".sock"), filepath.Join(dir, i.name+".box")
	for _, old := range []string{socket, box} {
		if err := os.Remove(old); err != nil && !errors.Is(err, os.ErrNotExist) {
			return death{cause: causeStart, sentence: err.Error()}
		}
	}
	both, ctx := errgroup.WithContext(ctx)
	cfg := i.v.cfg
	cmd := exec.CommandContext(ctx, cfg.binary(), "--socket", socket, "--blackbox", box, "--onnxruntime", cfg.OnnxRuntime, "--networks", cfg.Networks)
	cmd.Env = environment(os.Environ())
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = graceful
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	said := &head{}
	cmd.Stderr = said
	if err := cmd.Start(); err != nil {
		return death{cause: causeStart, sentence: fmt.Sprintf("zhihui-vision does not start: %v", err)}
	}
	both.Go(func() error { return fmt.Errorf("zhihui-vision has ended: %w", orEnded(cmd.Wait())) })
	both.Go(func() error {
		return i.talk(ctx, "unix:"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	})
	both.Go(func() error { return i.guard(ctx, box, cmd.Process) })
	why := both.Wait()
	entry, busy := blackbox.Read(box)
	return verdict(why, cmd.ProcessState, entry, busy, said.String())
}

func orEnded(err error) error {
	if err == nil {
		return errors.New("without an error")
	}
	return err
}

// guard kills a worker that stands still for too long: in one picture, or beside them while units wait for an answer, as
// one does that somebody has stopped. Its cameras' credit would not come back.
func (i *instance) guard(ctx context.Context, box string, worker *os.Process) error {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	type place struct {
		entry   blackbox.Entry
		answers uint64
	}
	var last place
	since := time.Now()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		entry, busy := blackbox.Read(box)
		answers, asked := i.progress()
		if at := (place{entry, answers}); at != last || !busy && !asked {
			last, since = at, time.Now()
		} else if time.Since(since) > i.v.cfg.Stuck.Std() {
			return errors.Join(errStuck, worker.Kill())
		}
	}
}

// progress returns how many answers have come, and whether the worker owes one.
func (i *instance) progress() (answers uint64, asked bool) {
	i.v.mu.Lock()
	defer i.v.mu.Unlock()
	asked = len(i.sights) > 0
	for _, w := range i.v.cameras {
		asked = asked || w.home == i && i.hello != nil && len(w.unanswered) > 0
	}
	return i.answers, asked
}
