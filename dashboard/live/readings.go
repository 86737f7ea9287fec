package live

import (
	"zhihui/models"
	"zhihui/models/store"
)

// batches is how many seconds of readings are kept for pages whose connection stalls.
const batches = 8

// readings gathers the newest reading of each sensor; once a second they become one batch for all pages. They are not kept:
// a page that misses a batch shows older values until the next one.
type readings struct {
	waiting map[string]models.Reading
	batch   [batches]batch
	count   uint64 // batches so far; number n is in batch[n%batches]
}

// batch is the readings of one second, as they go over the wire.
type batch struct {
	whole  []byte
	parts  []part
	scopes map[string][]byte // what pages of a scope get, put together for the first of them
}

type part struct {
	area string
	wire []byte
}

// in returns the readings of a scope.
func (b batch) in(scope string, sees func(area string) bool) []byte {
	if scope == store.Whole {
		return b.whole
	}
	wire, known := b.scopes[scope]
	if !known {
		for _, p := range b.parts {
			if sees(p.area) {
				wire = append(wire, p.wire...)
			}
		}
		b.scopes[scope] = wire
	}
	return wire
}

// Publish shows a reading to the pages within a second. It never blocks for long; of several readings of a sensor in one
// second the newest is shown.
func (f *Feed) Publish(r models.Reading) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.places.taken > 0 {
		f.readings.waiting[r.Sensor] = r
	}
}

// flush makes a batch of what waits.
func (f *Feed) flush() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.readings.waiting) == 0 {
		return
	}
	b := batch{scopes: map[string][]byte{}}
	for _, r := range f.readings.waiting {
		m, err := message("reading", 0, r)
		if err != nil {
			f.log.Error("live: a reading cannot be sent", "sensor", r.Sensor, "error", err)
			continue
		}
		b.whole = append(b.whole, m...)
		b.parts = append(b.parts, part{f.layout.sensors[r.Sensor], m})
	}
	clear(f.readings.waiting)
	f.readings.batch[f.readings.count%batches] = b
	f.readings.count++
	f.wake()
}

// since returns what the batches after number n have for a scope, oldest first, and the number to go on with.
func (r *readings) since(n uint64, scope string, sees func(area string) bool) ([][]byte, uint64) {
	n = max(n, r.count-min(r.count, batches))
	var wires [][]byte
	for ; n < r.count; n++ {
		if wire := r.batch[n%batches].in(scope, sees); len(wire) > 0 {
			wires = append(wires, wire)
		}
	}
	return wires, n
}
