package rtsp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/base"

	"zhihui/models"
)

// probeWait bounds each half of a probe, the dial (unless DialTimeout is shorter) and the answer, and with that how late a
// camera may be seen to return. The kernel repeats a lost SYN after one second: that one is waited for.
const probeWait = 1100 * time.Millisecond

// Probe tells whether something at the camera's address speaks RTSP: one TCP connection and one OPTIONS, cut off at once
// after the first line of the answer. It returns a *Fault when not, within twice probeWait, and costs a camera that is
// away, or that takes connections and is dead behind them, as little as can be. Of rtsps it asks the connection alone.
func (s *Source) Probe(ctx context.Context, camera models.Camera) error {
	target, err := address(camera)
	if err != nil {
		return &Fault{Reason: BadAddress, Cause: err}
	}
	dialer := s.dialer()
	dialer.Timeout = min(dialer.Timeout, probeWait)
	conn, err := dialer.DialContext(ctx, "tcp", hostPort(target))
	if err != nil {
		return &Fault{Reason: classify(err, false), Cause: err}
	}
	defer conn.Close()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // nothing of a probe stays behind, on either side
	}
	if target.Scheme == "rtsps" {
		return nil
	}
	_ = conn.SetDeadline(time.Now().Add(probeWait)) // fails on a closed connection alone, and then so does what follows
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })()
	return ask(conn, target)
}

// statusLine is how every answer of RTSP begins, up to the status.
const statusLine = "RTSP/1.0 200"

// ask sends OPTIONS without credentials and reads the head of the answer, whatever its status is.
func ask(conn net.Conn, target *base.URL) error {
	_, err := fmt.Fprintf(conn, "OPTIONS %s RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: zhihui\r\n\r\n", target.CloneWithoutCredentials())
	if err != nil {
		return &Fault{Reason: Ended, Cause: err}
	}
	head := make([]byte, len(statusLine))
	n, err := io.ReadFull(conn, head)
	protocol := []byte("RTSP/")
	spoken := head[:min(n, len(protocol))]
	switch {
	case !bytes.HasPrefix(protocol, spoken):
		return &Fault{Reason: Garbage, Cause: fmt.Errorf("the answer begins with %q", head[:n])}
	case err == nil:
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded): // not a byte, or not enough of them
		return &Fault{Reason: Silent, Cause: err}
	}
	return &Fault{Reason: Ended, Cause: err}
}
