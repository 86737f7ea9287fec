package orders

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/alerting/notify"
	"zhihui/models"
	"zhihui/models/store"
)

// Engine takes orders through their life. Every step is one transaction: the row and its change, the step with who and
// when, the ledger and the messages to those outside. Its methods may be called from many goroutines.
type Engine struct {
	machine machine
	store   *store.Store
	out     notify.Outbox
	now     func() time.Time
	log     *slog.Logger
	metrics metrics
}

// New returns an engine. now must be the store's clock.
func New(follow FollowUp, st *store.Store, out notify.Outbox, now func() time.Time, log *slog.Logger, reg prometheus.Registerer) *Engine {
	return &Engine{machine: newMachine(follow), store: st, out: out, now: now, log: log, metrics: newMetrics(reg)}
}

// Actions returns what can be done with o now, by its state and the policy alone, in the order in which work goes. May
// says who may.
func (e *Engine) Actions(o models.WorkOrder) []models.OrderAction { return e.machine.actions(o) }

// Do takes the order one step on and returns it with its steps and the actions that are possible next. The note has at most
// MaxNote characters; hold, resolve and cancel need one. The assignee is the username of an enabled user; dispatch needs
// one, no other action takes one. Errors: Invalid, NotFound, Forbidden, and Conflict for a step that does not exist from
// the order's state, with what does. Of two people who do the same at once one wins, and the other learns who did it.
func (e *Engine) Do(ctx context.Context, id string, act models.OrderAction, by models.User, note, assignee string) (models.WorkOrder, error) {
	in := input{By: by, Note: note, Assignee: assignee}
	if err := e.check(ctx, in); err != nil {
		return models.WorkOrder{}, err
	}
	var after models.WorkOrder
	err := e.store.Write(ctx, func(tx *store.Tx) error {
		before, err := e.current(tx, id)
		if err != nil {
			return err
		}
		if after, err = e.machine.take(before, act, in, tx.Now()); err != nil {
			return err
		}
		return e.put(tx, before, &after)
	})
	if err != nil {
		return models.WorkOrder{}, err
	}
	e.metrics.steps.WithLabelValues(string(act)).Inc()
	return after, nil
}

// check tells whether the input is well formed and its assignee somebody who can go.
func (e *Engine) check(ctx context.Context, in input) error {
	if err := in.check(); err != nil || in.Assignee == "" {
		return err
	}
	u, err := e.store.User(ctx, in.Assignee)
	if models.CodeOf(err) == models.NotFound || (err == nil && u.Disabled) {
		return models.FieldError("assignee", "there is no user %s who can be sent", in.Assignee)
	}
	return err
}

// Open makes the order a.Order of the alert a, reported and green, as part of tx. Due and yellow count from now.
func (e *Engine) Open(tx *store.Tx, a models.Alert, due, yellow time.Duration) error {
	_, err := e.open(tx, a, models.SystemName, a.Why, due, yellow)
	return err
}

// OpenByHand is Open for what a person orders: the story begins with who did it and the note, and the ledger has a row. It
// returns the order with its step and the actions that are possible now.
func (e *Engine) OpenByHand(tx *store.Tx, a models.Alert, by models.User, note string, due, yellow time.Duration) (models.WorkOrder, error) {
	o, err := e.open(tx, a, by.Username, note, due, yellow)
	if err != nil {
		return o, err
	}
	o.Actions = e.Actions(o)
	return o, tx.Ledger(by.Username, "order.report", o.ID, nil, bare(o))
}

func (e *Engine) open(tx *store.Tx, a models.Alert, by, note string, due, yellow time.Duration) (models.WorkOrder, error) {
	now := tx.Now()
	o := models.WorkOrder{
		ID: a.Order, Alert: a.ID, Kind: a.Kind, Severity: a.Severity, Area: a.Area, Source: a.Source, Why: a.Why,
		Facts: a.Facts, State: models.OrderReported, Lamp: models.LampGreen,
		DueAt: now.Add(due), YellowAt: now.Add(yellow), CreatedAt: now, UpdatedAt: now,
		Steps: []models.OrderStep{{At: now, By: by, To: models.OrderReported, Note: note}},
	}
	if err := e.record(tx, &o); err != nil {
		return o, err
	}
	return o, e.out.Put(tx, notify.Message{What: "order.reported", Order: bare(o)})
}

// Raise gives the order, not done, of a graver alert the alert's severity, and the deadline that goes with it when that is
// earlier, as part of tx. Due and yellow count from now, or from the hold while the order is on hold. It is no step: the work is the same.
func (e *Engine) Raise(tx *store.Tx, a models.Alert, due, yellow time.Duration) error {
	o, err := e.current(tx, a.Order)
	if err != nil {
		return err
	}
	if o, err = raised(o, a.Severity, tx.Now(), due, yellow); err != nil {
		return err
	}
	if err := tx.PutOrder(&o); err != nil {
		return err
	}
	return e.out.Put(tx, notify.Message{What: "order.raised", Order: bare(o)})
}

// Withdraw cancels the order, as part of tx, because its alert was rejected, if nobody has accepted it yet. Work that has
// begun is for a dispatcher to end.
func (e *Engine) Withdraw(tx *store.Tx, id string, by models.User, note string) error {
	before, err := e.current(tx, id)
	if err != nil || before.State != models.OrderReported {
		return err
	}
	after, err := e.machine.step(before, models.ActCancel, input{By: by, Note: "预警已驳回 (alert rejected) " + note}, tx.Now())
	if err != nil {
		return err
	}
	return e.put(tx, before, &after)
}

// current reads the order with its steps, its lamp brought up to now: a step must not hide that the deadline has passed.
func (e *Engine) current(tx *store.Tx, id string) (models.WorkOrder, error) {
	o, err := tx.Order(id)
	if err != nil {
		return o, err
	}
	if o.Steps, err = tx.Steps(id); err != nil {
		return o, err
	}
	_, err = e.turn(tx, &o)
	return o, err
}

// turn brings o's lamp up to now and tells those outside; the caller writes the row. It tells whether there was a change.
func (e *Engine) turn(tx *store.Tx, o *models.WorkOrder) (bool, error) {
	lamp, turned := lampTurned(*o, tx.Now())
	if !turned {
		return false, nil
	}
	o.Lamp = lamp
	return true, e.out.Put(tx, notify.Message{What: "order.lamp", Order: bare(*o)})
}

// put writes what a person did.
func (e *Engine) put(tx *store.Tx, before models.WorkOrder, after *models.WorkOrder) error {
	if err := e.record(tx, after); err != nil {
		return err
	}
	s := after.Steps[len(after.Steps)-1]
	what := "order." + string(s.Action)
	if err := tx.Ledger(s.By, what, after.ID, bare(before), bare(*after)); err != nil {
		return err
	}
	return e.out.Put(tx, notify.Message{What: what, Order: bare(*after)})
}

// record writes the row and its newest step.
func (e *Engine) record(tx *store.Tx, o *models.WorkOrder) error {
	if err := tx.PutOrder(o); err != nil {
		return err
	}
	return tx.AddStep(o.ID, o.Steps[len(o.Steps)-1])
}

// bare is o without its story, which has rows of its own.
func bare(o models.WorkOrder) *models.WorkOrder {
	o.Steps, o.Actions = nil, nil
	return &o
}
