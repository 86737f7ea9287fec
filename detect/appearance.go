package detect

import (
	"math"
	"time"

	"zhihui/models"
)

// How a camera's views are learnt. A glance comes each glanceEvery.
const (
	firstGlances = 4                // of which the first view is made
	slowest      = 32               // glances over which a view's means reach: 20 minutes
	maxViews     = 3                // by day, by night, and one more; overflow: the one not seen for longest goes
	settleAfter  = 30 * time.Minute // what is shown for so long instead of all that is usual, is usual from then on

	usualShare    = 0.5  // of the blocks that show the same: it is a glance that can be learnt from
	movedShare    = 0.75 // fewer than this: it may be there at another place
	goneShare     = 0.3  // fewer than this: it may not be there at all
	mostLost      = 0.25 // of a glance that can be learnt from
	tooCovered    = 0.3  // to tell where the view is
	leastSharp    = 0.6  // likewise
	clean         = 0.85 // of a glance at the same that can be learnt from
	leastContrast = 5.0  // likewise: below it, noise is most of what is seen
	leastFill     = 0.03 // of the cells with structure: a first view without is none, it may be a covered camera's
)

// appearance knows what one camera usually shows, by day and by night, and holds each glance against that. What is black,
// covered or blurred is never learnt; another view is, when it stays for settleAfter.
type appearance struct {
	views []*view
	next  *view // what is shown instead of them; nil = one of them is shown
	shift float64
}

// see takes one Sight of the camera and says how its picture is. settled tells that what it shows instead of what was usual
// is usual now.
func (a *appearance) see(at time.Time, s Sight) (v models.PictureVital, settled bool) {
	k := sketchOf(s)
	v = models.PictureVital{At: models.At(at), Luma: k.luma, Contrast: k.contrast, Sharpness: 1}
	if !a.learnt() {
		a.begin(k, at)
		return v, false
	}
	best, l := a.nearest(k)
	if !l.known { // it is learnt on, so that one that was learnt in the dark is not the last word
		a.place(best, l, k, at)
		return v, false
	}
	v.Learnt, v.Covered, v.Sharpness = true, l.covered, l.sharp
	if l.covered < tooCovered && l.sharp >= leastSharp && k.contrast >= leastContrast {
		settled = a.place(best, l, k, at)
	}
	v.Shift = a.shift
	return v, settled
}

func (a *appearance) learnt() bool { return len(a.views) > 0 && a.views[0].glances >= firstGlances }

// begin makes the first view, of glances on end that show the same.
func (a *appearance) begin(k sketch, at time.Time) {
	if k.filled < leastFill {
		return
	}
	if len(a.views) == 0 || a.views[0].compare(k).alike < usualShare {
		a.views = []*view{{}}
	}
	a.views[0].learn(k, at)
}

// nearest returns the view that a glance is most like.
func (a *appearance) nearest(k sketch) (best *view, l likeness) {
	for _, v := range a.views {
		if is := v.compare(k); best == nil || is.alike > l.alike {
			best, l = v, is
		}
	}
	return best, l
}

// place finds where the view is in a glance that shows something, and learns the glance: into the view that it is of, or into
// what may become one. It tells whether it has become one just now.
func (a *appearance) place(best *view, l likeness, k sketch, at time.Time) bool {
	if a.shift = 0; l.known && l.alike < movedShare {
		a.shift = best.shift(k)
	}
	light := math.Abs(math.Log2(max(k.luma, 1) / max(best.luma, 1)))
	if a.shift == 1 && (l.alike >= goneShare || light >= 1) {
		a.shift = 0 // much is as it was, something stands before the rest; or, by its own lamps at night, all looks otherwise
	}
	if l.alike >= usualShare && l.sharp < clean { // or a lens that goes blind slowly would be usual
		return false
	}
	if l.alike >= usualShare && light < 1 {
		if a.next = nil; l.covered < mostLost {
			best.learn(k, at)
		}
		return false
	}
	if a.next == nil || a.next.compare(k).alike < usualShare {
		a.next = &view{}
	}
	a.next.learn(k, at)
	if at.Sub(a.next.since) < settleAfter {
		return false
	}
	a.adopt(a.next)
	a.next, a.shift = nil, 0
	return true
}

// adopt adds a view.
func (a *appearance) adopt(v *view) {
	if len(a.views) < maxViews {
		a.views = append(a.views, v)
		return
	}
	oldest := 0
	for i, o := range a.views {
		if o.last.Before(a.views[oldest].last) {
			oldest = i
		}
	}
	a.views[oldest] = v
}
