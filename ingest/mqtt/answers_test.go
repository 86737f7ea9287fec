package mqtt

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// handed is a message that a broker has handed over.
type handed struct {
	paho.Message
	qos      byte
	number   uint16
	answered *[]uint16
}

func (m handed) Qos() byte         { return m.qos }
func (m handed) MessageID() uint16 { return m.number }
func (m handed) Ack()              { *m.answered = append(*m.answered, m.number) }

// Each message is answered once, after it was written, however often it is handed over meanwhile.
func TestAnAnswerIsGivenOnceWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := newAnswers()
		var answered, want []uint16
		writing := map[uint16]func(){}
		t.Repeat(map[string]func(*rapid.T){
			"hand over": func(t *rapid.T) {
				m := handed{qos: 1, number: rapid.Uint16Range(1, 5).Draw(t, "number"), answered: &answered}
				written, ok := a.note(m)
				require.Equal(t, writing[m.number] == nil, ok)
				if ok {
					writing[m.number] = written
				}
			},
			"write": func(t *rapid.T) {
				number := rapid.Uint16Range(1, 5).Draw(t, "number")
				if written := writing[number]; written != nil {
					written()
					delete(writing, number)
					want = append(want, number)
				}
			},
			"give": func(*rapid.T) { a.give() },
			"": func(t *rapid.T) {
				require.Equal(t, fmt.Sprint(want[:len(answered)]), fmt.Sprint(answered), "in order")
				require.Equal(t, len(writing) > 0, a.owes())
			},
		})
		a.give()
		require.Equal(t, want, answered)
	})
}

func TestNothingIsOwedAtQoS0(t *testing.T) {
	a := newAnswers()
	written, ok := a.note(handed{})
	require.True(t, ok)
	require.Nil(t, written)
	require.False(t, a.owes())
}

// At the end the broker hears of what is being written; what comes then stays with it.
func TestSettling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var answered []uint16
		a := newAnswers()
		var written []func()
		for n := range uint16(3) {
			w, _ := a.note(handed{qos: 1, number: n, answered: &answered})
			written = append(written, w)
		}
		written[0]()
		go func() {
			time.Sleep(time.Second)
			written[1]()
			_, ok := a.note(handed{qos: 1, number: 9, answered: &answered})
			require.False(t, ok)
		}()
		begun := time.Now()
		stop := a.serve()
		a.settle(2 * time.Second)
		require.Equal(t, 2*time.Second, time.Since(begun), "one was never written")
		synctest.Wait()
		require.Equal(t, []uint16{0, 1}, answered)
		written[2]()
		a.settle(2 * time.Second)
		require.Equal(t, 2*time.Second, time.Since(begun), "nothing is owed")
		stop()
		require.Len(t, answered, 3)
	})
}
