package notify

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
	"zhihui/models/store"
)

type heard struct {
	topic string
	Message
}

// withBroker is a hall with a webhook and a broker that fails while down is not nil.
func withBroker(t *testing.T, down *error) (hall, *[]heard) {
	h := newHall(t)
	var all []heard
	publish := func(_ context.Context, messages iter.Seq2[string, []byte]) (taken int, err error) {
		for topic, payload := range messages {
			if *down != nil {
				return taken, *down
			}
			var m Message
			require.NoError(t, json.Unmarshal(payload, &m))
			all = append(all, heard{topic, m})
			taken++
		}
		return taken, nil
	}
	c := Config{Broker: true, Webhooks: []Webhook{{Name: "duty", URL: "http://127.0.0.1:1", Secret: secret}}}
	h.Sender, h.out = New(c, h.st, publish, h.now, slog.New(slog.DiscardHandler), prometheus.NewRegistry()), c.Outbox()
	return h, &all
}

func (h hall) put(t *testing.T, m Message) {
	require.NoError(t, h.st.Write(t.Context(), func(tx *store.Tx) error { return h.out.Put(tx, m) }))
}

func TestABrokerHearsEventsAlertsAndOrders(t *testing.T) {
	var down error
	h, all := withBroker(t, &down)
	h.put(t, Message{What: "event.open", Event: &models.Event{ID: "e1", Area: "antai-1", Kind: models.SensorRate}})
	h.put(t, Message{What: "alert.opened", Alert: &models.Alert{ID: "a1", Area: "antai-1"}})
	h.put(t, Message{What: "order.reported", Order: &models.WorkOrder{ID: "o1", Area: "hean"}})
	sent, err := h.serveSome(t.Context(), h.targets[1])
	require.NoError(t, err)
	require.True(t, sent)
	var topics []string
	for _, m := range *all {
		topics = append(topics, m.topic+" "+m.What)
		require.NotZero(t, m.At)
	}
	require.Equal(t, []string{"zhihui/event/antai-1/e1 event.open", "zhihui/alert/antai-1/a1 alert.opened", "zhihui/order/hean/o1 order.reported"}, topics)
	require.Equal(t, models.SensorRate, (*all)[0].Event.Kind)
	rows, err := h.st.ClaimNotifications(t.Context(), "webhook:duty", models.At(h.now()), time.Minute, 10)
	require.NoError(t, err)
	require.Len(t, rows, 2, "a webhook hears of alerts and orders")
}

func TestNothingIsGivenUpWhileTheBrokerIsAway(t *testing.T) {
	down := errors.New("no broker")
	h, all := withBroker(t, &down)
	h.put(t, Message{What: "event.open", Event: &models.Event{ID: "e1"}})
	for range 100 {
		_, err := h.serveSome(t.Context(), h.targets[1])
		require.ErrorIs(t, err, down)
		h.ms.Add(time.Minute.Milliseconds())
	}
	require.Zero(t, testutil.ToFloat64(h.metrics.tries.WithLabelValues("mqtt", "given_up")))
	down = nil
	_, err := h.serveSome(t.Context(), h.targets[1])
	require.NoError(t, err)
	require.Len(t, *all, 1)
}

func TestAMessageAboutNothingHasNoTopic(t *testing.T) {
	for _, payload := range []string{"{", "{}"} {
		_, err := topicOf([]byte(payload))
		require.ErrorIs(t, err, errNothing)
	}
}

// A message that no try can deliver does not hold up those behind it; what is before it goes out.
func TestAMessageAboutNothingIsGivenUp(t *testing.T) {
	var down error
	h, all := withBroker(t, &down)
	h.put(t, Message{What: "event.open", Event: &models.Event{ID: "e1"}})
	require.NoError(t, h.st.Write(t.Context(), func(tx *store.Tx) error {
		return tx.Notify(store.Notification{Key: "odd", Channel: brokerChannel, Payload: []byte(`{}`)})
	}))
	h.put(t, Message{What: "event.open", Event: &models.Event{ID: "e2"}})
	for range 2 {
		_, err := h.serveSome(t.Context(), h.targets[1])
		require.NoError(t, err)
	}
	require.Len(t, *all, 2)
	require.EqualValues(t, 1, testutil.ToFloat64(h.metrics.tries.WithLabelValues("mqtt", "given_up")))
	sent, err := h.serveSome(t.Context(), h.targets[1])
	require.NoError(t, err)
	require.False(t, sent)
}

// Whenever the broker fails and however often the process is killed: each message goes out, and none goes out for the first time
// before those that were written before it.
func TestMessagesToABrokerKeepTheirOrder(t *testing.T) {
	var down error
	h, all := withBroker(t, &down)
	put := 0
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(0, 5).Draw(rt, "messages") {
			put++
			h.put(t, Message{What: "event.update", Event: &models.Event{ID: "e", Revision: int64(put)}})
		}
		down = nil
		switch rapid.IntRange(0, 2).Draw(rt, "fault") {
		case 1:
			down = errors.New("no broker")
		case 2: // a process that is killed after its claim, and another one
			_, err := h.st.ClaimNotifications(t.Context(), brokerChannel, models.At(h.now()), time.Hour, atOnce)
			require.NoError(rt, err)
			require.NoError(rt, h.st.ReleaseNotifications(t.Context(), brokerChannel))
		}
		_, err := h.serveSome(t.Context(), h.targets[1])
		require.Equal(rt, down != nil && err != nil, err != nil)
	})
	down = nil
	_, err := h.serveSome(t.Context(), h.targets[1])
	require.NoError(t, err)
	newest := int64(0)
	for _, m := range *all {
		require.LessOrEqual(t, m.Event.Revision, newest+1)
		newest = max(newest, m.Event.Revision)
	}
	require.EqualValues(t, put, newest)
}
