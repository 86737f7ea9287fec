package detect

import (
	"time"

	"zhihui/models"
)

// tallySeconds is what the rates of a measure are means of.
const tallySeconds = 10

// tally counts a camera's Results, second by second. Its zero value is ready.
type tally struct {
	slots [tallySeconds + 1]slot // the second that runs, and the full ones before it
	delay time.Duration          // from the receipt of a unit to its Result, the newest that was not caught up with
	seen  time.Time              // the newest picture
}

type slot struct {
	second          int64
	pictures, looks int
}

func (t *tally) add(now time.Time, r Result, why gateReason) {
	if !r.Decoded || r.Fault != "" {
		return
	}
	t.seen = now
	if why != catchUp && why != trialMotion { // these are late because they were kept
		t.delay = now.Sub(r.ReceivedAt)
	}
	second := now.Unix()
	s := &t.slots[second%int64(len(t.slots))]
	if s.second != second {
		*s = slot{second: second}
	}
	s.pictures++
	if r.HasObjects {
		s.looks++
	}
}

// rates returns the pictures decoded and those that the network looked at, a second.
func (t *tally) rates(now time.Time) (pictures, looks float64) {
	sum := slot{}
	for _, s := range t.slots {
		if age := now.Unix() - s.second; age >= 1 && age <= tallySeconds {
			sum.pictures += s.pictures
			sum.looks += s.looks
		}
	}
	return float64(sum.pictures) / tallySeconds, float64(sum.looks) / tallySeconds
}

// Measures tells how the pictures of each analysed camera are looked at now, by camera id.
func (e *Engine) Measures(now time.Time) map[string]models.AnalysisMeasure {
	all := map[string]models.AnalysisMeasure{}
	if e.deps.Vision == nil {
		return all
	}
	up := e.deps.Vision.Workers() > 0
	for id, c := range e.analysed() {
		all[id] = c.measure(now, up)
	}
	return all
}

func (c *camera) measure(now time.Time, up bool) models.AnalysisMeasure {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := &c.eyes
	m := models.AnalysisMeasure{State: models.AnalysisAsleep, DelayMs: e.tally.delay.Milliseconds()}
	m.Pictures, m.Looks = e.tally.rates(now)
	switch {
	case e.off || !up || now.Sub(e.tally.seen) > blindFor:
		m.State = models.AnalysisOff
	case e.limited:
		m.State = models.AnalysisSlowed
	case e.gate.awake(now, c.cfg.QuietAfter.Std()):
		m.State = models.AnalysisAwake
	case c.watching():
		m.State = models.AnalysisWatching
	}
	return m
}
