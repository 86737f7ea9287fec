package rtsp

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/stretchr/testify/require"
)

func TestRTPClockWraps(t *testing.T) {
	var c rtpClock
	require.Zero(t, c.at(1<<32-45_000))
	require.Equal(t, time.Second, c.at(45_000))
	require.Equal(t, 500*time.Millisecond, c.at(0), "an earlier time is allowed")
}

// A camera that sets its clock goes on at the pace it had; a pause that can be one is believed.
func TestRTPClockJumps(t *testing.T) {
	var c rtpClock
	at := func(d time.Duration) uint32 { return uint32(int64(d) * rtpRate / int64(time.Second)) }
	require.Zero(t, c.at(at(time.Second)))
	require.Equal(t, 40*time.Millisecond, c.at(at(1040*time.Millisecond)))
	require.Equal(t, 80*time.Millisecond, c.at(at(5*time.Hour)), "forth")
	require.Equal(t, 120*time.Millisecond, c.at(at(5*time.Hour+40*time.Millisecond)))
	require.Equal(t, 160*time.Millisecond, c.at(at(time.Minute)), "and back")
	require.Equal(t, 8160*time.Millisecond, c.at(at(68*time.Second)), "a pause")
}

// A time of NTP is whole seconds since 1900 and a fraction of 2^32: the first of the year 2000, and three quarters of a second.
func TestTheCamerasOwnClock(t *testing.T) {
	const newYear = 3155673600
	begin := time.Date(2000, 1, 1, 0, 0, 0, 750e6, time.UTC)
	var c ownClock
	require.Zero(t, c.at(9000), "no report has come")
	c.hear(&rtcp.SourceDescription{})
	require.Zero(t, c.at(9000))
	c.hear(&rtcp.SenderReport{NTPTime: newYear<<32 | 3<<30, RTPTime: 1<<32 - 9000})
	for stamp, want := range map[uint32]time.Time{
		1<<32 - 9000: begin,
		0:            begin.Add(100 * time.Millisecond),
		81_000:       begin.Add(time.Second),
		1<<32 - 99e3: begin.Add(-time.Second),
	} {
		require.WithinDuration(t, want, c.at(stamp), time.Microsecond)
	}
	c.hear(&rtcp.SenderReport{NTPTime: (newYear + 60) << 32, RTPTime: 0})
	require.WithinDuration(t, begin.Add(60*time.Second-750*time.Millisecond), c.at(0), time.Microsecond, "the newest counts")
	for _, none := range []uint64{0, 180 << 32} {
		c.hear(&rtcp.SenderReport{NTPTime: none})
		require.Zero(t, c.at(0), "a clock without a date tells no time")
	}
}
