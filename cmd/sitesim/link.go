package main

import (
	"errors"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/conn"
)

const (
	// maxQueue bounds what waits for a slow reader, in bytes: what comes when it is full is lost and counted.
	maxQueue = 1 << 20
	maxStill = 10 * time.Second
	// linger is how long a connection that a camera leaves stays open, so that what was sent arrives.
	linger = 500 * time.Millisecond
)

// link is a connection to the cameras. What goes out is handed to the kernel by whoever has it, and nobody ever waits
// for it; only what the kernel does not take waits in a queue, and a goroutine with it.
type link struct {
	conn    *net.TCPConn
	raw     syscall.RawConn
	nonce   string        // of its Digest
	still   time.Duration // how long a write may stand still before the connection is closed
	camera  *camera       // which it asked for; nil before that
	session string        // "" before SETUP
	channel byte          // of its RTP packets; the next one is RTCP's
	hears   bool          // it asked for the metadata, which go to …
	told    byte          // … this channel
	listens bool          // it asked for the sound, which goes to …
	heard   byte          // … this one
	playing bool          // PLAY was answered
	left    chan struct{} // closed when the camera leaves it
	leaving sync.Once

	mu       sync.Mutex
	queue    []byte
	draining bool
	dead     bool // it has ended
	drains   sync.WaitGroup
}

func newLink(c *net.TCPConn, nonce string) (*link, error) {
	raw, err := c.SyscallConn()
	return &link{conn: c, raw: raw, nonce: nonce, still: maxStill, left: make(chan struct{})}, err
}

// serve answers requests until the connection ends or an answer is that it should, and closes it.
func (l *link) serve(answer func(*base.Request) (goOn bool)) {
	defer l.drains.Wait()
	defer l.end()
	in := conn.NewConn(l.conn)
	for {
		what, err := in.Read() // frames come too: reports of what was received
		if err != nil {
			return
		}
		if req, ok := what.(*base.Request); ok && !answer(req) {
			return
		}
	}
}

// leave ends the connection as soon as what was sent had its time to arrive.
func (l *link) leave() {
	l.leaving.Do(func() {
		close(l.left)
		l.conn.SetReadDeadline(time.Now().Add(linger)) // it fails where the connection has ended already
	})
}

// end ends the connection now.
func (l *link) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dead, l.queue = true, nil
	l.conn.Close()
}

// isLeft tells whether the camera has left it.
func (l *link) isLeft() bool {
	select {
	case <-l.left:
		return true
	default:
		return false
	}
}

// errSlow: the reader has not taken what it was sent before.
var errSlow = errors.New("the queue of a slow reader is full")

// write sends whole frames or a whole answer, or nothing: with errSlow, or because the connection has ended. It keeps
// nothing of b.
func (l *link) write(b []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.dead:
		return net.ErrClosed
	case l.draining && len(l.queue)+len(b) > maxQueue:
		return errSlow
	case l.draining:
		l.queue = append(l.queue, b...)
		return nil
	}
	n, err := l.offer(b)
	if err != nil {
		l.dead = true
		l.conn.Close()
		return err
	}
	if n < len(b) {
		l.queue, l.draining = append(l.queue[:0], b[n:]...), true
		l.drains.Go(l.drain)
	}
	return nil
}

// offer hands the kernel what it takes at once.
func (l *link) offer(b []byte) (n int, err error) {
	failed := l.raw.Write(func(fd uintptr) bool {
		n, err = syscall.Write(int(fd), b)
		return true
	})
	if failed != nil {
		return 0, failed
	}
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR) {
		return 0, nil
	}
	return n, err
}

// drain writes the queue until it is empty, or closes the connection.
func (l *link) drain() {
	for b := l.next(); len(b) > 0; b = l.next() {
		if err := l.writeAll(b); err != nil {
			l.end()
			return
		}
	}
}

// next takes the queue; where it is empty, draining is over.
func (l *link) next() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.queue
	l.queue, l.draining = nil, len(b) > 0
	return b
}

// writeAll gives up when nothing moves for so long.
func (l *link) writeAll(b []byte) error {
	for len(b) > 0 {
		if err := l.conn.SetWriteDeadline(time.Now().Add(l.still)); err != nil {
			return err
		}
		n, err := l.conn.Write(b[:min(len(b), 64<<10)])
		if err != nil {
			return err
		}
		b = b[n:]
	}
	return l.conn.SetWriteDeadline(time.Time{}) // offer must not meet one that has passed
}
