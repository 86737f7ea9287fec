package detect

import (
	"time"

	"zhihui/detect/visionpb"
	"zhihui/models"
)

// asked is a unit whose Result has not come yet.
type asked struct {
	seq    uint64
	at     time.Time // when it was asked
	reason gateReason
}

// flow is how a camera's units come in, and what it takes to decode them.
type flow struct {
	waiting []asked // oldest first; overflow: the oldest, whose worker has gone, are forgotten
	session uint64
	last    time.Time
	every   time.Duration // between two units, learnt
	cost    time.Duration // of a picture in the worker, learnt
	vain    int           // pictures of the trial so far
}

const (
	firstEvery = 100 * time.Millisecond
	firstCost  = 2 * time.Millisecond
	flowShare  = 0.1             // of what is new in what is learnt
	pauseFrom  = 4 * time.Second // between two units is no pace, but a pause: the slowest cameras send one in two seconds
)

// unit notes the receipt of a unit; it tells whether a new session has begun.
func (f *flow) unit(u *models.AccessUnit) (begun bool) {
	begun = u.Session != f.session || f.last.IsZero()
	if begun {
		f.session, f.every = u.Session, firstEvery
	} else if gap := u.ReceivedAt.Sub(f.last); gap < pauseFrom {
		f.every += time.Duration(flowShare * float64(gap-f.every))
	}
	f.last = u.ReceivedAt
	return begun
}

// wants is the work that all units of the camera would be, in seconds a second.
func (f *flow) wants() float64 {
	return f.picture() / max(f.every.Seconds(), 0.001)
}

// picture is the work that one picture is, in seconds.
func (f *flow) picture() float64 {
	if f.cost == 0 {
		return firstCost.Seconds()
	}
	return f.cost.Seconds()
}

func (f *flow) sent(u *models.AccessUnit, now time.Time, r gateReason) {
	if len(f.waiting) == visionpb.MaxCredit {
		f.waiting = f.waiting[1:]
	}
	f.waiting = append(f.waiting, asked{u.Seq, now, r})
	if r == catchUp || r == trialMotion {
		f.vain++
	}
}

// answered takes off what r answers. Units before it that got no Result, because their worker ended, are never answered.
func (f *flow) answered(r Result) (a asked, ok bool) {
	for len(f.waiting) > 0 && f.waiting[0].seq <= r.Seq {
		a, ok = f.waiting[0], f.waiting[0].seq == r.Seq
		f.waiting = f.waiting[1:]
	}
	if r.Reset {
		f.waiting = nil
	}
	if spent := r.DecodeTime + r.MotionTime; ok && spent > 0 {
		if f.cost == 0 {
			f.cost = spent
		}
		f.cost += time.Duration(flowShare * float64(spent-f.cost))
	}
	return a, ok
}

// onTrial counts the comparisons of a trial that are not answered.
func (f *flow) onTrial() int {
	n := 0
	for _, a := range f.waiting {
		if a.reason == trialMotion {
			n++
		}
	}
	return n
}
