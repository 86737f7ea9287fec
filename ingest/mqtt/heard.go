package mqtt

import (
	"container/list"
	"strings"
	"sync"

	"zhihui/models"
)

const (
	maxHeard  = 1000    // topics
	maxSample = 4 << 10 // bytes of the newest payload of each
)

// heard remembers the newest topics, whether a sensor is on them or not. When there are too many, the one that was silent
// for longest goes. The zero heard is empty.
type heard struct {
	mu     sync.Mutex
	topics map[string]*list.Element // of *heardTopic
	order  list.List                // the newest in front
}

type heardTopic struct {
	models.HeardTopic
	sample []byte // its Payload, as it came
}

// note remembers a message. Its memory is used again: a topic that is known costs no allocation.
func (h *heard) note(m message) {
	if len(m.topic) > maxTopic {
		return // no sensor can be on it
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	e := h.topics[m.topic]
	if e == nil {
		e = h.add(m.topic)
	}
	t := e.Value.(*heardTopic)
	t.Count++
	t.At = models.At(m.at)
	t.Cut = m.large || len(m.payload) > maxSample
	t.sample = append(t.sample[:0], m.payload[:min(len(m.payload), maxSample)]...)
	h.order.MoveToFront(e)
}

func (h *heard) add(topic string) *list.Element {
	if h.topics == nil {
		h.topics = map[string]*list.Element{}
	}
	if len(h.topics) >= maxHeard {
		oldest := h.order.Back()
		delete(h.topics, h.order.Remove(oldest).(*heardTopic).Topic)
	}
	e := h.order.PushFront(&heardTopic{HeardTopic: models.HeardTopic{Topic: topic}})
	h.topics[topic] = e
	return e
}

// list returns the topics that hold q, the newest first.
func (h *heard) list(q string) []models.HeardTopic {
	h.mu.Lock()
	defer h.mu.Unlock()
	found := []models.HeardTopic{}
	for e := h.order.Front(); e != nil; e = e.Next() {
		t := e.Value.(*heardTopic)
		if strings.Contains(t.Topic, q) {
			v := t.HeardTopic
			v.Topic, v.Payload = readable([]byte(v.Topic)), readable(t.sample)
			found = append(found, v)
		}
	}
	return found
}

// readable is text in which what is no UTF-8 is replaced.
func readable(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }

// Heard returns the topics that hold q, 1,000 at most, the newest first, each with a sensor that is on it.
func (c *Client) Heard(q string) []models.HeardTopic {
	topics := c.heard.list(q)
	for i := range topics {
		topics[i].Sensor = c.board.on(topics[i].Topic)
	}
	return topics
}

// on returns the id of a sensor on the topic, "" = none.
func (b *board) on(topic string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if entries := b.topics[topic]; len(entries) > 0 {
		return entries[0].sensor.ID
	}
	return ""
}
