package main

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"zhihui/models"
)

// Alarm is what a camera reports by itself, as if it had looked at its own picture: by ONVIF to who has subscribed, and in the
// metadata beside its stream where it has any.
type Alarm struct {
	Kind  models.EventKind `yaml:"kind"`            // line_crossing, intrusion or loitering
	Name  string           `yaml:"name,omitempty"`  // what the camera calls its rule
	Label string           `yaml:"label,omitempty"` // Human or Vehicle; "" = it does not say
	For   Span             `yaml:"for,omitempty"`   // how long it holds; a line is crossed at once
}

func (a Alarm) check(field string, at, loop Span) error {
	switch {
	case a.Kind != models.LineCrossing && a.Kind != models.Intrusion && a.Kind != models.Loitering:
		return models.FieldError(field+".kind", "%q is not one of line_crossing, intrusion, loitering", a.Kind)
	case a.Label != "" && a.Label != "Human" && a.Label != "Vehicle":
		return models.FieldError(field+".label", "%q is not one of Human, Vehicle", a.Label)
	case len(a.Name) > models.MaxID:
		return models.FieldError(field+".name", "a name has %d bytes at most", models.MaxID)
	case (a.For > 0) == (a.Kind == models.LineCrossing):
		return models.FieldError(field+".for", "say how long it holds, but not of a line that is crossed")
	case at+a.For >= loop:
		return models.FieldError(field+".for", "must be over within the loop of %v", loop)
	}
	return nil
}

// notification is a wsnt:NotificationMessage of the alarm; operation is Initialized or Changed.
func (a Alarm) notification(camera, operation string, on bool, at time.Time) string {
	topic, data := "LineDetector/Crossed", `<tt:SimpleItem Name="ObjectId" Value="1"/>`
	switch a.Kind {
	case models.Intrusion:
		topic, data = "FieldDetector/ObjectsInside", fmt.Sprintf(`<tt:SimpleItem Name="IsInside" Value="%t"/>`, on)
	case models.Loitering:
		topic, data = "LoiteringDetector/ObjectIsLoitering", fmt.Sprintf(`<tt:SimpleItem Name="State" Value="%t"/>`, on)
	}
	if a.Label != "" {
		data += `<tt:SimpleItem Name="ClassTypes" Value="` + a.Label + `"/>`
	}
	return `<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">tns1:RuleEngine/` + topic + `</wsnt:Topic>` +
		`<wsnt:Message><tt:Message UtcTime="` + at.UTC().Format("2006-01-02T15:04:05.000Z") + `" PropertyOperation="` + operation + `">` +
		`<tt:Source><tt:SimpleItem Name="VideoSourceConfigurationToken" Value="` + camera + `"/><tt:SimpleItem Name="Rule" Value="` + escaped(a.Name) + `"/></tt:Source>` +
		`<tt:Data>` + data + `</tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>`
}

const (
	pointsMost = 64  // subscriptions at a time
	newsMost   = 256 // notifications that wait at a subscription. Overflow: the oldest goes
)

// board is where the cameras' alarms stand, and who waits for them.
type board struct {
	now func() time.Time

	mu     sync.Mutex
	holds  []holding
	points map[string]*point
}

// holding is an alarm that holds.
type holding struct {
	camera string
	Alarm
}

// point is a subscription.
type point struct {
	news []string
	wake chan struct{} // holds one token while something may be waiting
	ends time.Time
}

func newBoard() *board { return &board{now: time.Now, points: map[string]*point{}} }

// tell notes that an alarm of a camera begins or ends, and gives the word to who waits.
func (b *board) tell(camera string, a Alarm, on bool, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.holds = slices.DeleteFunc(b.holds, func(h holding) bool { return h.camera == camera && h.Kind == a.Kind && h.Name == a.Name })
	if on && a.Kind != models.LineCrossing {
		b.holds = append(b.holds, holding{camera, a})
	}
	for _, p := range b.points {
		p.add(a.notification(camera, "Changed", on, at))
	}
}

// holding is what holds at a camera, told to who has just come.
func (b *board) holding(camera string, at time.Time) (news []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range b.holds {
		if h.camera == camera {
			news = append(news, h.notification(camera, "Initialized", true, at))
		}
	}
	return news
}

func (p *point) add(news string) {
	if len(p.news) == newsMost {
		p.news = p.news[1:]
	}
	p.news = append(p.news, news)
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// open makes a subscription that lasts so long, false when there are too many. It begins with what holds.
func (b *board) open(id string, last time.Duration) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	for id, p := range b.points {
		if now.After(p.ends) {
			delete(b.points, id)
		}
	}
	if len(b.points) == pointsMost {
		return false
	}
	p := &point{wake: make(chan struct{}, 1), ends: now.Add(last)}
	for _, h := range b.holds {
		p.add(h.notification(h.camera, "Initialized", true, now))
	}
	b.points[id] = p
	return true
}

// renew lets a subscription last so long from now on, false when there is no such one. 0 leaves it as it is.
func (b *board) renew(id string, last time.Duration) (wake <-chan struct{}, ends time.Time, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.points[id]
	if p == nil || b.now().After(p.ends) {
		return nil, time.Time{}, false
	}
	if last > 0 {
		p.ends = b.now().Add(last)
	}
	return p.wake, p.ends, true
}

// take returns what waits at a subscription, most of it at most.
func (b *board) take(id string, most int) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.points[id]
	if p == nil {
		return nil
	}
	n := min(len(p.news), most)
	news := p.news[:n:n]
	if p.news = p.news[n:]; len(p.news) > 0 {
		select {
		case p.wake <- struct{}{}:
		default:
		}
	}
	return news
}

func (b *board) close(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.points, id)
}
