package rtsp

import (
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
)

// rtpClock makes a growing duration of RTP time, which wraps every 13 hours, and jumps where a camera sets its clock.
type rtpClock struct {
	started bool
	newest  uint32
	ticks   int64
	usual   int64 // the newest step forward that is believed
}

// rtpRate is the clock rate of all video in RTP, in Hz.
const rtpRate = 90_000

// jumpMost is the longest step between two units that is believed, either way.
const jumpMost = 10 * rtpRate

func (c *rtpClock) at(stamp uint32) time.Duration {
	step := int64(int32(stamp - c.newest))
	switch {
	case !c.started:
		step = 0
	case step > jumpMost, step < -jumpMost: // the camera's clock was set: the pictures go on
		step = c.usual
	case step > 0:
		c.usual = step
	}
	c.started, c.newest, c.ticks = true, stamp, c.ticks+step
	return time.Duration(c.ticks/rtpRate)*time.Second + time.Duration(c.ticks%rtpRate)*time.Second/rtpRate
}

// ownClock is the camera's own time by the newest of its sender reports. gortsplib keeps one, too, but reads the fraction of
// NTP's seconds as nanoseconds, by which a camera that is right looks up to 3.3 s fast. Its zero value is ready; reports and
// pictures may come on different goroutines.
type ownClock struct {
	newest atomic.Pointer[rtcp.SenderReport]
}

func (c *ownClock) hear(packet rtcp.Packet) {
	if report, ok := packet.(*rtcp.SenderReport); ok {
		c.newest.Store(report)
	}
}

// at is the camera's time at an RTP time; zero while it is not known, as of a clock that counts from its start, not from a year.
func (c *ownClock) at(stamp uint32) time.Time {
	const from1900 = 2208988800 // seconds between the epochs of NTP and Unix
	report := c.newest.Load()
	if report == nil || report.NTPTime>>32 <= from1900 {
		return time.Time{}
	}
	told := time.Unix(int64(report.NTPTime>>32)-from1900, int64(report.NTPTime&0xffff_ffff*1e9>>32))
	return told.Add(time.Duration(int32(stamp-report.RTPTime)) * time.Second / rtpRate)
}
