package notify

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhihui/models"
	"zhihui/models/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "0123456789abcdef"

// post is one request as a target got it.
type post struct {
	header http.Header
	body   []byte
}

// receiver is a real HTTP server that answers by a function and hands on what it got.
func receiver(t *testing.T, answer http.HandlerFunc) (url string, got chan post) {
	got = make(chan post, 100)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got <- post{r.Header, body}
		answer(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, got
}

func answers(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// hall is a sender on a real store with a clock that the test sets.
type hall struct {
	*Sender
	st  *store.Store
	out Outbox
	ms  *atomic.Int64
}

func newHall(t *testing.T, hooks ...Webhook) hall {
	t.Helper()
	ms := &atomic.Int64{}
	ms.Store(1_780_000_000_000)
	now := func() time.Time { return time.UnixMilli(ms.Load()) }
	cfg := store.DefaultConfig()
	cfg.Dir, cfg.Now = t.TempDir(), now
	log := slog.New(slog.DiscardHandler)
	st, err := store.Open(cfg, log)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	c := Config{Webhooks: hooks}
	require.NoError(t, c.Validate())
	return hall{New(c, st, nil, now, log, prometheus.NewRegistry()), st, c.Outbox(), ms}
}

// say writes a message about an alert of the id.
func (h hall) say(t *testing.T, id string) {
	t.Helper()
	require.NoError(t, h.st.Write(context.Background(), func(tx *store.Tx) error {
		return h.out.Put(tx, Message{What: "alert.opened", Alert: &models.Alert{ID: id, Kind: models.Intrusion}})
	}))
}

func (h hall) tries(outcome string) float64 {
	return testutil.ToFloat64(h.metrics.tries.WithLabelValues("duty", outcome))
}

func TestAMessageIsSignedAndSentOnce(t *testing.T) {
	url, got := receiver(t, answers(204))
	h, ctx := newHall(t, Webhook{Name: "duty", URL: url, Secret: secret}), context.Background()
	h.say(t, "a1")
	sent, err := h.serveSome(ctx, h.targets[0])
	require.NoError(t, err)
	require.True(t, sent)

	p := <-got
	require.Equal(t, "application/json", p.header.Get("Content-Type"))
	require.Equal(t, Sign(secret, p.header.Get("X-Zhihui-Timestamp"), p.body), p.header.Get("X-Zhihui-Signature"))
	require.NotEqual(t, Sign("another secret of 16", p.header.Get("X-Zhihui-Timestamp"), p.body), p.header.Get("X-Zhihui-Signature"))
	require.NotEmpty(t, p.header.Get("Idempotency-Key"))
	var m Message
	require.NoError(t, json.Unmarshal(p.body, &m))
	require.Equal(t, "alert.opened", m.What)
	require.Equal(t, "a1", m.Alert.ID)
	require.Equal(t, models.Time(1_780_000_000_000), m.At)

	h.ms.Add(1 << 40)
	sent, err = h.serveSome(ctx, h.targets[0])
	require.NoError(t, err)
	require.False(t, sent, "it is sent already")
}

func TestSignIsWhatTheDocumentationSays(t *testing.T) {
	// echo -n '1780000000.{"what":"x"}' | openssl dgst -sha256 -hmac 0123456789abcdef
	require.Equal(t, "sha256=77951996cdbdedaec2cd611457a1b250cc4a2f7b5e2030e77362118de35b7850",
		Sign(secret, "1780000000", []byte(`{"what":"x"}`)))
	require.NotEqual(t, Sign(secret, "1", []byte("2.x")), Sign(secret, "12", []byte(".x")), "the dot holds the parts apart")
}

func TestATargetThatFailsIsTriedAgainWithTheSameKey(t *testing.T) {
	var calls atomic.Int32
	url, got := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	h, ctx := newHall(t, Webhook{Name: "duty", URL: url, Secret: secret}), context.Background()
	h.say(t, "a1")
	for range 2 {
		_, err := h.serveSome(ctx, h.targets[0])
		require.ErrorContains(t, err, "503")
		sent, err := h.serveSome(ctx, h.targets[0])
		require.NoError(t, err)
		require.False(t, sent, "not before its time")
		h.ms.Add(2000)
	}
	sent, err := h.serveSome(ctx, h.targets[0])
	require.NoError(t, err)
	require.True(t, sent)
	key := (<-got).header.Get("Idempotency-Key")
	require.Equal(t, key, (<-got).header.Get("Idempotency-Key"))
	require.Equal(t, key, (<-got).header.Get("Idempotency-Key"))
	require.Equal(t, 2.0, h.tries("failed"))
	require.Equal(t, 1.0, h.tries("sent"))
}

func TestAClaimThatWasNeverFinishedGoesOutAgain(t *testing.T) {
	url, got := receiver(t, answers(200))
	h, ctx := newHall(t, Webhook{Name: "duty", URL: url, Secret: secret}), context.Background()
	h.say(t, "a1")
	_, err := h.st.ClaimNotifications(ctx, "webhook:duty", models.At(h.now()), time.Minute, 1) // and then the power fails
	require.NoError(t, err)
	sent, err := h.serveSome(ctx, h.targets[0])
	require.NoError(t, err)
	require.False(t, sent, "somebody holds it")
	h.ms.Add(60_001)
	sent, err = h.serveSome(ctx, h.targets[0])
	require.NoError(t, err)
	require.True(t, sent)
	<-got
}

func TestNobodyElseGetsARowWhileItIsSent(t *testing.T) {
	var h hall
	var others []store.Notification
	url, _ := receiver(t, func(http.ResponseWriter, *http.Request) {
		rows, err := h.st.ClaimNotifications(context.Background(), "webhook:duty", models.At(h.now())+10_000, time.Minute, 1)
		if err != nil {
			t.Error(err)
		}
		others = rows
	})
	h = newHall(t, Webhook{Name: "duty", URL: url, Secret: secret})
	h.say(t, "a1")
	sent, err := h.serveSome(context.Background(), h.targets[0])
	require.NoError(t, err)
	require.True(t, sent)
	require.Empty(t, others, "within the timeout of 10 seconds")
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	secretPlace, reached := receiver(t, answers(200))
	url, _ := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, secretPlace, http.StatusTemporaryRedirect)
	})
	h := newHall(t, Webhook{Name: "duty", URL: url, Secret: secret})
	h.say(t, "a1")
	_, err := h.serveSome(context.Background(), h.targets[0])
	require.ErrorContains(t, err, "307")
	require.Empty(t, reached)
}

