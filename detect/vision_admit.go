package detect

import (
	"zhihui/detect/visionpb"
	"zhihui/models"
)

// admission names why a unit goes to a worker or not; it labels a metric, so the set stays small.
type admission string

const (
	admitted    admission = "admitted"
	noWorker    admission = "no_worker"   // the camera's worker is not up
	suspected   admission = "suspected"   // the camera may have ended its worker and waits for one of its own
	quarantined admission = "quarantined" // it has ended three
	noCredit    admission = "no_credit"   // as many of its units are unanswered as the worker takes
	needsKey    admission = "needs_key"   // the decoder cannot follow from what it had last
	notSpoken   admission = "not_spoken"  // the protocol does not carry it: too large, or an odd name
)

// follow is what the decoder of a camera has been sent.
type follow struct {
	session, seq uint64 // of the newest unit; seq 0 = only a key unit will do
	key          uint64 // Seq of the newest key unit
}

// admit decides on one unit of a camera. A credit of 0 means that there is no worker.
func admit(u *models.AccessUnit, s standing, credit, unanswered int, f follow) admission {
	switch {
	case !spoken(u):
		return notSpoken
	case s == inQuarantine:
		return quarantined
	case s == underSuspicion:
		return suspected
	case credit == 0:
		return noWorker
	case !u.Key && (f.seq == 0 || u.Session != f.session || u.Seq != f.seq+1):
		return needsKey
	case unanswered >= credit:
		return noCredit
	}
	return admitted
}

// spoken tells whether the protocol can carry a unit.
func spoken(u *models.AccessUnit) bool {
	return models.ValidID(u.Camera) && u.Size() > 0 && u.Size()+4*len(u.NALUs) <= visionpb.MaxUnit && codecOf(u.Codec) != 0
}

// sent notes an admitted unit.
func (f *follow) sent(u *models.AccessUnit) {
	f.session, f.seq = u.Session, u.Seq
	if u.Key {
		f.key = u.Seq
	}
}

// lost notes that the decoder's state went with the unit seq; it is false when a key unit sent since heals that.
func (f *follow) lost(seq uint64) bool {
	if seq < f.key {
		return false
	}
	f.seq = 0
	return true
}

func codecOf(c models.Codec) visionpb.Codec {
	switch c {
	case models.H264:
		return visionpb.Codec_CODEC_H264
	case models.H265:
		return visionpb.Codec_CODEC_H265
	}
	return visionpb.Codec_CODEC_UNSPECIFIED
}
