package coding

// maxRefs bounds the pictures in a set of references.
const maxRefs = 16

// refSet is a set of short-term references: how far away they are in order, those before the picture first.
type refSet struct {
	away [maxRefs]int32
	used [maxRefs]bool // by the picture itself, and not only by later ones
	n    int
	past int // of n, how many are before the picture
}

// inUse is how many of them the picture itself uses.
func (t *refSet) inUse() int {
	n := 0
	for k := range t.n {
		if t.used[k] {
			n++
		}
	}
	return n
}

func (t *refSet) add(r *reader, away int32, used bool) {
	if t.n == maxRefs {
		r.short = true
		return
	}
	t.away[t.n], t.used[t.n] = away, used
	t.n++
	if away < 0 {
		t.past++
	}
}

// read reads the set that comes after those before it; one in a slice may build on any of them, one in a sequence
// parameter set on the last.
func (t *refSet) read(r *reader, before []refSet, inSlice bool) {
	if len(before) > 0 && r.flag() {
		t.readBuilt(r, before, inSlice)
		return
	}
	past, future := r.upTo(maxRefs), r.upTo(maxRefs)
	for n, away := 0, int32(0); n < past && !r.short; n++ {
		away -= int32(r.upTo(1<<15)) + 1
		t.add(r, away, r.flag())
	}
	for n, away := 0, int32(0); n < future && !r.short; n++ {
		away += int32(r.upTo(1<<15)) + 1
		t.add(r, away, r.flag())
	}
}

// readBuilt reads a set that is told by its difference from another.
func (t *refSet) readBuilt(r *reader, before []refSet, inSlice bool) {
	back := 1
	if inSlice {
		back += r.upTo(uint32(len(before) - 1))
	}
	from := &before[len(before)-back]
	negative := r.flag()
	delta := int32(r.upTo(1<<15)) + 1
	if negative {
		delta = -delta
	}
	var used, kept [maxRefs + 1]bool
	for n := range from.n + 1 {
		used[n] = r.flag()
		kept[n] = used[n] || r.flag()
	}
	take := func(n int, past bool) {
		away := delta // of the picture that from belongs to
		if n < from.n {
			away += from.away[n]
		}
		if kept[n] && away != 0 && away < 0 == past {
			t.add(r, away, used[n])
		}
	}
	for n := from.n - 1; n >= from.past; n-- {
		take(n, true)
	}
	take(from.n, true)
	for n := range from.past {
		take(n, true)
	}
	for n := from.past - 1; n >= 0; n-- {
		take(n, false)
	}
	take(from.n, false)
	for n := from.past; n < from.n; n++ {
		take(n, false)
	}
}
