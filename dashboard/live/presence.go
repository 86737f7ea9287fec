package live

import (
	"cmp"
	"slices"
	"time"

	"zhihui/models"
)

const (
	lookFor    = 25 * time.Second // a page says every 10 s what it shows; who has said nothing for this long has gone
	partedFor  = time.Minute      // every page has heard by then that nobody looks any more, or is gone itself
	maxLooking = 1024             // people; who comes beyond is not shown to others, nothing else is refused
)

// presence knows who looks at which alert. It is state, not a queue: a page that stalls hears the newest of each alert.
type presence struct {
	looking map[string]glance // by username: who has two windows is where the newest word came from
	alerts  map[string]seen
	count   uint64 // of what was said so far
}

// glance is one person's look at an alert.
type glance struct {
	alert, area, name string
	since             models.Time
	until             time.Time
}

// seen is what pages hear about one alert.
type seen struct {
	number uint64
	area   string
	people int
	at     time.Time
	wire   []byte
}

func newPresence() presence { return presence{looking: map[string]glance{}, alerts: map[string]seen{}} }

// Look notes that the person looks at the alert, which lies in the area, for the next 25 s; at none when alert is "".
// Unavailable: 1,024 people look already.
func (f *Feed) Look(u models.User, alert, area string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	changed, err := f.presence.look(u, alert, area, f.now())
	if changed {
		f.wake()
	}
	return err
}

// expire forgets who has not said anything for too long; f.mu must not be held.
func (f *Feed) expire() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.presence.expire(f.now()) {
		f.wake()
	}
}

func (p *presence) look(u models.User, alert, area string, now time.Time) (changed bool, err error) {
	was, there := p.looking[u.Username]
	switch {
	case alert == "" && !there:
		return false, nil
	case alert != "" && !there && len(p.looking) >= maxLooking:
		return false, models.Errorf(models.Unavailable, "%d people look at alerts already, others are not told of more", maxLooking)
	case there && was.alert == alert:
		was.until = now.Add(lookFor)
		p.looking[u.Username] = was
		return false, nil
	}
	delete(p.looking, u.Username)
	if there {
		err = p.say(was.alert, was.area, now)
	}
	if alert != "" && err == nil {
		p.looking[u.Username] = glance{alert: alert, area: area, name: u.Name, since: models.At(now), until: now.Add(lookFor)}
		err = p.say(alert, area, now)
	}
	return true, err
}

// expire returns whether pages have something new to hear.
func (p *presence) expire(now time.Time) (changed bool) {
	for who, l := range p.looking {
		if now.After(l.until) {
			delete(p.looking, who)
			changed = p.say(l.alert, l.area, now) == nil || changed
		}
	}
	for id, s := range p.alerts {
		if s.people == 0 && now.Sub(s.at) > partedFor {
			delete(p.alerts, id)
		}
	}
	return changed
}

// say puts into words who looks at the alert now.
func (p *presence) say(alert, area string, now time.Time) error {
	people := []models.Looking{}
	for who, l := range p.looking {
		if l.alert == alert {
			people = append(people, models.Looking{Username: who, Name: l.name, Since: l.since})
		}
	}
	slices.SortFunc(people, func(a, b models.Looking) int {
		return cmp.Or(cmp.Compare(a.Since, b.Since), cmp.Compare(a.Username, b.Username))
	})
	wire, err := message("presence", 0, models.Presence{Alert: alert, People: people})
	if err != nil {
		return err
	}
	p.count++
	p.alerts[alert] = seen{number: p.count, area: area, people: len(people), at: now, wire: wire}
	return nil
}

// since returns what was said after number n about alerts of the areas that may be seen, oldest first, and the number to
// go on with. A page that begins, n = 0, hears of every alert that somebody looks at.
func (p *presence) since(n uint64, sees func(area string) bool) ([][]byte, uint64) {
	var fresh []seen
	for _, s := range p.alerts {
		if s.number > n && sees(s.area) && (n > 0 || s.people > 0) {
			fresh = append(fresh, s)
		}
	}
	slices.SortFunc(fresh, func(a, b seen) int { return cmp.Compare(a.number, b.number) })
	wires := make([][]byte, len(fresh))
	for i, s := range fresh {
		wires[i] = s.wire
	}
	return wires, p.count
}
