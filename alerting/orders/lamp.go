package orders

import (
	"time"

	"zhihui/models"
)

// LampAt returns the lamp that o should show. The clock stands still on hold and stops when the order is done: then the
// lamp stays as it is.
func LampAt(o models.WorkOrder, now models.Time) models.Lamp {
	switch {
	case o.State == models.OrderOnHold, o.State.Done():
		return o.Lamp
	case now >= o.DueAt:
		return models.LampRed
	case now >= o.YellowAt:
		return models.LampYellow
	}
	return models.LampGreen
}

// lampTurned returns the lamp to change to, and whether there is a change. A lamp only ever turns for the worse: a clock
// that was set back takes no warning away, and so none can come twice.
func lampTurned(o models.WorkOrder, now models.Time) (models.Lamp, bool) {
	to := LampAt(o, now)
	return to, rank(to) > rank(o.Lamp)
}

func rank(l models.Lamp) int {
	switch l {
	case models.LampYellow:
		return 1
	case models.LampRed:
		return 2
	}
	return 0
}

// resumed moves o's deadlines by the time that it was held. A clock that was set back in between moves nothing.
func resumed(o models.WorkOrder, heldAt, now models.Time) models.WorkOrder {
	held := max(0, now.Sub(heldAt))
	o.DueAt, o.YellowAt = o.DueAt.Add(held), o.YellowAt.Add(held)
	return o
}

// raised returns o with the severity, and with the deadlines of the severity where they come earlier than its own.
func raised(o models.WorkOrder, severity models.Severity, now models.Time, due, yellow time.Duration) (models.WorkOrder, error) {
	from := now
	if o.State == models.OrderOnHold { // the resume will move them by the time since then
		_, since, err := held(o)
		if err != nil {
			return o, err
		}
		from = since
	}
	o.Severity, o.UpdatedAt = severity, now
	o.DueAt, o.YellowAt = min(o.DueAt, from.Add(due)), min(o.YellowAt, from.Add(yellow))
	return o, nil
}
