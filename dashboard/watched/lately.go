package watched

import (
	"container/list"
	"time"

	"zhihui/models"
)

const (
	sameView = 10 * time.Minute // since the last sight of it
	longView = 24 * time.Hour   // what is open for longer is noted again, or last week's rows would not tell of a wall
	maxViews = 16384            // remembered; the one seen longest ago is forgotten first, and would be noted once more
)

// sight is what makes two looks the same view.
type sight struct {
	viewer, camera string
	way            models.Watching
	hour           models.Time // of the footage; 0 live
}

func sightOf(v models.Viewing) sight { return sight{v.Viewer, v.Camera, v.Way, v.From} }

// view is one that was noted. Its times are of a clock that cannot be set.
type view struct {
	models.Viewing
	noted time.Time
	at    time.Time // seen last
	open  int       // live pictures of it that are on a screen
}

// lately remembers the views of the last minutes.
type lately struct {
	views map[sight]*list.Element
	order *list.List // of *view, seen last in front
}

func newLately() lately { return lately{views: map[sight]*list.Element{}, order: list.New()} }

// goesOn tells whether a look at now belongs to a view that was noted, which it then prolongs.
func (l *lately) goesOn(s sight, now time.Time) bool {
	e := l.views[s]
	if e == nil {
		return false
	}
	v := e.Value.(*view)
	if v.open == 0 && now.Sub(v.at) >= sameView {
		return false
	}
	v.at = now
	l.order.MoveToFront(e)
	return true
}

// begin remembers a view that is noted now.
func (l *lately) begin(v models.Viewing, now time.Time) {
	s := sightOf(v)
	if e := l.views[s]; e != nil {
		v := e.Value.(*view)
		v.at, v.noted = now, now
		l.order.MoveToFront(e)
		return
	}
	l.views[s] = l.order.PushFront(&view{Viewing: v, at: now, noted: now})
	for e := l.order.Back(); e != nil && len(l.views) > maxViews; {
		before := e.Prev()
		if v := e.Value.(*view); v.open == 0 { // the open ones are bounded by who may look live
			delete(l.views, sightOf(v.Viewing))
			l.order.Remove(e)
		}
		e = before
	}
}

// opened counts the live pictures of a remembered view; more is -1 when one was closed.
func (l *lately) opened(s sight, more int, now time.Time) {
	v := l.views[s].Value.(*view)
	v.open += more
	v.at = now
	l.order.MoveToFront(l.views[s])
}

// long are the views that are open, and have been for a day since they were noted.
func (l *lately) long(now time.Time) (all []models.Viewing) {
	for e := l.order.Front(); e != nil; e = e.Next() {
		if v := e.Value.(*view); v.open > 0 && now.Sub(v.noted) >= longView {
			all = append(all, v.Viewing)
		}
	}
	return all
}
