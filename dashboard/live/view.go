package live

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"zhihui/models"
	"zhihui/models/mp4"
)

const (
	writeTimeout = 5 * time.Second  // of one message; then the viewer is gone
	patience     = 10 * time.Second // without a picture; then the camera gives none now
	mostReason   = 120              // bytes; a WebSocket closes with 123 at most
)

// The codes a WebSocket is closed with: 4000 + the HTTP status.
const (
	closedUnauthenticated websocket.StatusCode = 4401
	closedForbidden       websocket.StatusCode = 4403
	closedNotFound        websocket.StatusCode = 4404
	closedTooMany         websocket.StatusCode = 4429
	closedUnavailable     websocket.StatusCode = 4503
)

var errNoPicture = errors.New("the camera gives no picture now") // never reassigned

// View serves one viewer of a camera over WebSocket until ctx ends or either side has enough. Who is refused is told so by the
// code with which an open WebSocket is closed: a browser learns of no other.
func (s *Rooms) View(ctx context.Context, w http.ResponseWriter, r *http.Request, v Visit) {
	conn, err := websocket.Accept(w, r, nil) // refuses other origins by itself
	if err != nil {
		return // Accept has answered
	}
	defer conn.CloseNow()
	err = v.Refused
	if err == nil {
		listening, stop := listen(ctx, conn)
		defer stop()
		err = s.view(listening, conn, v)
	}
	if errors.Is(err, context.Canceled) || ctx.Err() != nil {
		return // we stop, or the viewer has gone: no time for a handshake
	}
	code, reason := verdict(err)
	_ = conn.Close(code, reason) // a viewer that is gone already cannot be told
}

// listen returns ctx, ended as well when the viewer goes or says anything: viewers have nothing to say. stop hangs up and
// waits. The library's CloseRead takes 15 s to cut off who talks.
func listen(ctx context.Context, conn *websocket.Conn) (listening context.Context, stop func()) {
	listening, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer cancel()
		_, _, _ = conn.Reader(ctx) // how it ends does not matter
	}()
	return listening, func() { cancel(); _ = conn.CloseNow(); <-done }
}

func (s *Rooms) view(ctx context.Context, conn *websocket.Conn, by Visit) error {
	r, err := s.enter(by)
	if err != nil {
		return err
	}
	defer s.leave(by, r)
	v := viewer{conn: conn, note: by.Note, closed: func() {}}
	defer func() { v.closed() }()
	for {
		part, skipped, wait, err := r.next(&v.cursor)
		if skipped {
			s.metrics.skipped.Inc()
		}
		if err == nil && part == nil {
			err = pause(ctx, wait)
		} else if err == nil {
			err = v.send(ctx, part)
		}
		if err != nil {
			return err
		}
	}
}

// pause waits for the next picture.
func pause(ctx context.Context, next <-chan struct{}) error {
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-next:
		return nil
	case <-t.C:
		return errNoPicture
	case <-ctx.Done():
		return ctx.Err()
	}
}

// viewer is one WebSocket with its own time line: it begins at 0 and has no gaps, whatever it has lost.
type viewer struct {
	conn   *websocket.Conn
	note   func() (closed func(), err error) // called before the first picture; nil = nobody wants to know
	closed func()
	cursor cursor
	header *mp4.Header // sent last
	at     int64       // ticks
	buf    []byte
}

func (v *viewer) send(ctx context.Context, part *fragment) error {
	if v.header == nil && v.note != nil {
		closed, err := v.note()
		if err != nil {
			return err
		}
		v.closed = closed
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	if h := v.cursor.group.header; h != v.header {
		if err := wsjson.Write(ctx, v.conn, map[string]string{"mime": h.MIME}); err != nil {
			return fmt.Errorf("send a codec's name: %w", err)
		}
		if err := v.conn.Write(ctx, websocket.MessageBinary, h.Init); err != nil {
			return fmt.Errorf("send an initialisation segment: %w", err)
		}
		v.header = h
	}
	v.buf = part.place(v.buf, v.at)
	v.at += part.length
	if err := v.conn.Write(ctx, websocket.MessageBinary, v.buf); err != nil {
		return fmt.Errorf("send a picture: %w", err)
	}
	return nil
}

// verdict says how a WebSocket is closed after err.
func verdict(err error) (websocket.StatusCode, string) {
	switch {
	case models.CodeOf(err) == models.Unauthenticated:
		return closedUnauthenticated, "log in first"
	case models.CodeOf(err) == models.Forbidden:
		return closedForbidden, "this role may not look at cameras"
	case models.CodeOf(err) == models.NotFound:
		return closedNotFound, "no such camera"
	case models.CodeOf(err) == models.TooMany:
		return closedTooMany, "too many cameras are looked at from here: close some"
	case models.CodeOf(err) == models.Unavailable:
		said := err.Error()
		return closedUnavailable, strings.ToValidUTF8(said[:min(len(said), mostReason)], "")
	}
	return closedUnavailable, "the camera gives no picture now"
}
