package mqtt

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"zhihui/models"
)

// board knows every sensor of the site, by topic, and what is known of it.
type board struct {
	mu      sync.Mutex
	sensors map[string]*entry
	topics  map[string][]*entry
}

type entry struct {
	sensor models.Sensor
	status models.SensorStatus
	value  float64   // the newest
	said   bool      // value has come
	since  time.Time // of the newest reading, or of the sensor's coming
	fresh  bool      // status has changed since it was told
}

// message is one MQTT message as it came in.
type message struct {
	topic    string
	payload  []byte // nil when it was larger than maxPayload
	large    bool
	retained bool
	at       time.Time
	written  func() // to be called when what it said is on the disk; nil at QoS 0
}

func (m message) done() {
	if m.written != nil {
		m.written()
	}
}

// apply makes these the sensors of the site. A sensor whose topic and mapping are unchanged keeps its status.
func (b *board) apply(sensors []models.Sensor, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	old := b.sensors
	b.sensors, b.topics = map[string]*entry{}, map[string][]*entry{}
	for _, s := range sensors {
		if s.Disabled {
			continue
		}
		e := old[s.ID]
		if e == nil || e.sensor.Topic != s.Topic || e.sensor.Mapping != s.Mapping {
			status := models.SensorStatus{Sensor: s.ID, State: models.SensorWaiting, LastFault: topicFault(s.Topic)}
			e = &entry{status: status, since: now, fresh: true}
		}
		e.sensor = s
		b.sensors[s.ID] = e
		if topicFault(s.Topic) == "" {
			b.topics[s.Topic] = append(b.topics[s.Topic], e)
		}
	}
}

// wanted returns the topics to subscribe to.
func (b *board) wanted() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Keys(b.topics))
}

// take decodes a message for every sensor of its topic. known is false when there is none.
func (b *board) take(m message) (readings []models.Reading, bad int, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	entries := b.topics[m.topic]
	for _, e := range entries {
		value, err := decode(e.sensor.Mapping, m.payload)
		if m.large {
			err = errTooLarge
		}
		switch {
		case err == errEmpty && m.retained: // how a retained message is taken back; it says nothing
		case err != nil:
			bad++
			e.status.BadPayloads++
			e.status.LastFault = fault(err, m.payload)
			e.fresh = true
		case m.retained && e.said && e.value == value:
			// The broker repeats it to every new connection. Another value is one that was missed while we were away.
		default:
			r := models.Reading{Sensor: e.sensor.ID, Value: value, At: models.At(m.at), Kept: m.retained}
			e.read(r, m.at)
			readings = append(readings, r)
		}
	}
	return readings, bad, len(entries) > 0
}

// read takes a value. One that the broker has kept was measured nobody knows when: it is no sign that the sensor lives.
func (e *entry) read(r models.Reading, at time.Time) {
	e.value, e.said = r.Value, true
	if r.Kept {
		return
	}
	e.fresh = e.fresh || e.status.State != models.SensorOK
	e.status.State, e.status.Last, e.since = models.SensorOK, &r, at
	if e.status.BadPayloads == 0 {
		e.status.LastFault = "" // it was about the subscription, which works
	}
}

// stateAt is the state of a sensor that was heard of at since.
func stateAt(state models.SensorState, since time.Time, staleAfter time.Duration, now time.Time) models.SensorState {
	if staleAfter > 0 && now.Sub(since) > staleAfter {
		return models.SensorStale
	}
	return state
}

// changes returns the statuses that have changed since the last call, sorted by id.
func (b *board) changes(now time.Time) (changed []models.SensorStatus) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.sensors {
		state := stateAt(e.status.State, e.since, e.sensor.StaleAfter.Std(), now)
		if e.fresh || state != e.status.State {
			e.status.State, e.fresh = state, false
			changed = append(changed, e.status)
		}
	}
	slices.SortFunc(changed, byID)
	return changed
}

// refused notes that the broker does not let us hear a topic.
func (b *board) refused(topic string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.topics[topic] {
		e.status.LastFault, e.fresh = "topic_refused", true
	}
}

func byID(a, b models.SensorStatus) int { return strings.Compare(a.Sensor, b.Sensor) }
