package detect

import (
	"math"
	"slices"
	"sync"
	"time"
)

const (
	settleEvery = 500 * time.Millisecond // how often the shares are reckoned anew
	mostLag     = 700 * time.Millisecond // from asking to a Result; beyond it there is too much to do, whatever it costs
	leastShare  = 0.2                    // of the workers' time is for pictures, whatever the network takes
	trialShare  = 0.2                    // of it is the most that trials may take
	leastEase   = 0.1
)

// load divides the time of the pixel workers when there is more to decode than they manage. The ladder:
//
//  1. The look of every camera, a key unit every two seconds or GOP, goes first, and is asked for always.
//  2. Then what the network takes; its looks have a budget of their own.
//  3. What is left is divided among the cameras that are awake, by time and not by pictures: who wants less than an equal
//     share gets all of it, the others share the rest equally. A camera that has had its share skips to its next key unit:
//     so many pictures of each GOP, from the key unit on. A large or fast camera slows itself, and no other.
//  4. A camera that sleeps is put on trial only while trials take no more than a fifth of the time: when rain begins
//     everywhere at once, one after the other learns that nothing moves.
//  5. When Results come late nevertheless, what is divided shrinks by a fifth each half second, and grows again by a
//     fiftieth once they are in time.
type load struct {
	each    float64    // of a worker's time, 1 = one core
	workers func() int // that are up

	mu      sync.Mutex
	claims  map[string]claim
	level   float64 // seconds a second that a camera may have; +Inf = all that it wants
	ease    float64 // leastEase…1, what is left of the time after late Results
	must    float64 // seconds a second that go before, a running mean
	spent   time.Duration
	lag     time.Duration
	results int
	settled time.Time
	trials  purse
}

// claim is what a camera that is awake wants.
type claim struct {
	at    time.Time
	wants float64 // seconds of work a second
}

func newLoad(each float64, workers func() int) *load {
	return &load{each: each, workers: workers, claims: map[string]claim{}, level: math.Inf(1), ease: 1}
}

// share notes that a camera is awake and returns the seconds of work a second that it may ask for, and whether that is all
// that it wants.
func (l *load) share(camera string, now time.Time, wants float64) (may float64, all bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, known := l.claims[camera]
	l.claims[camera] = claim{now, wants}
	if dt := now.Sub(l.settled); dt >= settleEvery || !known {
		l.settle(now, dt)
	}
	return min(wants, l.level), wants <= l.level
}

// took notes a Result: work that went before the shares, and how long it was waited for.
func (l *load) took(before, lag time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spent += before
	l.lag += lag
	l.results++
}

// try tells whether there is time for a trial that takes so many seconds of work, and if so takes it.
func (l *load) try(now time.Time, work float64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.trials.fill(now, float64(max(l.workers(), 1))*l.each*trialShare)
	if l.trials.has <= 0 {
		return false
	}
	l.trials.has -= work
	return true
}

// settle reckons the shares anew, dt after the last time.
func (l *load) settle(now time.Time, dt time.Duration) {
	if dt >= settleEvery {
		if l.results > 0 {
			l.ease = eased(l.ease, l.lag/time.Duration(l.results))
		}
		l.must += 0.3 * (l.spent.Seconds()/dt.Seconds() - l.must)
		l.settled, l.spent, l.lag, l.results = now, 0, 0, 0
	}
	wants := make([]float64, 0, len(l.claims))
	for id, c := range l.claims {
		if now.Sub(c.at) > claimLasts {
			delete(l.claims, id)
			continue
		}
		wants = append(wants, c.wants)
	}
	have := float64(max(l.workers(), 1)) * l.each // where none is up, one will be soon
	l.level = fairLevel(wants, l.ease*max(have-l.must, have*leastShare))
}

// eased is what is left of the time when Results took lag on the mean.
func eased(ease float64, lag time.Duration) float64 {
	if lag > mostLag {
		return max(ease*0.8, leastEase)
	}
	return min(ease+0.02, 1)
}

// fairLevel is the most that one may have when all that have is divided: who wants less gets it all, the others the same.
// +Inf = there is enough.
func fairLevel(wants []float64, have float64) float64 {
	slices.Sort(wants)
	for i, w := range wants {
		if equal := have / float64(len(wants)-i); w > equal {
			return equal
		}
		have -= w
	}
	return math.Inf(1)
}

// purse holds the work that may still be asked for.
type purse struct {
	has float64 // seconds; below 0 when a look had to be
	at  time.Time
}

const (
	purseLasts = 10 * time.Second // a GOP's worth: what may be saved up
	purseOpens = time.Second      // what it begins with
)

// fill adds may seconds a second since the last time. A purse that was not used for a while begins anew.
func (p *purse) fill(now time.Time, may float64) {
	dt := now.Sub(p.at)
	if dt > claimLasts {
		p.has, dt = 0, purseOpens
	}
	p.has = min(p.has+may*dt.Seconds(), may*purseLasts.Seconds())
	p.at = now
}
