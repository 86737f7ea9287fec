package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"syscall"
	"time"
)

// portState is what a port does with who dials.
type portState uint8

const (
	portOpen portState = iota
	portShut           // the kernel refuses
	portHole           // the kernel drops what comes, as if there were nothing
)

// port returns what a mode makes of the camera's own port.
func (m Mode) port() portState {
	switch m {
	case ModeRefuse:
		return portShut
	case ModeBlackhole:
		return portHole
	}
	return portOpen
}

// port is an address at which cameras listen.
type port struct {
	address string // with the number that the system gave, once it was open
	wishes  chan portState

	mu       sync.Mutex
	listener *net.TCPListener // nil while shut
	filler   net.Conn         // what fills the queue of a hole
}

func newPort(address string) *port { return &port{address: address, wishes: make(chan portState, 1)} }

// wish says what the port shall be from now on. Only one goroutine may wish.
func (p *port) wish(s portState) {
	select {
	case <-p.wishes: // an older one that was not looked at
	default:
	}
	p.wishes <- s
}

// run makes the port what it is wished to be, and gives the connections to take, until ctx ends. It must be open.
func (p *port) run(ctx context.Context, take func(*net.TCPConn), logger *slog.Logger) {
	var accepts sync.WaitGroup
	defer accepts.Wait()
	defer p.shut()
	accepts.Go(func() { p.accept(take) })
	for state := portOpen; ; {
		var wish portState
		select {
		case <-ctx.Done():
			return
		case wish = <-p.wishes:
		}
		if wish == state {
			continue
		}
		state = wish
		p.shut()
		accepts.Wait()
		for err := p.become(state); err != nil; err = p.become(state) {
			logger.Warn("a camera's port cannot be opened again and is tried on", "address", p.address, "err", err)
			if !sleepUntil(ctx, time.Now().Add(unitPeriod)) {
				return
			}
		}
		if state == portOpen {
			accepts.Go(func() { p.accept(take) })
		}
	}
}

func (p *port) become(s portState) error {
	switch s {
	case portOpen:
		return p.open()
	case portHole:
		return p.dig()
	}
	return nil
}

func (p *port) accept(take func(*net.TCPConn)) {
	p.mu.Lock()
	listener := p.listener
	p.mu.Unlock()
	for listener != nil {
		c, err := listener.AcceptTCP()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // out of descriptors, or the caller is gone already: neither is for ever
			time.Sleep(unitPeriod)
		default:
			take(c)
		}
	}
}

// open listens.
func (p *port) open() error {
	l, err := net.Listen("tcp", p.address)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listener = l.(*net.TCPListener) // what net.Listen returns for "tcp"
	if p.address != l.Addr().String() {
		p.address = l.Addr().String()
	}
	return nil
}

// dig listens with a queue for one connection, and fills it: the kernel drops the SYN of whoever else dials.
func (p *port) dig() error {
	if err := p.open(); err != nil {
		return err
	}
	raw, err := p.listener.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) { failed = syscall.Listen(int(fd), 0) }) // the queue of one that listens is changed
	if err = errors.Join(err, failed); err == nil {
		p.filler, err = net.DialTimeout("tcp", p.address, time.Second)
	}
	if err != nil {
		p.shut()
	}
	return err
}

func (p *port) shut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.filler != nil {
		p.filler.Close()
		p.filler = nil
	}
	if p.listener != nil {
		p.listener.Close()
		p.listener = nil
	}
}
