package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/sync/errgroup"

	"zhihui/models"
)

// watch follows cameras as a wall does: their states on the stream of changes, their pictures by live video.
type watch struct {
	group  *errgroup.Group
	ctx    context.Context
	cancel context.CancelFunc

	mu       sync.Mutex
	wentDown map[string][]time.Time // when we read that a camera is offline
	pictures map[string][]time.Time // when a picture came that needs no other
}

// viewsOfAccount is how many cameras one account may look at, with some to spare.
const viewsOfAccount = 100

// watch begins to watch cameras.
func (d *bed) watch(h *hall, cameras []string) (*watch, error) {
	accounts, err := d.viewers(h, (len(cameras)+viewsOfAccount-1)/viewsOfAccount)
	if err != nil {
		return nil, err
	}
	w := newWatch(d.ctx)
	w.group.Go(func() error { return w.changes(h) })
	for i, id := range cameras {
		w.group.Go(func() error { return w.look(h, accounts[i/viewsOfAccount], id) })
	}
	return w, nil
}

func newWatch(ctx context.Context) *watch {
	ctx, cancel := context.WithCancel(ctx)
	w := &watch{cancel: cancel, wentDown: map[string][]time.Time{}, pictures: map[string][]time.Time{}}
	w.group, w.ctx = errgroup.WithContext(ctx)
	return w
}

// viewers returns clients that are logged in, each by an account of its own.
func (d *bed) viewers(h *hall, n int) (all []*http.Client, err error) {
	for i := range n {
		name := fmt.Sprintf("%s-%d", user, i)
		if err := d.addUser(name, "--role=viewer"); err != nil {
			return nil, err
		}
		jar, err := cookiejar.New(nil)
		if err != nil {
			return nil, err
		}
		v := &hall{base: h.base, client: &http.Client{Jar: jar}}
		if err := v.logIn(d.ctx, name, d.secret); err != nil {
			return nil, err
		}
		all = append(all, v.client)
	}
	return all, nil
}

// stop ends watching; why a part of it failed is told by failed.
func (w *watch) stop() {
	w.cancel()
	_ = w.group.Wait()
}

// failed tells whether a part has ended early.
func (w *watch) failed() error { return context.Cause(w.ctx) }

// changes reads the stream of changes until the end.
func (w *watch) changes(h *hall) error {
	r, err := http.NewRequestWithContext(w.ctx, http.MethodGet, h.base+"/api/v1/changes/stream", nil)
	if err != nil {
		return err
	}
	answer, err := (&http.Client{Jar: h.client.Jar}).Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data:"); ok {
			w.change([]byte(data))
		}
	}
	return fmt.Errorf("the stream of changes has ended: %w", errors.Join(lines.Err(), w.ctx.Err()))
}

// change notes that a camera is offline; other messages of the stream are passed over.
func (w *watch) change(data []byte) {
	var c struct {
		Topic  models.Topic
		Entity string
		Data   struct{ State models.CameraState }
	}
	if json.Unmarshal(data, &c) != nil || c.Topic != models.TopicCamera || c.Data.State != models.CameraOffline {
		return
	}
	w.note(w.wentDown, c.Entity)
}

func (w *watch) note(in map[string][]time.Time, camera string) {
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	in[camera] = append(in[camera], now)
}

// lookAgain is how soon a viewer asks for a camera again that gives no picture.
const lookAgain = 200 * time.Millisecond

// look watches a camera live, until the end.
func (w *watch) look(h *hall, client *http.Client, camera string) error {
	for w.ctx.Err() == nil {
		conn, _, err := websocket.Dial(w.ctx, h.base+"/api/v1/cameras/"+camera+"/live", &websocket.DialOptions{HTTPClient: client})
		if err == nil {
			err = w.view(conn, camera)
		}
		if code := websocket.CloseStatus(err); code > 4000 && code != 4503 {
			return fmt.Errorf("camera %s: %w", camera, err)
		}
		if sleep(w.ctx, lookAgain) != nil {
			break
		}
	}
	return w.ctx.Err()
}

func (w *watch) view(conn *websocket.Conn, camera string) error {
	defer conn.CloseNow()
	conn.SetReadLimit(8 << 20)
	for {
		kind, message, err := conn.Read(w.ctx)
		if err != nil {
			return err
		}
		if kind == websocket.MessageBinary && startsPicture(message) {
			w.note(w.pictures, camera)
		}
	}
}

// offline returns when we first read, from an instant on, that a camera is offline.
func (w *watch) offline(camera string, from time.Time) (time.Time, bool) {
	return w.first(w.wentDown, camera, from)
}

// pictured returns when the first picture of a camera came from an instant on that needs no other.
func (w *watch) pictured(camera string, from time.Time) (time.Time, bool) {
	return w.first(w.pictures, camera, from)
}

func (w *watch) first(in map[string][]time.Time, camera string, from time.Time) (time.Time, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range in[camera] {
		if !t.Before(from) {
			return t, true
		}
	}
	return time.Time{}, false
}
