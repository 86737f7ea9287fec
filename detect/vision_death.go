package detect

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"

	"zhihui/detect/vision/blackbox"
)

// The causes of a worker's death; they label a metric.
const (
	causeStart   = "start"  // it could not be started
	causeCrash   = "crash"  // by a signal that a fault raises, or a failure of its own
	causeStuck   = "stuck"  // it was ended because it hung
	causeKilled  = "killed" // by somebody else: no camera is at fault
	causeBroken  = "broken" // the conversation failed
	causeAway    = "away"   // it is elsewhere, and is not reached
	exitBySignal = -1       // os.ProcessState.ExitCode of a process that a signal ended
)

// death is how a worker ended.
type death struct {
	cause    string
	camera   string // at fault; "" = none
	sentence string
	said     string // the beginning of its error output
}

// verdict decides why a worker ended, and whether the camera that it was looking at is at fault: where the worker failed
// or hung, not where somebody killed it.
func verdict(why error, state *os.ProcessState, at blackbox.Entry, busy bool, said string) death {
	d := death{cause: causeOf(why, state), said: said}
	if why != nil {
		d.sentence = why.Error()
	}
	if busy && (d.cause == causeCrash || d.cause == causeStuck) {
		d.camera = at.Camera
		d.sentence = fmt.Sprintf("%s (camera %s, unit %d, %s)", d.sentence, at.Camera, at.Seq, at.Stage)
	}
	return d
}

func causeOf(why error, state *os.ProcessState) string {
	if errors.Is(why, errStuck) {
		return causeStuck
	}
	switch code := state.ExitCode(); {
	case code > 0:
		return causeCrash // Go turns a fault in C into an exit status
	case code != exitBySignal || errors.Is(why, errBreach):
		return causeBroken
	}
	status, ok := state.Sys().(syscall.WaitStatus)
	if !ok {
		return causeBroken
	}
	switch status.Signal() {
	case syscall.SIGSEGV, syscall.SIGABRT, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGILL, syscall.SIGTRAP, syscall.SIGSYS, syscall.SIGXCPU:
		return causeCrash
	}
	return causeKilled
}

// head keeps the beginning of what a worker says, where the reason stands; a fault in C brings pages after it.
type head struct {
	mu   sync.Mutex
	text []byte
}

const maxSaid = 2048

// Write never fails.
func (h *head) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text = append(h.text, p[:min(len(p), maxSaid-len(h.text))]...)
	return len(p), nil
}

func (h *head) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.ToValidUTF8(strings.TrimSpace(string(h.text)), "")
}
