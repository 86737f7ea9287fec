package detect

import (
	"slices"
	"time"

	"zhihui/models"
)

// looked is what Vision keeps of one camera.
type looked struct {
	home       *instance // who looks at it; nil under suspicion and in quarantine
	codec      models.Codec
	follow     follow
	gop        []letter     // units since the newest key unit, for the next worker; nil when there are more than the credit
	unanswered []unanswered // oldest first
	forgotten  bool         // kept only until all is answered, so that the credit stays right
	glanced    bool         // kept only for its record: none of its units was analysed
	record     record
}

// unanswered is a unit that a worker has, or will have as soon as it is up again.
type unanswered struct {
	seq uint64
	at  time.Time // of receipt
	off bool      // nobody waits for the Result any more
}

// credit is how many units of the camera may be unanswered; 0 = there is no worker.
func (w *looked) credit() int {
	if w.home == nil {
		return 0
	}
	return w.home.credit
}

// take notes an admitted unit and returns what to send for it.
func (w *looked) take(u *models.AccessUnit, want Want) []letter {
	send := []letter{{unit: u, want: want}}
	switch {
	case u.Key:
		w.gop = send
	case w.gop != nil && len(w.gop) < w.credit():
		w.gop = append(w.gop, send[0])
	default:
		w.gop = nil
	}
	w.forgotten = false
	w.unanswered = append(w.unanswered, unanswered{seq: u.Seq, at: u.ReceivedAt})
	w.follow.sent(u)
	if w.codec != u.Codec {
		w.codec = u.Codec
		send = slices.Insert(send, 0, letter{request: configure(u)})
	}
	return send
}

// replay returns what brings a new worker to where the last one was: the units since the key unit, of which those that
// were answered are only decoded.
func (w *looked) replay() []letter {
	if len(w.gop) == 0 {
		return nil
	}
	before := w.unanswered
	w.unanswered = nil
	send := []letter{{request: configure(w.gop[0].unit)}}
	for _, l := range w.gop {
		waits := func(k unanswered) bool { return k.seq == l.unit.Seq && !k.off }
		k := unanswered{seq: l.unit.Seq, at: l.unit.ReceivedAt, off: !slices.ContainsFunc(before, waits)}
		if k.off {
			l.want = 0
		}
		w.unanswered = append(w.unanswered, k)
		send = append(send, l)
	}
	return send
}

// reset forgets what the decoder knew and returns the Result that says so.
func (w *looked) reset(camera, fault string) Result {
	r := Result{Camera: camera, Seq: w.follow.seq, Reset: true, Fault: fault}
	if n := len(w.unanswered); n > 0 {
		r.ReceivedAt = w.unanswered[n-1].at
	}
	w.unanswered, w.gop, w.codec, w.follow = nil, nil, "", follow{}
	return r
}
