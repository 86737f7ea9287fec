package alerting

import (
	"errors"
	"slices"
	"time"

	"zhihui/alerting/orders"
	"zhihui/models"
)

// The bounds of a policy.
const (
	leastDue      = time.Second
	mostDue       = 366 * 24 * time.Hour
	defaultYellow = 0.75
)

// Policy turns alerts of some kinds and severities into orders. An empty list means "any".
type Policy struct {
	Kinds      []models.EventKind `yaml:"kinds,omitempty"`
	Severities []models.Severity  `yaml:"severities,omitempty"`
	Due        models.Duration    `yaml:"due"`              // how long the people have, 1s to a year; 0 = no order
	Yellow     float64            `yaml:"yellow,omitempty"` // share of Due after which the lamp turns yellow, 0…1; 0 counts as 0.75
}

// DefaultPolicies gives those who mend cameras, sensors and the hall a day, and the others 30 minutes (red), 2 hours (orange) or
// 8 hours (yellow). Blue alerts become no orders.
func DefaultPolicies() []Policy {
	return []Policy{
		{Kinds: maintenance(), Due: models.Duration(24 * time.Hour)},
		{Severities: []models.Severity{models.Red}, Due: models.Duration(30 * time.Minute)},
		{Severities: []models.Severity{models.Orange}, Due: models.Duration(2 * time.Hour)},
		{Severities: []models.Severity{models.Yellow}, Due: models.Duration(8 * time.Hour)},
	}
}

// maintenance are the kinds that say that a camera, a sensor or the hall itself needs somebody.
func maintenance() []models.EventKind {
	return []models.EventKind{models.CameraWentOffline, models.CameraAuth, models.CameraNoKeyframes, models.CameraLowRate,
		models.CameraLoss, models.CameraFrozen, models.CameraBlack, models.CameraCovered, models.CameraBlurred, models.CameraMoved,
		models.CameraClockSkew, models.SensorWentStale, models.RecordingFailed}
}

// policyFor returns the first policy that fits a, and whether that makes an order of it.
func policyFor(policies []Policy, a models.Alert) (Policy, bool) {
	for _, p := range policies {
		if fits(p.Kinds, a.Kind) && fits(p.Severities, a.Severity) {
			return p, p.Due > 0
		}
	}
	return Policy{}, false
}

func fits[T comparable](any []T, v T) bool { return len(any) == 0 || slices.Contains(any, v) }

// demand names what an alert asks of its order.
type demand string

const (
	noOrder    demand = "none"
	openOrder  demand = "open"  // the alert has no order yet and is to become one
	raiseOrder demand = "raise" // its order has to keep up with a graver alert
)

// orderFor tells what the alert, which was before and is a after v, asks of its order, and by which policy; done tells that
// the order it has is closed or cancelled. An order is opened for an alert that is live, or that was so short that it was
// over with its first message, and once more when it gets graver than what people have ended. What a person has rejected
// asks for nothing.
func orderFor(policies []Policy, before, a models.Alert, v verdict, done bool) (demand, Policy) {
	if v != opened && !a.State.Live() {
		return noOrder, Policy{}
	}
	p, ok := policyFor(policies, a)
	graver := a.Severity != before.Severity
	switch {
	case ok && (a.Order == "" || graver && done):
		return openOrder, p
	case ok && graver:
		return raiseOrder, p
	}
	return noOrder, Policy{}
}

// yellow returns the time after which the lamp turns yellow.
func (p Policy) yellow() time.Duration {
	share := p.Yellow
	if share == 0 {
		share = defaultYellow
	}
	return time.Duration(float64(p.Due) * share)
}

func (p Policy) validate(at string) error {
	var f models.Faults
	d := p.Due.Std()
	f.Add(d == 0 || d >= leastDue && d <= mostDue, at+".due", "%s is no deadline, use 1s to 8784h, or 0s for no order", d)
	f.Add(p.Yellow >= 0 && p.Yellow < 1, at+".yellow", "%g is no share of the time, use a number from 0 up to, not including, 1", p.Yellow)
	return errors.Join(orders.ValidateNames(at, p.Kinds, p.Severities), f.Err())
}
