package alerting

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/alerting/notify"
	"zhihui/alerting/orders"
	"zhihui/models"
	"zhihui/models/store"
)

// Pipeline takes events in and keeps the alerts. Its methods may be called from many goroutines; the store's one writer
// puts them in a row.
type Pipeline struct {
	cfg     Config
	store   *store.Store
	orders  *orders.Engine
	out     notify.Outbox
	log     *slog.Logger
	metrics metrics
}

// New returns a pipeline that opens its orders with engine.
func New(cfg Config, st *store.Store, engine *orders.Engine, log *slog.Logger, reg prometheus.Registerer) *Pipeline {
	return &Pipeline{cfg: cfg, store: st, orders: engine, out: cfg.Notify.Outbox(), log: log, metrics: newMetrics(reg)}
}

// Handle takes one message about an event; the same message again, or one older than what is known, changes nothing. When
// it returns nil, the event, its alert and its order are on the disk, together. An Invalid error means that this message
// can never be taken: put it aside where a person sees it. After any other error nothing was written: deliver it again.
func (p *Pipeline) Handle(ctx context.Context, e models.Event) error {
	began := time.Now()
	v, err := verdict(""), validate(e)
	if err == nil {
		err = p.store.Write(ctx, func(tx *store.Tx) error {
			v, err = p.take(tx, e)
			return err
		})
	}
	switch {
	case err == nil:
		p.metrics.handled(v, time.Since(began))
	case models.CodeOf(err) == models.Invalid:
		p.metrics.handled("invalid", time.Since(began))
		p.log.Warn("an event was put aside", "event", clip(e.ID), "kind", clip(string(e.Kind)), "source", clip(e.Source), "error", err)
	default:
		p.metrics.handled("failed", time.Since(began))
	}
	return err
}

// take is Handle inside the transaction.
func (p *Pipeline) take(tx *store.Tx, e models.Event) (verdict, error) {
	prev, err := known(tx, e.ID)
	if err != nil {
		return "", err
	}
	if old, err := stale(prev, e); err != nil || old {
		return redelivered, err
	}
	before, prev, err := alertFor(tx, prev, e)
	if err != nil {
		return "", err
	}
	a, v := gather(before, prev, e, tx.Now())
	if before.ID == "" {
		a.ID = tx.NewID() // in order, however the clock is set
	}
	done, err := orderDone(tx, before.Order)
	if err != nil {
		return "", err
	}
	what, policy := orderFor(p.cfg.Orders, before, a, v, done)
	if what == openOrder {
		a.Order = tx.NewID()
	}
	if err := put(tx, e, a, prev == nil); err != nil {
		return "", err
	}
	if err := p.out.Put(tx, notify.Message{What: "event." + string(e.State), Event: &e}); err != nil {
		return "", err
	}
	if err := p.order(tx, a, what, policy); err != nil {
		return "", err
	}
	return v, p.tell(tx, before, a, v)
}

func (p *Pipeline) order(tx *store.Tx, a models.Alert, what demand, by Policy) error {
	switch what {
	case openOrder:
		return p.orders.Open(tx, a, by.Due.Std(), by.yellow())
	case raiseOrder:
		return p.orders.Raise(tx, a, by.Due.Std(), by.yellow())
	}
	return nil
}

// orderDone tells whether people have ended the order; false where there is none.
func orderDone(tx *store.Tx, id string) (bool, error) {
	if id == "" {
		return false, nil
	}
	o, err := tx.Order(id)
	return o.State.Done(), err
}

// known returns the event as stored, nil when this is its first message.
func known(tx *store.Tx, id string) (*models.Event, error) {
	e, ok, err := tx.Event(id)
	if err != nil || !ok {
		return nil, err
	}
	return &e, nil
}

// alertFor returns the alert that takes e: the one that has the event already, else the live one of its fingerprint, else
// the zero Alert. The event counts as new, prev nil, where no alert has it.
func alertFor(tx *store.Tx, prev *models.Event, e models.Event) (models.Alert, *models.Event, error) {
	if prev != nil {
		id, ok, err := tx.AlertOf(e.ID)
		if err != nil {
			return models.Alert{}, nil, err
		}
		if ok {
			a, err := tx.Alert(id)
			return a, prev, err
		}
	}
	a, _, err := tx.LiveAlert(fingerprint(e))
	return a, nil, err
}

func put(tx *store.Tx, e models.Event, a models.Alert, attach bool) error {
	if err := tx.PutEvent(e); err != nil {
		return err
	}
	if err := tx.PutAlert(a); err != nil || !attach {
		return err
	}
	return tx.AttachEvent(a.ID, e.ID)
}

// tell lets those outside know of an alert that is new, graver than before, or over.
func (p *Pipeline) tell(tx *store.Tx, before, a models.Alert, v verdict) error {
	what := ""
	switch {
	case v == opened, v == resolved:
		what = "alert." + string(v)
	case a.Severity != before.Severity:
		what = "alert.raised"
	default:
		return nil
	}
	return p.out.Put(tx, notify.Message{What: what, Alert: &a})
}

// clip bounds what an unchecked event may bring into the log.
func clip(s string) string {
	if len(s) > models.MaxID {
		return s[:models.MaxID] + "…"
	}
	return s
}
