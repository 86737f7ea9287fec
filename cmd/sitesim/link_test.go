package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// twoEnds is a link that is served, and the reader's end of it. Both have small buffers.
func twoEnds(t *testing.T) (l *link, far *net.TCPConn, ended chan struct{}) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	there, err := net.Dial("tcp", listener.Addr().String())
	require.NoError(t, err)
	here, err := listener.Accept()
	require.NoError(t, err)
	far = there.(*net.TCPConn)
	require.NoError(t, far.SetReadBuffer(64<<10))
	require.NoError(t, here.(*net.TCPConn).SetWriteBuffer(64<<10))
	l, err = newLink(here.(*net.TCPConn), "nonce")
	require.NoError(t, err)
	ended = make(chan struct{})
	go func() {
		defer close(ended)
		l.serve(func(*base.Request) bool { return true })
	}()
	t.Cleanup(func() {
		far.Close()
		l.conn.Close()
		<-ended
	})
	return l, far, ended
}

// What a slow reader is given arrives whole and in order; what has no room is refused, and nobody waits.
func TestLinkOfASlowReader(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	l, far, ended := twoEnds(t)
	var given []byte
	refused := 0
	for i := range 3000 {
		b := bytes.Repeat([]byte{byte(i), byte(i >> 8)}, 500)
		before := time.Now()
		if err := l.write(b); err == nil {
			given = append(given, b...)
		} else {
			require.ErrorIs(t, err, errSlow)
			refused++
		}
		require.Less(t, time.Since(before), patience)
	}
	require.Positive(t, refused)
	require.Greater(t, len(given), maxQueue)
	got := make([]byte, len(given))
	_, err := io.ReadFull(far, got)
	require.NoError(t, err)
	require.True(t, bytes.Equal(given, got))

	require.Eventually(t, func() bool { // the queue is empty again
		l.mu.Lock()
		defer l.mu.Unlock()
		return !l.draining
	}, patience, time.Millisecond)
	require.NoError(t, l.write([]byte("last")))
	l.leave()
	rest, err := io.ReadAll(far)
	require.NoError(t, err)
	require.Equal(t, "last", string(rest))
	<-ended
}

// A reader that takes nothing at all is closed.
func TestLinkStandsStill(t *testing.T) {
	l, _, ended := twoEnds(t)
	l.still = 50 * time.Millisecond
	require.Eventually(t, func() bool { return errors.Is(l.write(make([]byte, 1000)), net.ErrClosed) }, patience, time.Microsecond)
	<-ended
	require.ErrorIs(t, l.write([]byte("more")), net.ErrClosed)
}
