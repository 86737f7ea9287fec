package detect

import "zhihui/models"

// The bounds of what is kept of one camera, those that ingest's hub has by default: the units are the ones that it keeps too.
const (
	keptUnits = 600
	keptBytes = 4 << 20
)

// kept holds the units of a camera that are not decoded yet, from where the decoder can go on, so that a camera that wakes
// is caught up with from its newest key unit. Overflow: what is kept goes, and nothing is kept until the next key unit.
type kept struct {
	units   []*models.AccessUnit
	head    int // of the oldest that is not decoded
	bytes   int
	session uint64
	seq     uint64 // of the newest that was added; 0 = only a key unit will do
}

// add keeps u. It is false when the units before it are missing.
func (k *kept) add(u *models.AccessUnit) bool {
	size := u.Size()
	switch {
	case u.Key:
		k.drop()
	case k.seq == 0 || u.Session != k.session || u.Seq != k.seq+1:
		k.drop()
		return false
	case k.len() >= keptUnits || k.bytes+size > keptBytes && k.len() > 0:
		k.drop()
		return false
	}
	k.session, k.seq = u.Session, u.Seq
	k.units = append(k.units, u)
	k.bytes += size
	return true
}

// oldest returns the unit that the decoder needs next; nil when it has all.
func (k *kept) oldest() *models.AccessUnit {
	if k.len() == 0 {
		return nil
	}
	return k.units[k.head]
}

// pop notes that the oldest unit went to the decoder.
func (k *kept) pop() {
	k.bytes -= k.units[k.head].Size()
	k.units[k.head] = nil
	k.head++
	if k.len() == 0 {
		k.units, k.head = k.units[:0], 0
	}
}

func (k *kept) len() int { return len(k.units) - k.head }

// drop lets go of all, and keeps nothing until the next key unit.
func (k *kept) drop() {
	clear(k.units)
	k.units, k.head, k.bytes, k.seq = k.units[:0], 0, 0, 0
}
