package ingest

import (
	"sync/atomic"
	"time"

	"zhihui/ingest/rtsp"
	"zhihui/models"
)

// The reasons for which a camera whose units come is degraded all the same; the other reasons are rtsp's.
const (
	noKeyUnits rtsp.Reason = "no_key_units" // nothing that decoding could start with
	lossy      rtsp.Reason = "lossy"        // too many units do not arrive
	unsteady   rtsp.Reason = "unsteady"     // pictures come, and break off again and again
)

const (
	lossyShare = 20 // one unit in so many
)

// pulse is what the reading goroutine of a stream leaves for the one that watches it: plain counters, so that reading
// never waits. Times are nanoseconds since the start of the stream; 0 = never.
type pulse struct {
	units, lost       atomic.Int64
	lastUnit, lastKey atomic.Int64
}

// beat notes a unit; news tells that it is the first one, or the first key unit.
func (p *pulse) beat(at time.Duration, key bool) (news bool) {
	news = p.units.Add(1) == 1
	p.lastUnit.Store(int64(max(at, 1)))
	if key && p.lastKey.Swap(int64(max(at, 1))) == 0 {
		news = true
	}
	return news
}

// A look that comes late finds a camera silent that is not: its units wait in the socket, and it was this process that had
// no processor, or the machine that slept. It looks again when the readers have had their turn, but only so often: a machine
// that has too much to do for long must not show for as long what is dead.
const (
	lateMost  = 100 * time.Millisecond
	catchUp   = 300 * time.Millisecond
	latesMost = 5 // in a row
)

// beats are a pulse as read at one moment, and how it has changed since the look before.
type beats struct {
	now                time.Duration // since the start of the stream
	lates              int           // looks in a row, this one the last, that came late
	lastUnit, lastKey  time.Duration
	newUnits, newLost  int64
	allUnits, allFlaws int64
}

// read looks at the pulse now, late by so much.
func (p *pulse) read(now, late time.Duration, before beats) beats {
	v := beats{
		now:      now,
		lastUnit: time.Duration(p.lastUnit.Load()), lastKey: time.Duration(p.lastKey.Load()),
		allUnits: p.units.Load(), allFlaws: p.lost.Load(),
	}
	v.newUnits, v.newLost = v.allUnits-before.allUnits, v.allFlaws-before.allFlaws
	if late > lateMost {
		v.lates = before.lates + 1
	}
	return v
}

// judge says how a stream is: its state, why, and after how long to look again. CameraConnecting means that this
// cannot be said yet: the first key unit may still come, before which nobody sees a picture, or the look was late.
func judge(v beats, silence time.Duration) (models.CameraState, rtsp.Reason, time.Duration) {
	if v.lastUnit == 0 {
		if left := 2*silence - v.now; left > 0 {
			return models.CameraConnecting, "", left
		}
		return dead(v)
	}
	left := v.lastUnit + silence - v.now
	switch {
	case left <= 0:
		return dead(v)
	case v.lastKey == 0 && v.now <= models.KeyUnitsWithin:
		return models.CameraConnecting, "", min(left, models.KeyUnitsWithin+1-v.now)
	case v.now-v.lastKey > models.KeyUnitsWithin:
		return models.CameraDegraded, noKeyUnits, left
	case v.newLost > 0 && v.newLost*lossyShare > v.newUnits+v.newLost:
		return models.CameraDegraded, lossy, left
	}
	return models.CameraOnline, "", left
}

func dead(v beats) (models.CameraState, rtsp.Reason, time.Duration) {
	if v.lates > 0 && v.lates <= latesMost {
		return models.CameraConnecting, "", catchUp
	}
	return models.CameraOffline, rtsp.Silent, 0
}

// stateOf is the state of a camera whose stream has ended or never begun.
func stateOf(r rtsp.Reason) models.CameraState {
	if r == rtsp.AuthRefused {
		return models.CameraAuthRefused
	}
	return models.CameraOffline
}

func sentence(r rtsp.Reason) string {
	switch r {
	case "":
		return ""
	case noKeyUnits:
		return "收到画面但缺少关键帧：请缩短摄像机的关键帧间隔"
	case unsteady:
		return "画面时断时续：请检查摄像机的供电和网络"
	case lossy:
		return "画面丢失严重：请检查网络和摄像机负载"
	}
	return r.Sentence()
}
