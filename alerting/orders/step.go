package orders

import (
	"unicode/utf8"

	"zhihui/models"
)

// MaxNote bounds a note, in characters.
const MaxNote = 2000

// input is what a person brings to a step.
type input struct {
	By             models.User
	Note, Assignee string
}

// check returns an Invalid error for what fits no order at all.
func (in input) check() error {
	if n := utf8.RuneCountInString(in.Note); n > MaxNote || !utf8.ValidString(in.Note) {
		return models.FieldError("note", "a note is text of at most %d characters, this one has %d", MaxNote, n)
	}
	if in.Assignee != "" && !models.ValidID(in.Assignee) {
		return models.FieldError("assignee", "must be a username")
	}
	return nil
}

// check returns an Invalid error when in lacks what the edge needs, or brings what it has no use for.
func (e edge) check(in input) error {
	switch {
	case e.note && in.Note == "":
		return models.FieldError("note", "%q needs a note that says why or how", e.act)
	case e.assignee && in.Assignee == "":
		return models.FieldError("assignee", "%q needs somebody to go there", e.act)
	case !e.assignee && in.Assignee != "":
		return models.FieldError("assignee", "%q names nobody, only dispatch does", e.act)
	}
	return nil
}

// take returns o after act, its new step at the end of its story. The errors are Forbidden, Conflict or Invalid; o itself
// is not touched.
func (m machine) take(o models.WorkOrder, act models.OrderAction, in input, now models.Time) (models.WorkOrder, error) {
	if err := May(in.By, act, o); err != nil {
		return models.WorkOrder{}, err
	}
	return m.step(o, act, in, now)
}

// step is take without asking whose right it is.
func (m machine) step(o models.WorkOrder, act models.OrderAction, in input, now models.Time) (models.WorkOrder, error) {
	to, err := m.fire(o, act)
	if err != nil {
		return models.WorkOrder{}, err
	}
	if err := edgeOf(o.State, act).check(in); err != nil {
		return models.WorkOrder{}, err
	}
	s := models.OrderStep{At: now, By: in.By.Username, Action: act, From: o.State, To: to, Note: in.Note}
	switch {
	case act == models.ActDispatch:
		o.Assignee = in.Assignee
	case act == models.ActResume:
		_, since, err := held(o)
		if err != nil {
			return models.WorkOrder{}, err
		}
		o = resumed(o, since, now)
	case to.Done():
		o.DoneAt = now
	}
	o.State, o.UpdatedAt = to, now
	o.Steps = append(o.Steps[:len(o.Steps):len(o.Steps)], s)
	o.Actions = m.actions(o)
	return o, nil
}
