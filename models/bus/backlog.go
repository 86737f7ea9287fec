package bus

import (
	"context"
	"hash/maphash"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	mostBacklog = 16 << 10    // messages of which it is remembered when they came; of more, only those that came first
	backlogFor  = time.Minute // by then the hall has them
)

// backlog knows when the messages came that devices had said at QoS 1 before the process ended, and that nobody had taken yet.
// MQTT hands them over without their time.
type backlog struct {
	seed maphash.Seed

	mu    sync.Mutex
	came  map[uint64][]time.Time // by topic and payload, the oldest first
	until time.Time
}

// load reads what the stream of the devices' messages holds.
func (l *backlog) load(ctx context.Context, stream jetstream.Stream) error {
	state := stream.CachedInfo().State
	if state.Msgs == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seed, l.came, l.until = maphash.MakeSeed(), map[uint64][]time.Time{}, time.Now().Add(backlogFor)
	for n, at := uint64(0), state.FirstSeq; n < min(state.Msgs, mostBacklog) && at <= state.LastSeq; n++ {
		m, err := stream.GetMsg(ctx, at, jetstream.WithGetMsgSubject(deviceSubjects))
		if err != nil {
			return err
		}
		key := l.key(strings.TrimPrefix(m.Subject, strings.TrimSuffix(deviceSubjects, ">")), m.Data)
		l.came[key] = append(l.came[key], m.Time)
		at = m.Sequence + 1
	}
	return nil
}

// key is the same for a topic and for the subject that NATS makes of it, which differ in their dots and slashes.
func (l *backlog) key(topic string, payload []byte) uint64 {
	var h maphash.Hash
	h.SetSeed(l.seed)
	for name := range strings.FieldsFuncSeq(topic, func(r rune) bool { return r == '.' || r == '/' }) {
		_, _ = h.WriteString(name) // it never fails
	}
	_, _ = h.Write(payload)
	return h.Sum64()
}

// take returns when such a message came, once for each.
func (l *backlog) take(topic string, payload []byte) (at time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.came) == 0 {
		return at, false
	}
	if time.Now().After(l.until) {
		l.came = nil
		return at, false
	}
	key := l.key(topic, payload)
	times := l.came[key]
	switch len(times) {
	case 0:
		return at, false
	case 1:
		delete(l.came, key)
	default:
		l.came[key] = times[1:]
	}
	return times[0], true
}

// CameAt tells when a device said at QoS 1 what is handed over only now, after a restart.
func (b *Bus) CameAt(topic string, payload []byte) (at time.Time, ok bool) {
	if b.broker == nil {
		return at, false
	}
	return b.broker.backlog.take(topic, payload)
}
