package mqtt

import (
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// Whatever devices publish, what is shown of it is text of bounded length, and its number is bounded.
func FuzzHeard(f *testing.F) {
	f.Add("water/1", []byte(`{"level":3}`), "water")
	f.Add("\xff\x00", []byte{0xff, 0xfe}, "")
	f.Add("a/../b", make([]byte, 2*maxSample), "..")
	f.Fuzz(func(t *testing.T, topic string, payload []byte, q string) {
		var h heard
		h.note(message{topic: topic, payload: payload, at: time.Unix(1e9, 0)})
		h.note(message{topic: topic + "x", payload: nil, large: true, at: time.Unix(1e9, 0)})
		for _, shown := range h.list(q) {
			require.True(t, utf8.ValidString(shown.Topic) && utf8.ValidString(shown.Payload))
			require.LessOrEqual(t, len(shown.Payload), 3*maxSample) // each spoilt byte is three
		}
		require.LessOrEqual(t, len(h.list("")), 2)
	})
}
