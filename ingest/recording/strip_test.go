package recording

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
	"zhihui/models/mp4"
)

// TestStrip: whatever the keys, the times and the rounds, each unit comes out once and in order, a key unit begins its part, a part is
// no longer than it may be, and each unit lasts until the next.
func TestStrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, s := newPlayer(), strip{}
		p.gop = rapid.Uint64Range(1, 50).Draw(t, "gop")
		now := time.Unix(1_000_000, 0)
		var out []mp4.Sample
		put := func(p *part) {
			for i, x := range p.samples {
				require.Equal(t, i == 0 && x.Key, x.Key)
			}
			require.LessOrEqual(t, p.samples[len(p.samples)-1].DTS-p.first().DTS, int64(partMost))
			require.NotNil(t, p.header)
			require.False(t, p.received.IsZero())
			out = append(out, p.samples...)
		}
		units := rapid.IntRange(1, 200).Draw(t, "units")
		for range units {
			step := time.Duration(rapid.IntRange(10, 3000).Draw(t, "step")) * time.Millisecond
			now, p.pts = now.Add(step), p.pts+step-100*time.Millisecond
			require.NoError(t, s.add(p.unit(now), put))
			if rapid.Bool().Draw(t, "round ends") {
				s.hand(put)
			}
		}
		s.finish(put)
		require.Len(t, out, units)
		for i, x := range out[1:] {
			require.Equal(t, x.DTS, out[i].DTS+int64(out[i].Length))
		}
	})
}

func TestACameraWhoseClockLeaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		s.gate.play(5 * time.Second)
		s.gate.pts += 30 * time.Minute // in the middle of a GOP
		s.gate.play(5 * time.Second)
		s.end()
		require.Equal(t, 90, s.agrees(1), "from the next key unit on")
		found := s.rows.find("gate", 0, 1<<60)
		require.Len(t, found, 2)
		require.Less(t, found[1].To.Sub(found[0].From), 11*time.Second)
	})
}

func TestAStreamWithoutKeyUnits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		s.gate.gop = 33_000
		s.gate.play(57 * time.Minute)
		s.end()
		units := s.agrees(1)
		require.Equal(t, int(s.gate.sent), units+s.lost())
		require.Len(t, s.rows.segments, 2)
	})
}
