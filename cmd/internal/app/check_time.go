package app

import (
	"strconv"
	"time"

	"zhihui/models"
)

// clock finds out when the wall clock is set: then it differs from what has gone by.
type clock struct {
	wall   time.Time
	gone   time.Duration
	jumped time.Duration // 0 = never
	at     time.Duration
}

const (
	jump     = 5 * time.Second
	toldOfIt = time.Hour
)

// look takes the wall clock and how much time has gone by since the start, by a clock that nobody sets.
func (c *clock) look(wall time.Time, gone time.Duration) models.Check {
	wall = wall.Round(0)
	if by := wall.Sub(c.wall) - (gone - c.gone); !c.wall.IsZero() && by.Abs() > jump {
		c.jumped, c.at = by, gone
	}
	c.wall, c.gone = wall, gone
	if c.jumped == 0 || gone-c.at > toldOfIt {
		return well(models.PartClock)
	}
	return ill(models.PartClock, models.ClockJumped, models.GradeWarn,
		"seconds", strconv.Itoa(int(c.jumped.Round(time.Second).Seconds())), "at", models.At(wall.Add(c.at-gone)).String())
}

// clockChecks add that the clocks of most cameras agree, and are ahead of ours.
func clockChecks(set models.Check, ahead time.Duration, cameras int) []models.Check {
	if ahead == 0 {
		return []models.Check{set}
	}
	off := ill(models.PartClock, models.ClockOff, models.GradeWarn,
		"seconds", strconv.Itoa(int(ahead.Round(time.Second).Seconds())), "cameras", strconv.Itoa(cameras))
	if set.Grade == models.GradeOK {
		return []models.Check{off}
	}
	return []models.Check{set, off}
}

// turnedAway tells for some minutes that pages were refused.
type turnedAway struct {
	seen uint64
	at   time.Time
}

const turnedAwayFor = 5 * time.Minute

func (p *turnedAway) look(now time.Time, open int, refused uint64) models.Check {
	if refused > p.seen {
		p.seen, p.at = refused, now
	}
	figures := []string{"open", strconv.Itoa(open), "refused", strconv.FormatUint(refused, 10)}
	if p.at.IsZero() || now.Sub(p.at) > turnedAwayFor {
		return well(models.PartPages, figures...)
	}
	return ill(models.PartPages, models.PagesRefused, models.GradeWarn, figures...)
}
