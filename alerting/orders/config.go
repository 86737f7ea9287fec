package orders

import (
	"fmt"
	"slices"

	"zhihui/models"
)

// FollowUp says which resolved orders somebody must follow up (回访) before they may be closed: those of one of the kinds
// or one of the severities. The others may be closed at once.
type FollowUp struct {
	Kinds      []models.EventKind `yaml:"kinds,omitempty"`
	Severities []models.Severity  `yaml:"severities,omitempty"`
}

// DefaultFollowUp asks for a follow-up of the red orders.
func DefaultFollowUp() FollowUp { return FollowUp{Severities: []models.Severity{models.Red}} }

// Required tells whether o must be followed up.
func (f FollowUp) Required(o models.WorkOrder) bool {
	return slices.Contains(f.Kinds, o.Kind) || slices.Contains(f.Severities, o.Severity)
}

// Validate names each kind or severity that does not exist.
func (f FollowUp) Validate() error { return ValidateNames("follow_up", f.Kinds, f.Severities) }

// ValidateNames returns an Invalid error about each kind or severity that does not exist; at is where in the settings the
// two lists stand.
func ValidateNames(at string, kinds []models.EventKind, severities []models.Severity) error {
	var f models.Faults
	for i, k := range kinds {
		f.Add(k.Valid(), fmt.Sprintf("%s.kinds[%d]", at, i), "%.64q is no kind of event", k)
	}
	for i, s := range severities {
		f.Add(s.Valid(), fmt.Sprintf("%s.severities[%d]", at, i), "%.64q is no severity, use blue, yellow, orange or red", s)
	}
	return f.Err()
}
