package alerting

import (
	"unicode/utf8"

	"zhihui/models"
)

// The bounds of an event's texts, in bytes.
const (
	maxRule     = 2*models.MaxID + 1 // a kind, a dot and a zone
	maxSentence = 2000
	maxWord     = 256
	maxBoxes    = 256
	maxInputs   = 64
)

// validate returns an Invalid error that names the first field of e that no well-formed event can have.
func validate(e models.Event) error {
	for _, c := range [...]struct {
		ok          bool
		field, want string
	}{
		{models.ValidID(e.ID), "id", "must be an identifier of 1 to 64 letters, digits, dots, dashes"},
		{e.Kind.Valid(), "kind", "is no kind of event that this version knows"},
		{e.Severity.Valid(), "severity", "must be blue, yellow, orange or red"},
		{models.ValidID(e.Source), "source", "must be the identifier of a camera or sensor, or a part of the hall"},
		{e.SourceType == models.FromCamera || e.SourceType == models.FromSensor || e.SourceType == models.FromHall, "source_type", "must be camera, sensor or hall"},
		{models.ValidID(e.Area), "area", "must be the identifier of an area"},
		{e.Rule != "" && text(e.Rule, maxRule), "rule", "must be a rule's key of at most 129 bytes"},
		{e.Revision >= 1, "revision", "must be 1 or more"},
		{e.OpenedAt > 0, "opened_at", "must say when the event opened"},
		{e.State == models.EventOpen || e.State == models.EventClosed, "state", "must be open or closed"},
		{(e.State == models.EventClosed) == (e.ClosedAt > 0), "closed_at", "must be set when the event is closed, and only then"},
		{text(e.Why, maxSentence), "why", "must be text of at most 2000 bytes"},
		{text(e.Snapshot, maxWord), "snapshot", "must be a name of at most 256 bytes"},
		{text(e.Facts.Reason, maxSentence), "facts.reason", "must be text of at most 2000 bytes"},
		{text(e.Facts.Unit, maxWord) && text(e.Facts.Zone, maxWord) && text(e.Facts.Label, maxWord), "facts", "unit, zone and label must be texts of at most 256 bytes"},
		{text(e.Facts.Expr, maxSentence) && len(e.Facts.Inputs) <= maxInputs, "facts.expr", "must be text of at most 2000 bytes, and of at most 64 sensors"},
		{ids(e.Facts.Inputs), "facts.inputs", "must be by identifiers of sensors"},
		{e.Facts.By == "" || e.Facts.By == "camera", "facts.by", "must be camera, or empty"},
		{len(e.Facts.Boxes) <= maxBoxes, "facts.boxes", "must not be more than 256"},
	} {
		if !c.ok {
			return models.FieldError(c.field, "%s: the event was put aside", c.want)
		}
	}
	return nil
}

func ids(of map[string]float64) bool {
	for id := range of {
		if !models.ValidID(id) {
			return false
		}
	}
	return true
}

func text(s string, most int) bool { return len(s) <= most && utf8.ValidString(s) }
