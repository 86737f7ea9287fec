package detect

import (
	"time"

	"zhihui/models"
)

// gateReason names why a unit is decoded or not; it labels a metric, so the set stays small.
type gateReason string

const (
	asleepKey   gateReason = "asleep_key"  // nothing moves: now and then a key unit is compared,
	patrolKey   gateReason = "patrol_key"  // and once in a while looked at by the network,
	asleepSkip  gateReason = "asleep_skip" // and the rest is not decoded
	watchKey    gateReason = "watch_key"   // nothing moves, but a condition holds: key units, looked at
	watchSkip   gateReason = "watch_skip"  //
	catchUp     gateReason = "catch_up"    // the units tell of something, or nothing yet: those that were skipped are decoded,
	trialMotion gateReason = "trial"       // and the newest compared, to see whether it is so
	awakeMotion gateReason = "awake"       // something moves: every unit is decoded, some are compared,
	awakeDecode gateReason = "awake_more"  //
	awakeLook   gateReason = "awake_look"  // and now and then the network looks
	slowedSkip  gateReason = "slowed_skip" // there is too much to do: the camera has had its share, wait for a key unit
	offDuty     gateReason = "off_duty"    // no rule's hours: nobody wants to know
	brokenSkip  gateReason = "broken_skip" // the units before it were not kept: wait for a key unit
	noCreditNow gateReason = "no_credit"   // the worker has enough to do
)

// awake tells whether the unit is decoded because its camera is awake.
func (r gateReason) awake() bool { return r == awakeMotion || r == awakeDecode || r == awakeLook }

const (
	// motionEvery is the pause between two comparisons of a camera that is awake: a person takes a second and more across
	// the picture, so five a second lose nobody. A little less, because units do not come by the clock.
	motionEvery = 180 * time.Millisecond
	// trialPictures are compared before a wake is given up: the background needs one or two to show what is new.
	trialPictures = 5
	// trialLast of them are kept ones; those before are decoded only, the decoder needs them.
	trialLast = 3
)

// gate is the memory of one camera's gate. The deciding is pure; sent, seen, rouse, begin and lost tell it what came of it.
type gate struct {
	moved    time.Time // newest unit with motion
	fresh    time.Time // a new session is looked at until then, moving or not
	compared time.Time // when motion was last asked for
	looked   time.Time // when the network was last asked
	trial    int       // pictures still to send before a wake is given up; 0 = none is on trial
}

// need is what the world outside the gate wants of a camera.
type need struct {
	now       time.Time     // receipt of the newest unit: the one to decide on may be an older one, kept
	behind    int           // units kept after the one to decide on
	offDuty   bool          // no rule wants to know of the picture now
	watching  bool          // a condition holds or its event is open
	doubt     bool          // the network has seen something once, or has not looked yet
	slowed    bool          // the camera has decoded its share
	patrol    bool          // the network has time for a camera that sleeps
	spare     bool          // the network has time for a camera that is watched or awake
	every     time.Duration // the camera's share: least time between two looks by the network
	lookEvery time.Duration // between two key units of a camera that sleeps
	quiet     time.Duration // a camera without motion for so long sleeps
}

// ruling is what becomes of a unit.
type ruling struct {
	decode bool
	want   Want
	reason gateReason
}

// decide tells what to do with the oldest unit of a camera that is not decoded yet. It takes for granted that the decoder
// has all that the unit builds on.
func (g gate) decide(u *models.AccessUnit, n need) ruling {
	look := n.spare && u.ReceivedAt.Sub(g.looked) >= n.every
	key := u.Key && g.due(n.now, n.lookEvery)
	awake := g.awake(n.now, n.quiet)
	switch {
	case n.offDuty && !n.watching:
		return ruling{reason: offDuty}
	case awake && n.slowed && !key:
		return ruling{reason: slowedSkip}
	case awake && look:
		return ruling{true, WantMotion | WantObjects, awakeLook}
	case awake && u.ReceivedAt.Sub(g.compared) >= motionEvery:
		return ruling{true, WantMotion, awakeMotion}
	case awake:
		return ruling{true, 0, awakeDecode}
	case g.trial > 0 && n.behind >= min(g.trial, trialLast):
		return ruling{true, 0, catchUp}
	case g.trial > 0:
		return ruling{true, WantMotion, trialMotion}
	case key && look && (n.watching || n.doubt):
		return ruling{true, WantMotion | WantObjects, watchKey}
	case key && n.patrol:
		return ruling{true, WantMotion | WantObjects, patrolKey}
	case key:
		return ruling{true, WantMotion, asleepKey}
	case n.watching:
		return ruling{reason: watchSkip}
	}
	return ruling{reason: asleepSkip}
}

func (g gate) awake(now time.Time, quiet time.Duration) bool {
	return now.Before(g.fresh) || g.moving(now, quiet)
}

// moving tells whether something has moved lately, or what was compared last still did: a camera that is slowed, or whose
// worker is away, has not come to rest.
func (g gate) moving(now time.Time, quiet time.Duration) bool {
	return !g.moved.IsZero() && (now.Before(g.moved.Add(quiet)) || !g.compared.After(g.moved))
}

// begin notes a new session: what stands in view from its first picture on must be found though it never moves.
func (g *gate) begin(at time.Time, sight time.Duration) {
	g.fresh, g.looked, g.trial = at.Add(sight), time.Time{}, 0
}

// rouse puts a camera that sleeps on trial, for so many pictures.
func (g *gate) rouse(pictures int) { g.trial = pictures }

// due tells whether a camera that sleeps must be looked at. The newest key unit may have come before that, and waited.
func (g gate) due(now time.Time, lookEvery time.Duration) bool {
	return now.Sub(g.compared) >= lookEvery
}

// sent notes that u went to the decoder, by the ruling v.
func (g *gate) sent(u *models.AccessUnit, v ruling) {
	if v.want&WantMotion != 0 {
		g.compared = u.ReceivedAt
	}
	if v.want&WantObjects != 0 {
		g.looked = u.ReceivedAt
	}
	if v.reason == trialMotion {
		g.trial--
	}
}

// seen notes motion in the unit received at; it tells whether that woke the camera.
func (g *gate) seen(at time.Time, quiet time.Duration) (woke bool) {
	woke = !g.awake(at, quiet)
	if at.After(g.moved) {
		g.moved = at
	}
	g.trial = 0
	return woke
}

// lost notes that the decoder forgot the stream.
func (g *gate) lost() { g.trial = 0 }