func TestFaultsTellNoToken(t *testing.T) {
	h := newHall(t, Webhook{Name: "duty", URL: "http://127.0.0.1:1/?token=hunter2", Secret: secret})
	h.say(t, "a1")
	_, err := h.serveSome(context.Background(), h.targets[0])
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hunter2")
}

func TestAMessageIsGivenUpAfterADay(t *testing.T) {
	url, got := receiver(t, answers(500))
	h, ctx := newHall(t, Webhook{Name: "duty", URL: url, Secret: secret}), context.Background()
	h.say(t, "a1")
	began, tries := h.ms.Load(), 0
	for h.tries("given_up") == 0 {
		h.ms.Add(backoff(tries, mostBackoff).Milliseconds() / 2)
		if _, err := h.serveSome(ctx, h.targets[0]); err != nil {
			tries++
			require.NotEmpty(t, (<-got).body)
		}
	}
	require.Equal(t, mostTries, tries)
	require.Greater(t, time.Duration(h.ms.Load()-began)*time.Millisecond, 20*time.Hour)
}

func TestATargetThatHangsDelaysNoOther(t *testing.T) {
	ended := make(chan struct{})
	stuck, hit := receiver(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-ended:
		}
	})
	url, got := receiver(t, answers(200))
	h := newHall(t, Webhook{Name: "stuck", URL: stuck, Secret: secret}, Webhook{Name: "duty", URL: url, Secret: secret})
	for _, id := range strings.Fields("a1 a2 a3") {
		h.say(t, id)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- h.Run(ctx) }()
	<-hit
	for range 3 {
		<-got
	}
	stop()
	require.NoError(t, <-done)
	close(ended)
}

func TestWithoutTargetsNothingIsWritten(t *testing.T) {
	h := newHall(t)
	h.say(t, "a1")
	rows, err := h.st.ClaimNotifications(context.Background(), "", 1<<50, time.Minute, 10)
	require.NoError(t, err)
	require.Empty(t, rows)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	require.NoError(t, h.Run(ctx))
}

func TestBackoff(t *testing.T) {
	for tries, most := range map[int]time.Duration{0: time.Second, 1: time.Second, 3: 4 * time.Second, 12: 2048 * time.Second, 13: time.Hour, 1 << 30: time.Hour} {
		d := backoff(tries, mostBackoff)
		require.LessOrEqual(t, d, most)
		require.Greater(t, d, most*3/4-1)
	}
}
