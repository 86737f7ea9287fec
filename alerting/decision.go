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
	confirm     decision = "confirm"
	reject      decision = "reject"
	order       decision = "order"
)

// mayDecide tells whether by may decide on alerts, and whether the note can be kept. Who may is the word of dashboard/auth
// (permission.go); that this one is the same is held by a test in cmd/internal/app.
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
// stays the one who acknowledged: that is how fast the hall has answered. What one person has confirmed no other can
// reject; who confirmed it can still take that back.
func decided(a models.Alert, d decision, by models.User, note string, now models.Time) (models.Alert, error) {
	if err := standsAgainst(a, d, by); err != nil {
		return a, err
	}
	switch {
	case d == reject:
		a.State, a.ConfirmedBy, a.ConfirmedAt = models.AlertRejected, "", 0
	case a.State == models.AlertOpen:
		a.State = models.AlertAcknowledged
	}
	if d == confirm {
		a.ConfirmedBy, a.ConfirmedAt = by.Username, now
	}
	if a.AcknowledgedAt.IsZero() {
		a.AcknowledgedBy, a.AcknowledgedAt = by.Username, now
	}
	if note != "" {
		a.Note = note
	}
	a.DecidedBy, a.DecidedAt, a.UpdatedAt = by.Username, now, now
	return a, nil
}

// standsAgainst returns the Conflict of d with what was decided or has happened before, nil when there is none. An order
// can still be made when the alert is over: what it left behind may need somebody.
func standsAgainst(a models.Alert, d decision, by models.User) error {
	switch {
	case a.State == models.AlertResolved && d != order:
		return models.Errorf(models.Conflict, "the alert is over since %s, there is nothing left to %s", a.ResolvedAt, d)
	case a.State == models.AlertRejected, d == acknowledge && a.State != models.AlertOpen:
		return models.Errorf(models.Conflict, "the alert is %s already, it is too late to %s it", a.State, d)
	case d == confirm && a.ConfirmedBy != "":
		return models.Errorf(models.Conflict, "the alert is confirmed already")
	case d == reject && a.ConfirmedBy != "" && a.ConfirmedBy != by.Username:
		return models.Errorf(models.Conflict, "the alert is confirmed already, only %s can take that back", a.ConfirmedBy)
	}
	return nil
}
