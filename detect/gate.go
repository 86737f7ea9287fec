package detect

import (
	"time"

	"zhihui/models"
)

// gateReason names why a unit is decoded or not; it labels a metric, so the set stays small.
type gateReason string

const (
	asleepKey   gateReason = "asleep_key"  // nothing moves: key units are enough to see when something does
	asleepSkip  gateReason = "asleep_skip" // and the rest is not decoded
	watchKey    gateReason = "watch_key"   // nothing moves, but a condition holds: key units, looked at
	watchSkip   gateReason = "watch_skip"  //
	awakeMotion gateReason = "awake"       // something moves: every unit is decoded,
	awakeLook   gateReason = "awake_look"  // and now and then the network looks
	offDuty     gateReason = "off_duty"    // no rule's hours: nobody wants to know
	brokenSkip  gateReason = "broken_skip" // the units before it were not decoded: wait for a key unit
	noCreditNow gateReason = "no_credit"   // the worker has enough to do
)

// gate is the memory of one camera's gate. The deciding is pure; sent, moved and lost tell it what came of it.
type gate struct {
	session, seq uint64 // of the newest unit that was decoded
	awakeUntil   time.Time
	looked       time.Time // when the network was asked last
}

// need is what the world outside the gate wants of a camera.
type need struct {
	offDuty  bool          // no rule wants to know of the picture now
	watching bool          // a condition holds or its event is open
	every    time.Duration // the camera's share: least time between two looks
}

// decide tells what to do with a unit.
func (g gate) decide(u *models.AccessUnit, n need) (Want, gateReason) {
	look := u.ReceivedAt.Sub(g.looked) >= n.every
	awake := u.ReceivedAt.Before(g.awakeUntil)
	switch {
	case n.offDuty && !n.watching:
		return 0, offDuty
	case !g.decodable(u):
		return 0, g.skipReason(awake, n)
	case awake && look:
		return WantMotion | WantObjects, awakeLook
	case awake:
		return WantMotion, awakeMotion
	case u.Key && n.watching && look:
		return WantMotion | WantObjects, watchKey
	case u.Key:
		return WantMotion, asleepKey
	}
	return 0, g.skipReason(false, n)
}

func (g gate) skipReason(awake bool, n need) gateReason {
	switch {
	case awake:
		return brokenSkip
	case n.watching:
		return watchSkip
	}
	return asleepSkip
}

// decodable tells whether the decoder has all that u builds on.
func (g gate) decodable(u *models.AccessUnit) bool {
	return u.Key || u.Session == g.session && u.Seq == g.seq+1 && g.seq > 0
}

// sent notes that u went to the decoder.
func (g *gate) sent(u *models.AccessUnit, want Want) {
	g.session, g.seq = u.Session, u.Seq
	if want&WantObjects != 0 {
		g.looked = u.ReceivedAt
	}
}

// moved notes motion in the unit received at; it tells whether that woke the camera.
func (g *gate) moved(at time.Time, quietAfter time.Duration) (woke bool) {
	woke = !at.Before(g.awakeUntil)
	if until := at.Add(quietAfter); until.After(g.awakeUntil) {
		g.awakeUntil = until
	}
	return woke
}

// lost notes that the decoder forgot the stream.
func (g *gate) lost() { g.seq = 0 }
