package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// graceful is how long a process may take to end by itself.
const graceful = 20 * time.Second

// process is a program that this one has started.
type process struct {
	name string
	pid  int
	log  string        // file of what it has said
	done chan struct{} // closed when it has ended
	err  error         // how it ended; once done is closed
}

// start starts a program whose words go to DIR/NAME.log. It is in a process group of its own, so that Ctrl-C reaches it
// through us and in order, and it ends with the calling thread, whatever ends that.
func start(dir, name string, path string, args ...string) (*process, error) {
	p := &process{name: name, log: filepath.Join(dir, name+".log"), done: make(chan struct{})}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s does not start: %w", name, err)
	}
	p.pid = cmd.Process.Pid
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// stop asks the process to end, and waits for it; one that takes too long is killed, which is an error. It may be called
// again.
func (p *process) stop() error {
	late := time.NewTimer(graceful)
	defer late.Stop()
	if err := p.signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-p.done:
		return nil
	case <-late.C:
		err := p.signal(syscall.SIGKILL)
		<-p.done
		return errors.Join(fmt.Errorf("%s did not end within %v and was killed", p.name, graceful), err)
	}
}

func (p *process) signal(s syscall.Signal) error {
	select {
	case <-p.done:
		return nil
	default:
		return ignoreGone(syscall.Kill(p.pid, s))
	}
}

func ignoreGone(err error) error {
	if errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}

// alive returns an error once the process has ended.
func (p *process) alive() error {
	select {
	case <-p.done:
		return fmt.Errorf("%s has ended early: %v", p.name, p.err)
	default:
		return nil
	}
}
