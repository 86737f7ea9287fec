package alerting

import (
	"strings"
	"unicode/utf8"

	"zhihui/alerting/orders"
	"zhihui/models"
)

// decision is what a person makes of an alert.
type decision string

const (
	acknowledge decision = "acknowledge"
	reject      decision = "reject"
)

// mayDecide tells whether by may decide on alerts, and whether the note can be kept.
func mayDecide(by models.User, note string, d decision) error {
	switch by.Role {
	case models.Operator, models.Dispatcher, models.Admin:
	default:
		return models.Errorf(models.Forbidden, "%s is %s: to %s an alert is for operators and dispatchers", by.Username, by.Role, d)
	}
	if !utf8.ValidString(note) || utf8.RuneCountInString(note) > orders.MaxNote {
		return models.FieldError("note", "a note is text of at most %d characters", orders.MaxNote)
	}
	if d == reject && strings.TrimSpace(note) == "" {
		return models.FieldError("note", "say why it was not real: rain, an insect, light, people at work …")
	}
	return nil
}

// decided returns a after the decision, or a Conflict that says what stands against it. The first person who decided
// stays the one who acknowledged: that is how fast the hall has answered.
func decided(a models.Alert, d decision, by models.User, note string, now models.Time) (models.Alert, error) {
	switch {
	case a.State == models.AlertResolved:
		return a, models.Errorf(models.Conflict, "the alert is over since %s, there is nothing left to %s", a.ResolvedAt, d)
	case d == acknowledge && a.State != models.AlertOpen, !a.State.Live():
		return a, models.Errorf(models.Conflict, "the alert is %s already, it is too late to %s it", a.State, d)
	case d == acknowledge:
		a.State = models.AlertAcknowledged
	case d == reject:
		a.State = models.AlertRejected
	}
	if a.AcknowledgedAt.IsZero() {
		a.AcknowledgedBy, a.AcknowledgedAt = by.Username, now
	}
	a.Note, a.UpdatedAt = note, now
	return a, nil
}
