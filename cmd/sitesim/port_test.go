package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// dial tells how a port treats who comes.
func dial(address string, limit time.Duration) error {
	c, err := net.DialTimeout("tcp", address, limit)
	if err != nil {
		return err
	}
	return c.Close()
}

func timesOut(err error) bool {
	var fault net.Error
	return errors.As(err, &fault) && fault.Timeout()
}

// A port refuses, swallows and opens again, always at the same address.
func TestPortChanges(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	p := newPort("127.0.0.1:0")
	require.NoError(t, p.open())
	address := p.address
	taken := make(chan *net.TCPConn, 10)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.run(ctx, func(c *net.TCPConn) { taken <- c }, slog.New(slog.DiscardHandler))
	}()
	comes := func() bool {
		if dial(address, patience) != nil {
			return false
		}
		(<-taken).Close()
		return true
	}
	require.True(t, comes())
	for range 2 {
		p.wish(portShut)
		require.Eventually(t, func() bool { return errors.Is(dial(address, patience), syscall.ECONNREFUSED) }, patience, time.Millisecond)
		p.wish(portHole)
		require.Eventually(t, func() bool { return timesOut(dial(address, 200*time.Millisecond)) }, patience,
			time.Millisecond, "a dial into a hole times out")
		p.wish(portOpen)
		require.Eventually(t, comes, patience, time.Millisecond)
		p.wish(portOpen)
		require.True(t, comes(), "what is open stays")
	}
	p.wish(portHole)
	cancel()
	<-done
	require.ErrorIs(t, dial(address, patience), syscall.ECONNREFUSED)
}

// A port that somebody else has taken meanwhile is tried until it is free.
func TestPortIsTakenMeanwhile(t *testing.T) {
	p := newPort("127.0.0.1:0")
	require.NoError(t, p.open())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.run(ctx, func(c *net.TCPConn) { c.Close() }, slog.New(slog.DiscardHandler))
	}()
	p.wish(portShut)
	var other net.Listener
	require.Eventually(t, func() (ok bool) {
		var err error
		other, err = net.Listen("tcp", p.address)
		return err == nil
	}, patience, time.Millisecond)
	p.wish(portOpen)
	time.Sleep(3 * unitPeriod / 2) // so that it fails at least once; the test holds without it too
	require.NoError(t, other.Close())
	require.Eventually(t, func() bool { return dial(p.address, patience) == nil }, patience, time.Millisecond)
	cancel()
	<-done
}
