package live

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhihui/models"
	"zhihui/models/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func openStore(t *testing.T) *store.Store {
	t.Helper()
	cfg := store.DefaultConfig()
	cfg.Dir = t.TempDir()
	st, err := store.Open(cfg, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	return st
}

// put makes one change.
func put(t *testing.T, st *store.Store, id string) {
	t.Helper()
	require.NoError(t, st.Write(t.Context(), func(tx *store.Tx) error {
		return tx.PutAlert(models.Alert{ID: id, Fingerprint: id, State: models.AlertOpen, Why: "two\nlines"})
	}))
}

// startFeed runs a feed over st and a server that lets pages follow it.
func startFeed(t *testing.T, st *store.Store) (*Feed, *httptest.Server) {
	t.Helper()
	f, err := NewFeed(t.Context(), st, slog.New(slog.DiscardHandler), time.Now, prometheus.NewRegistry())
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- f.Run(ctx) }()
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		since, err := strconv.ParseInt(r.URL.Query().Get("since"), 10, 64)
		if err != nil {
			since = FromNow
		}
		_ = f.Follow(r.Context(), w, since, models.User{Role: cmp.Or(models.Role(r.URL.Query().Get("role")), models.Operator), Area: r.URL.Query().Get("scope")})
	}))
	srv.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	srv.Start()
	t.Cleanup(func() {
		stop()
		srv.Close()
		require.NoError(t, <-ended)
	})
	return f, srv
}

// event is one Server-Sent Event.
type event struct {
	name string
	id   int64
	data string
}

// follower reads events off a stream.
type follower struct {
	t    *testing.T
	body io.ReadCloser
	in   *bufio.Reader
}

func follow(t *testing.T, url string) *follower {
	t.Helper()
	resp, err := http.Get(url)
	require.NoError(t, err)
	t.Cleanup(func() { resp.Body.Close() })
	require.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
	return &follower{t: t, body: resp.Body, in: bufio.NewReader(resp.Body)}
}

func (f *follower) next() event {
	f.t.Helper()
	var e event
	for {
		line, err := f.in.ReadString('\n')
		require.NoError(f.t, err)
		name, rest, _ := strings.Cut(strings.TrimRight(line, "\n"), ": ")
		switch name {
		case "event":
			e.name = rest
		case "id":
			e.id, err = strconv.ParseInt(rest, 10, 64)
			require.NoError(f.t, err)
		case "data":
			e.data = rest
		case "":
			return e
		}
	}
}

// until reads on to the next event of the name.
func (f *follower) until(name string) event {
	f.t.Helper()
	for {
		if e := f.next(); e.name == name {
			return e
		}
	}
}

func TestAPageResumesWhereItWas(t *testing.T) {
	st := openStore(t)
	for i := range 3 {
		put(t, st, fmt.Sprintf("A%d", i))
	}
	_, srv := startFeed(t, st)

	fresh := follow(t, srv.URL)
	require.Equal(t, "heartbeat", fresh.next().name)
	put(t, st, "A3")
	e := fresh.until("change")
	require.EqualValues(t, 4, e.id)
	var c models.Change
	require.NoError(t, json.Unmarshal([]byte(e.data), &c))
	require.Equal(t, "A3", c.Entity)

	late := follow(t, srv.URL+"?since=1")
	beat := late.next()
	require.Equal(t, "heartbeat", beat.name)
	require.EqualValues(t, 1, beat.id, "a heartbeat says how far the page has come")
	for _, want := range []int64{2, 3, 4} {
		require.Equal(t, want, late.until("change").id)
	}
}

func TestAPageOfAnotherLifeReadsTheListsAgain(t *testing.T) {
	st := openStore(t)
	put(t, st, "A")
	put(t, st, "B")
	_, srv := startFeed(t, st)
	ahead := follow(t, srv.URL+"?since=99")
	require.Equal(t, event{"reset", 2, `{"last":2}`}, ahead.next())

	put(t, st, "C")
	require.EqualValues(t, 3, ahead.until("change").id)
	require.NoError(t, st.PruneChanges(t.Context(), models.At(time.Now().Add(time.Hour))))
	require.Equal(t, "reset", follow(t, srv.URL+"?since=1").next().name)
	require.Equal(t, "heartbeat", follow(t, srv.URL+"?since=2").next().name, "nothing is missing after 2")
}

