package rtsp

import (
	"cmp"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
)

// rtpClock makes a growing duration of RTP time, which wraps every 13 hours, and jumps where a camera sets its clock.
type rtpClock struct {
	rate    int64 // in Hz; 0 = that of video
	started bool
	newest  uint32
	ticks   int64
	usual   int64 // the newest step forward that is believed
}

// rtpRate is the clock rate of all video in RTP, in Hz.
const rtpRate = 90_000

// jumpSeconds is the longest step between two units that is believed, either way.
const jumpSeconds = 10

func (c *rtpClock) at(stamp uint32) time.Duration {
	step := int64(int32(stamp - c.newest))
	most := jumpSeconds * c.hertz()
	switch {
	case !c.started:
		step = 0
	case step > most, step < -most: // the camera's clock was set: the pictures go on
		step = c.usual
	case step > 0:
		c.usual = step
	}
	c.started, c.newest, c.ticks = true, stamp, c.ticks+step
	return c.duration(c.ticks)
}

// near is the time of a stamp near the newest one, by which the clock does not go on.
func (c *rtpClock) near(stamp uint32) time.Duration {
	return c.duration(c.ticks + int64(int32(stamp-c.newest)))
}

func (c *rtpClock) hertz() int64 { return cmp.Or(c.rate, rtpRate) }

func (c *rtpClock) duration(ticks int64) time.Duration {
	rate := c.hertz()
	return time.Duration(ticks/rate)*time.Second + time.Duration(ticks%rate)*time.Second/time.Duration(rate)
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

// report is the newest that it told, since the year 1900, at an RTP time; false while there was none.
func (c *ownClock) report() (told time.Duration, stamp uint32, ok bool) {
	report := c.newest.Load()
	if report == nil {
		return 0, 0, false
	}
	return time.Duration(report.NTPTime>>32)*time.Second + time.Duration(report.NTPTime&0xffff_ffff*1e9>>32), report.RTPTime, true
}

// at is the camera's time at an RTP time; zero while it is not known, as of a clock that counts from its start, not from a year.
func (c *ownClock) at(stamp uint32) time.Time {
	const from1900 = 2208988800 * time.Second // between the epochs of NTP and Unix
	told, reported, ok := c.report()
	if !ok || told < from1900+time.Second {
		return time.Time{}
	}
	return time.Unix(0, int64(told-from1900)).Add(time.Duration(int32(stamp-reported)) * time.Second / rtpRate)
}
