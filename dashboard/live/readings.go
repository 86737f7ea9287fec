package live

import "zhihui/models"

// batches is how many seconds of readings are kept for pages whose connection stalls.
const batches = 8

// readings gathers the newest reading of each sensor; once a second they become one batch for all pages. They are not kept:
// a page that misses a batch shows older values until the next one.
type readings struct {
	waiting map[string]models.Reading
	batch   [batches][]byte
	count   uint64 // batches so far; number n is in batch[n%batches]
}

// Publish shows a reading to the pages within a second. It never blocks for long; of several readings of a sensor in one
// second the newest is shown.
func (f *Feed) Publish(r models.Reading) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.pages > 0 {
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
	var wire []byte
	for _, r := range f.readings.waiting {
		m, err := message("reading", 0, r)
		if err != nil {
			f.log.Error("live: a reading cannot be sent", "sensor", r.Sensor, "error", err)
			continue
		}
		wire = append(wire, m...)
	}
	clear(f.readings.waiting)
	f.readings.batch[f.readings.count%batches] = wire
	f.readings.count++
	f.wake()
}

// since returns the batches after number n, oldest first, and the number to go on with.
func (r *readings) since(n uint64) ([][]byte, uint64) {
	n = max(n, r.count-min(r.count, batches))
	var wires [][]byte
	for ; n < r.count; n++ {
		wires = append(wires, r.batch[n%batches])
	}
	return wires, n
}
