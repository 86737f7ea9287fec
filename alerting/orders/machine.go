package orders

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/qmuntal/stateless"

	"zhihui/models"
)

// edge is one transition that exists. What is not in edges cannot be done.
type edge struct {
	act      models.OrderAction
	from, to models.OrderState // to is "" for resume: back to where the hold came from
	note     bool              // a note must say why
	assignee bool              // somebody must be named
	skips    bool              // only where the policy lets an order go without follow-up
}

var edges = [...]edge{
	{act: models.ActAccept, from: models.OrderReported, to: models.OrderAccepted},
	{act: models.ActDispatch, from: models.OrderAccepted, to: models.OrderDispatched, assignee: true},
	{act: models.ActStart, from: models.OrderDispatched, to: models.OrderInProgress},
	{act: models.ActResolve, from: models.OrderInProgress, to: models.OrderResolved, note: true},
	{act: models.ActFollowUp, from: models.OrderResolved, to: models.OrderFollowUp},
	{act: models.ActClose, from: models.OrderFollowUp, to: models.OrderClosed},
	{act: models.ActClose, from: models.OrderResolved, to: models.OrderClosed, skips: true},
	{act: models.ActHold, from: models.OrderAccepted, to: models.OrderOnHold, note: true},
	{act: models.ActHold, from: models.OrderDispatched, to: models.OrderOnHold, note: true},
	{act: models.ActHold, from: models.OrderInProgress, to: models.OrderOnHold, note: true},
	{act: models.ActResume, from: models.OrderOnHold},
	{act: models.ActCancel, from: models.OrderReported, to: models.OrderCancelled, note: true},
	{act: models.ActCancel, from: models.OrderAccepted, to: models.OrderCancelled, note: true},
	{act: models.ActCancel, from: models.OrderDispatched, to: models.OrderCancelled, note: true},
	{act: models.ActCancel, from: models.OrderInProgress, to: models.OrderCancelled, note: true},
	{act: models.ActCancel, from: models.OrderOnHold, to: models.OrderCancelled, note: true},
}

// machine knows the transitions; the state stays in the order that each call brings, so one machine serves all orders.
type machine struct {
	sm *stateless.StateMachine
}

// orderKey is where a call's order travels in its context: the machine asks for the state through it.
type orderKey struct{}

func orderOf(ctx context.Context) *models.WorkOrder { return ctx.Value(orderKey{}).(*models.WorkOrder) }

func newMachine(follow FollowUp) machine {
	sm := stateless.NewStateMachineWithExternalStorage(
		func(ctx context.Context) (stateless.State, error) { return orderOf(ctx).State, nil },
		func(ctx context.Context, to stateless.State) error {
			orderOf(ctx).State = to.(models.OrderState)
			return nil
		},
		stateless.FiringImmediate) // queued firing would mix the orders of concurrent callers
	for _, e := range edges {
		switch c := sm.Configure(e.from); {
		case e.to == "":
			c.PermitDynamic(e.act, func(ctx context.Context, _ ...any) (stateless.State, error) {
				from, _, err := held(*orderOf(ctx))
				return from, err
			})
		case e.skips:
			c.Permit(e.act, e.to, func(ctx context.Context, _ ...any) bool { return !follow.Required(*orderOf(ctx)) })
		default:
			c.Permit(e.act, e.to)
		}
	}
	return machine{sm}
}

// actions returns what can be done with o in its state, in the order in which work goes.
func (m machine) actions(o models.WorkOrder) []models.OrderAction {
	ctx := context.WithValue(context.Background(), orderKey{}, &o)
	can := []models.OrderAction{}
	for _, e := range edges {
		if slices.Contains(can, e.act) {
			continue
		}
		// An error could only come from asking for the state, and there o itself answers.
		if ok, err := m.sm.CanFireCtx(ctx, e.act); err == nil && ok {
			can = append(can, e.act)
		}
	}
	return can
}

// fire returns the state to which act leads from o's; a transition that does not exist is a Conflict that says what does.
func (m machine) fire(o models.WorkOrder, act models.OrderAction) (models.OrderState, error) {
	can := m.actions(o)
	if !slices.Contains(can, act) {
		return "", noSuchStep(o, act, can)
	}
	if err := m.sm.FireCtx(context.WithValue(context.Background(), orderKey{}, &o), act); err != nil {
		return "", err
	}
	return o.State, nil
}

func noSuchStep(o models.WorkOrder, act models.OrderAction, can []models.OrderAction) error {
	last := ""
	if n := len(o.Steps); n > 0 {
		last = fmt.Sprintf(" (by %s at %s)", o.Steps[n-1].By, o.Steps[n-1].At)
	}
	if len(can) == 0 {
		return models.Errorf(models.Conflict, "order %d is %s%s: %q is not possible, nothing more can be done with it",
			o.Number, o.State, last, act)
	}
	names := make([]string, len(can))
	for i, a := range can {
		names[i] = string(a)
	}
	return models.Errorf(models.Conflict, "order %d is %s%s: %q is not possible, what can be done now: %s",
		o.Number, o.State, last, act, strings.Join(names, ", "))
}

// edgeOf returns the edge that leads from the state by act; zero where there is none.
func edgeOf(from models.OrderState, act models.OrderAction) edge {
	for _, e := range edges {
		if e.from == from && e.act == act {
			return e
		}
	}
	return edge{}
}

// held tells from which state the newest hold took o, and when. It reads o's steps, so that nothing else has to remember.
func held(o models.WorkOrder) (models.OrderState, models.Time, error) {
	for _, s := range slices.Backward(o.Steps) {
		if s.Action == models.ActHold {
			return s.From, s.At, nil
		}
	}
	return "", 0, fmt.Errorf("order %s is on hold without a step that put it there", o.ID)
}
