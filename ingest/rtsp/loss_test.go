package rtsp

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Whatever single-packet units are left out, those between two that arrive are counted, as soon as the rate is known.
func TestLossMeterCountsGaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m lossMeter
		sequence := rapid.Uint16().Draw(t, "first sequence")
		stamp := rapid.Uint32().Draw(t, "first stamp")
		period := rapid.Uint32Range(900, 90_000).Draw(t, "period")
		arrives := rapid.SliceOfN(rapid.Bool(), 1, 60).Draw(t, "arrives")
		arrives = append([]bool{true, true}, arrives...)
		dropped, counted := 0, 0
		for _, here := range append(arrives, true) {
			if here {
				m.packet(sequence, stamp, true)
				intact, lost := m.unit(stamp)
				require.True(t, intact)
				counted += lost
			} else {
				dropped++
			}
			sequence, stamp = sequence+1, stamp+period
		}
		require.Equal(t, dropped, counted)
	})
}

func TestLossMeterBoundsAJump(t *testing.T) {
	var m lossMeter
	for i := range uint32(2) {
		m.packet(uint16(i), i*9000, true)
		m.unit(i * 9000)
	}
	m.packet(9, 1<<31, true)
	_, lost := m.unit(1 << 31)
	require.Equal(t, maxLost, lost)
}

func TestLossMeterDropsTheCutUnit(t *testing.T) {
	var m lossMeter
	m.packet(1, 0, true)
	_, lost := m.unit(0)
	require.Zero(t, lost)
	m.packet(2, 9000, false)
	require.True(t, m.packet(4, 9000, true))
	intact, _ := m.unit(9000)
	require.False(t, intact)
	m.packet(5, 18_000, true)
	intact, lost = m.unit(18_000)
	require.True(t, intact)
	require.Equal(t, 1, lost)
}

// Pictures out of order give no period, and neither does a clock that jumps: what is lost is counted by the others.
func TestLossMeterOfPicturesOutOfOrder(t *testing.T) {
	var m lossMeter
	sequence := uint16(0)
	send := func(stamp uint32) (lost int) {
		m.packet(sequence, stamp, true)
		sequence++
		_, lost = m.unit(stamp)
		return lost
	}
	for _, picture := range []uint32{0, 3, 1, 2, 6, 4, 5} {
		require.Zero(t, send(picture*3600))
	}
	sequence++ // 9 is lost
	require.Equal(t, 1, send(7*3600))
	require.Zero(t, send(8*3600))
	require.Zero(t, send(8*3600+1<<31), "the clock is set")
	sequence += 2
	require.Equal(t, 2, send(11*3600+1<<31))
}
