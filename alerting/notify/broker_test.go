package notify

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

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
	publish := func(_ context.Context, topic string, payload []byte) error {
		if *down != nil {
			return *down
		}
		var m Message
		require.NoError(t, json.Unmarshal(payload, &m))
		all = append(all, heard{topic, m})
		return nil
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
	for range 3 {
		sent, err := h.serveOne(t.Context(), h.targets[1])
		require.NoError(t, err)
		require.True(t, sent)
	}
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
		_, err := h.serveOne(t.Context(), h.targets[1])
		require.ErrorIs(t, err, down)
		h.ms.Add(time.Minute.Milliseconds())
	}
	require.Zero(t, testutil.ToFloat64(h.metrics.tries.WithLabelValues("mqtt", "given_up")))
	down = nil
	_, err := h.serveOne(t.Context(), h.targets[1])
	require.NoError(t, err)
	require.Len(t, *all, 1)
}

func TestAMessageAboutNothingHasNoTopic(t *testing.T) {
	for _, payload := range []string{"{", "{}"} {
		require.Error(t, broker{}.deliver(t.Context(), store.Notification{Payload: []byte(payload)}, time.Now()))
	}
}
