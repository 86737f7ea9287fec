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

// serve gives answers as they become ready, until stop.
func (a *answers) serve() (stop func()) {
	ended := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-a.wake:
				a.give()
			case <-ended:
				a.give()
				return
			}
		}
	})
	return func() { close(ended); wg.Wait() }
}

// settle takes nothing more, and waits until what is owed is ready, but no longer than that.
func (a *answers) settle(within time.Duration) {
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	deadline := time.Now().Add(within)
	for a.owes() && time.Now().Before(deadline) {
		time.Sleep(settleLook)
	}
}

// settleLook is how often settle looks.
const settleLook = 10 * time.Millisecond

func (a *answers) owes() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.owed) > 0
}
