package detect

import (
	"cmp"
	"slices"
	"time"

	"zhihui/detect/rules"
	"zhihui/models"
)

// The tracker works on a few looks a second, so things move by their own size from one to the next.
const (
	confirmAfter = 2                       // sightings before a track is believed
	forgetMisses = 2                       // looks that missed a track, and
	forgetAfter  = 2500 * time.Millisecond // time unseen, before it is forgotten; only looks make it older
	presentFor   = time.Second             // a track missed for less is still taken to be there
	maxObjects   = 128                     // of one look; the rest, in the worker's order, is left out
	minMatch     = 0.1                     // least overlap of the widened boxes
)

// tracker follows the objects of one camera: ByteTrack's two rounds (sure detections first, unsure ones may only prolong
// a track), alpha-beta prediction, overlap of widened boxes, greedy by the best overlap.
type tracker struct {
	minScore float64 // of a detection that may begin a track
	next     uint64
	now      time.Time
	tracks   []*track
}

type track struct {
	models.Track
	seenAt time.Time
	vx, vy float64 // of the centre, picture widths and heights a second
	misses int
}

// update takes the objects of one look at the unit received at.
func (t *tracker) update(at time.Time, objects []models.Object) {
	if at.Before(t.now) {
		at = t.now
	}
	t.now = at
	var sure, unsure []models.Object
	for _, o := range objects[:min(len(objects), maxObjects)] {
		switch {
		case groupOf(o.Label) == "":
		case o.Score >= t.minScore:
			sure = append(sure, o)
		default:
			unsure = append(unsure, o)
		}
	}
	missed, fresh := t.associate(t.tracks, sure)
	missed, _ = t.associate(missed, unsure)
	for _, k := range missed {
		k.misses++
	}
	t.tracks = slices.DeleteFunc(t.tracks, t.gone)
	for _, o := range fresh {
		t.begin(o)
	}
}

// associate gives each track at most one object and the other way round, the best pairs first. It returns the tracks
// and the objects that are left over.
func (t *tracker) associate(tracks []*track, objects []models.Object) ([]*track, []models.Object) {
	type pair struct {
		k, o    int
		overlap float64
	}
	var pairs []pair
	for i, k := range tracks {
		for j, o := range objects {
			if overlap := k.match(o, t.now); overlap >= minMatch {
				pairs = append(pairs, pair{i, j, overlap})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(b.overlap, a.overlap) })
	usedK, usedO := make([]bool, len(tracks)), make([]bool, len(objects))
	for _, p := range pairs {
		if !usedK[p.k] && !usedO[p.o] {
			usedK[p.k], usedO[p.o] = true, true
			tracks[p.k].see(objects[p.o], t.now)
		}
	}
	return unused(tracks, usedK), unused(objects, usedO)
}

func unused[T any](all []T, used []bool) []T {
	var left []T
	for i, v := range all {
		if !used[i] {
			left = append(left, v)
		}
	}
	return left
}

func (t *tracker) begin(o models.Object) {
	t.next++
	at := models.At(t.now)
	t.tracks = append(t.tracks, &track{seenAt: t.now, Track: models.Track{
		ID: t.next, Label: o.Label, Score: o.Score, Box: o.Box, First: at, Last: at, Seen: 1,
	}})
}

func (t *tracker) gone(k *track) bool {
	if k.misses < forgetMisses {
		return false
	}
	return k.Seen < confirmAfter || t.now.Sub(k.seenAt) >= forgetAfter
}

// present returns the believed tracks that are in view.
func (t *tracker) present() []models.Track {
	var in []models.Track
	for _, k := range t.tracks {
		if k.Seen >= confirmAfter && (k.misses == 0 || t.now.Sub(k.seenAt) <= presentFor) {
			in = append(in, k.Track)
		}
	}
	return in
}

// doubts tells whether something was seen for the first time by the newest look, so that another must say if it is there.
func (t *tracker) doubts() bool {
	return slices.ContainsFunc(t.tracks, func(k *track) bool { return k.Seen < confirmAfter && k.misses == 0 })
}

// reset forgets all tracks; ids go on.
func (t *tracker) reset() { t.tracks = nil }

// match is the overlap, 0…1, of the object with the track's predicted box, both widened by as much as a thing of that
// size may have moved; 0 for things of different groups.
func (k *track) match(o models.Object, at time.Time) float64 {
	if groupOf(k.Label) != groupOf(o.Label) {
		return 0
	}
	dt := min(at.Sub(k.seenAt).Seconds(), 1.5)
	b := k.Box
	b.X += k.vx * dt
	b.Y += k.vy * dt
	return widen(b, dt).IoU(widen(o.Box, dt))
}

// widen grows a box on every side by its longer side times the seconds gone, at most half of it.
func widen(b models.Box, dt float64) models.Box {
	m := min(0.1+0.5*dt, 0.5) * max(b.W, b.H)
	return models.Box{X: b.X - m, Y: b.Y - m, W: b.W + 2*m, H: b.H + 2*m}
}

// see moves the track to where it was found. The first two sightings give the velocity, later ones correct it by half.
func (k *track) see(o models.Object, at time.Time) {
	if dt := at.Sub(k.seenAt).Seconds(); dt > 0.02 {
		was, is := k.Box.Centre(), o.Box.Centre()
		gain := 0.5
		if k.Seen == 1 {
			gain = 1
		}
		k.vx += gain * ((is[0]-was[0])/dt - k.vx)
		k.vy += gain * ((is[1]-was[1])/dt - k.vy)
	}
	k.Label, k.Score, k.Box = o.Label, o.Score, o.Box
	k.seenAt, k.Last = at, models.At(at)
	k.Seen++
	k.misses = 0
}

// groupOf puts together what a network takes for one another; "" is not followed.
func groupOf(label string) string {
	switch label {
	case "person", "bicycle", rules.Motion:
		return label
	case "car", "bus", "truck", "motorcycle":
		return "vehicle"
	}
	return ""
}
