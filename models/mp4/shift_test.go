package mp4

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
)

// TestShift lays parts down with zero 0 and shifts them: that is as if they had been laid down there.
func TestShift(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var f Film
		begun, sounds := rapid.Uint64Range(1, 1e6).Draw(t, "begun"), rapid.Bool().Draw(t, "sound")
		var samples []Sample
		for i := range uint64(rapid.IntRange(2, 30).Draw(t, "units")) {
			u := unit(begun+i, 1, i < 2)
			if sounds {
				u.Sound = []models.SoundFrame{{Codec: models.PCM, Rate: 8000, Channels: 1, PTS: u.PTS, Length: 100 * time.Millisecond, Payload: make([]byte, 1600)}}
			}
			s, ok, err := f.Add(u)
			require.NoError(t, err)
			require.True(t, ok)
			if i > 0 { // the header has its sound from here on
				samples = append(samples, s)
			}
		}
		seq, zero := rapid.Uint32().Draw(t, "seq"), samples[0].DTS
		want := f.Header().AppendPart(nil, seq, zero, samples)
		got := f.Header().AppendPart(nil, 1, 0, samples)
		require.True(t, f.Header().Shift(got, seq, zero))
		require.Equal(t, want, got)
		torn := rapid.IntRange(1, len(got)-1).Draw(t, "torn")
		if !sounds {
			require.False(t, f.Header().Shift(got[:torn], 1, 0), "cut at %d of %d", torn, len(got))
		}
		copy(got[torn:], make([]byte, len(got)-torn))
		f.Header().Shift(got, 1, 0) // whatever it says, it ends
	})
}

func TestShiftOfNothing(t *testing.T) {
	require.True(t, new(Header).Shift(nil, 1, 0))
	require.False(t, new(Header).Shift(make([]byte, 200), 1, 0))
}
