package recording

import (
	"time"

	"zhihui/models"
)

const (
	slowFrom = 2 * time.Second  // an operation that takes longer
	slowFor  = 30 * time.Second // after it has ended: a disk that was slow once is looked at by somebody, or it was not
)

// Fault is what keeps footage from being written; the zero Fault is a disk that is well.
type Fault struct {
	Code  models.CheckCode // RecordingAway, RecordingFull, RecordingReadOnly, RecordingRefuses or RecordingSlow; "" = none
	Since models.Time
	Took  time.Duration // of RecordingSlow: the longest operation
	Err   error         // nil where the code says all
}

// diskHealth is what is known of a disk: by looks, which alone mend, and by the operations of others between them.
type diskHealth struct {
	looked   bool  // once at least
	fault    Fault // that keeps from writing; its Since is of the first since it was well
	failures uint64
	running  map[uint64]time.Time // operations by their number, and when each began
	last     uint64
	slow     Fault     // of the operation that took longest
	slowTill time.Time // then it is forgotten
}

// look is what one look has found: the first fault, or none.
type look struct {
	failures uint64 // when it began: what has failed since then it has not seen
	code     models.CheckCode
	err      error
}

func (h *diskHealth) looks() look { return look{failures: h.failures} }

// found takes in a look.
func (h *diskHealth) found(l look, now time.Time) {
	h.looked = true
	switch {
	case l.code != "":
		h.is(l.code, l.err, now)
	case l.failures == h.failures:
		h.fault = Fault{}
	}
}

func (h *diskHealth) is(code models.CheckCode, err error, now time.Time) {
	since := h.fault.Since
	if h.fault.Code == "" {
		since = models.At(now)
	}
	h.fault = Fault{Code: code, Err: err, Since: since}
}

func (h *diskHealth) begin(now time.Time) uint64 {
	if h.running == nil {
		h.running = map[uint64]time.Time{}
	}
	h.last++
	h.running[h.last] = now
	return h.last
}

// end takes in how an operation has ended. A folder that is away says why everything else fails.
func (h *diskHealth) end(op uint64, now time.Time, err error) {
	h.took(h.running[op], now)
	delete(h.running, op)
	code := faultOf(err)
	if code == "" {
		return
	}
	h.failures++
	if h.fault.Code != models.RecordingAway {
		h.is(code, err, now)
	}
}

// took notes an operation that takes, or took, too long.
func (h *diskHealth) took(begun, now time.Time) {
	if now.After(h.slowTill) {
		h.slow = Fault{}
	}
	took := now.Sub(begun)
	if took < slowFrom {
		return
	}
	if h.slow.Code == "" {
		h.slow = Fault{Code: models.RecordingSlow, Since: models.At(begun)}
	}
	h.slow.Took, h.slowTill = max(h.slow.Took, took), now.Add(slowFor)
}

// told is what is wrong at an instant.
func (h *diskHealth) told(now time.Time) Fault {
	h.took(now, now)
	for _, begun := range h.running {
		h.took(begun, now)
	}
	if h.fault.Code != "" {
		return h.fault
	}
	return h.slow
}

// refusal is why nothing may be written, nil when it may.
func (h *diskHealth) refusal() error {
	switch {
	case !h.looked:
		return models.Errorf(models.Unavailable, "nothing is recorded yet: the folder of the recordings has not been looked at")
	case h.fault.Code == "":
		return nil
	}
	return sentence(h.fault.Code)
}

// sentence says a fault to a person.
func sentence(code models.CheckCode) error {
	switch code {
	case models.RecordingAway:
		return models.Errorf(models.Unavailable, "nothing is recorded: the disk for footage is away, or its folder is not this hall's. Bring it back, or run zhihui recording adopt")
	case models.RecordingFull:
		return models.Errorf(models.Unavailable, "nothing is recorded: the disk for footage is full, and nothing on it may be deleted. Make room, or keep less")
	case models.RecordingReadOnly:
		return models.Errorf(models.Unavailable, "nothing is recorded: the disk for footage cannot be written. Make it writable")
	}
	return models.Errorf(models.Unavailable, "nothing is recorded: the disk for footage fails, and the log says how")
}