func TestHistoryLongerThanTheRing(t *testing.T) {
	st := openStore(t)
	_, srv := startFeed(t, st)
	const n = ringSize + pageSize + 7
	require.NoError(t, st.Write(t.Context(), func(tx *store.Tx) error {
		for i := range n {
			id := fmt.Sprintf("A%05d", i)
			if err := tx.PutAlert(models.Alert{ID: id, Fingerprint: id, State: models.AlertOpen}); err != nil {
				return err
			}
		}
		return nil
	}))
	f := follow(t, srv.URL+"?since=0")
	for want := int64(1); want <= n; want++ {
		require.Equal(t, want, f.until("change").id)
	}
	put(t, st, "last")
	require.EqualValues(t, n+1, f.until("change").id)
}

func TestReadingsComeOnceASecond(t *testing.T) {
	f, srv := startFeed(t, openStore(t))
	page := follow(t, srv.URL)
	require.Equal(t, "heartbeat", page.next().name)
	for v := range 5 {
		f.Publish(models.Reading{Sensor: "s1", Value: float64(v), At: 1})
	}
	e := page.until("reading")
	require.Equal(t, event{"reading", 0, `{"sensor":"s1","value":4,"at":"1970-01-01T00:00:00.001Z"}`}, e)
	f.Publish(models.Reading{Sensor: "s1", Value: 9, At: 2})
	require.Contains(t, page.until("reading").data, `"value":9`)
}

// From the commit to the byte on the wire: 20 ms at most, by the median so that a busy machine does not fail the test.
func TestAChangeIsOnTheWireAtOnce(t *testing.T) {
	st := openStore(t)
	_, srv := startFeed(t, st)
	page := follow(t, srv.URL)
	require.Equal(t, "heartbeat", page.next().name)
	var slow int
	for i := range 21 {
		put(t, st, fmt.Sprintf("A%d", i))
		committed := time.Now()
		page.until("change")
		if time.Since(committed) > 20*time.Millisecond {
			slow++
		}
	}
	require.LessOrEqual(t, slow, 10)
}

func TestASlowPageDisturbsNobody(t *testing.T) {
	st := openStore(t)
	f, srv := startFeed(t, st)
	slow, quick := follow(t, srv.URL+"?since=0"), follow(t, srv.URL+"?since=0")
	require.Equal(t, "heartbeat", quick.next().name)
	big := strings.Repeat("x", 32<<10)
	for i := range 800 { // 26 MB: more than any socket takes
		id := fmt.Sprintf("A%d", i)
		require.NoError(t, st.Write(t.Context(), func(tx *store.Tx) error {
			return tx.PutAlert(models.Alert{ID: id, Fingerprint: id, State: models.AlertOpen, Note: big})
		}))
		quick.until("change")
	}
	require.Eventually(t, func() bool { // writeTimeout, then it is gone
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.places.taken == 1
	}, 3*writeTimeout, 50*time.Millisecond)
	slow.body.Close()
	resumed := follow(t, srv.URL+"?since=799")
	require.EqualValues(t, 800, resumed.until("change").id)
}

func TestNoMorePagesThanFit(t *testing.T) {
	f, _ := startFeed(t, openStore(t))
	for i := range maxPages {
		_, err := f.join(nil, FromNow, models.User{Username: fmt.Sprint(i % (maxPages / maxOwn))})
		require.NoError(t, err)
	}
	_, err := f.join(nil, FromNow, models.User{Username: "one more"})
	require.Equal(t, models.Unavailable, models.CodeOf(err))
}

func TestNoAccountTakesAllPlaces(t *testing.T) {
	f, _ := startFeed(t, openStore(t))
	greedy := models.User{Username: "greedy"}
	for range maxOwn {
		_, err := f.join(nil, FromNow, greedy)
		require.NoError(t, err)
	}
	_, err := f.join(nil, FromNow, greedy)
	require.Equal(t, models.Unavailable, models.CodeOf(err))
	_, err = f.join(nil, FromNow, models.User{Username: "another"})
	require.NoError(t, err)
	open, refused := f.Pages()
	require.Equal(t, maxOwn+1, open)
	require.EqualValues(t, 1, refused)
	f.part(greedy)
	_, err = f.join(nil, FromNow, greedy)
	require.NoError(t, err)
}
