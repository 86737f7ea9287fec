package mqtt

import (
	"sync"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// answers are what one connection owes to the broker: one for each message at QoS 1, given when what the message said is on the
// disk. Until then the broker keeps the message, and hands it over again when we come back. Their number is bounded by the
// broker, which waits after so many.
type answers struct {
	wake chan struct{} // a token while some are ready

	mu     sync.Mutex
	owed   map[uint16]bool // by the number of the message
	ready  []func()
	closed bool
}

func newAnswers() *answers {
	return &answers{wake: make(chan struct{}, 1), owed: map[uint16]bool{}}
}

// note takes in a message. written is to be called when it is written; nil at QoS 0. It is not ok to handle one that is handed
// over again while it is being written, nor one that comes while we go: it stays with the broker.
func (a *answers) note(m paho.Message) (written func(), ok bool) {
	if m.Qos() == 0 {
		return nil, true
	}
	number := m.MessageID()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed || a.owed[number] {
		return nil, false
	}
	a.owed[number] = true
	return func() { a.may(number, m.Ack) }, true
}

// may makes an answer ready. It never waits.
func (a *answers) may(number uint16, answer func()) {
	a.mu.Lock()
	delete(a.owed, number)
	a.ready = append(a.ready, answer)
	a.mu.Unlock()
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// give gives the answers that are ready.
func (a *answers) give() {
	a.mu.Lock()
	ready := a.ready
	a.ready = nil
	a.mu.Unlock()
	for _, answer := range ready {
		answer()
	}
}

// settle takes nothing more, and gives what is owed as it becomes ready, but waits no longer than that.
func (a *answers) settle(within time.Duration) {
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	timer := time.NewTimer(within)
	defer timer.Stop()
	for a.give(); a.owes(); a.give() {
		select {
		case <-a.wake:
		case <-timer.C:
			return
		}
	}
}

func (a *answers) owes() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.owed) > 0
}
