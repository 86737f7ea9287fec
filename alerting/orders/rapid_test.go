package orders

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
	"zhihui/models/store"
)

// line is the model: what leads on from each state. Hold, resume and cancel are modelled by hand below.
var line = map[models.OrderState]map[models.OrderAction]models.OrderState{
	models.OrderReported:   {models.ActAccept: models.OrderAccepted},
	models.OrderAccepted:   {models.ActDispatch: models.OrderDispatched},
	models.OrderDispatched: {models.ActStart: models.OrderInProgress},
	models.OrderInProgress: {models.ActResolve: models.OrderResolved},
	models.OrderResolved:   {models.ActFollowUp: models.OrderFollowUp, models.ActClose: models.OrderClosed},
	models.OrderFollowUp:   {models.ActClose: models.OrderClosed},
}

// life drives one order by random actions, clock steps and sweeps, beside a model of it.
type life struct {
	h           hall
	id          string
	state       models.OrderState
	back        models.OrderState // where the hold came from
	heldAt      models.Time
	due         models.Time
	doneAt      models.Time
	steps       int
	worst       models.Lamp
	everStepped bool // the clock was set back: lamps may be ahead of it
}

func (l *life) want(act models.OrderAction) (models.OrderState, bool) {
	working := []models.OrderState{models.OrderAccepted, models.OrderDispatched, models.OrderInProgress}
	switch act {
	case models.ActHold:
		return models.OrderOnHold, slices.Contains(working, l.state)
	case models.ActResume:
		return l.back, l.state == models.OrderOnHold
	case models.ActCancel:
		return models.OrderCancelled, l.state == models.OrderReported || l.state == models.OrderOnHold || slices.Contains(working, l.state)
	}
	to, ok := line[l.state][act]
	return to, ok
}

// act tries an action; half of the tries are possible ones, so that lives go on.
func (l *life) act(t *rapid.T) {
	act := rapid.SampledFrom(allActions).Draw(t, "action")
	if o, err := l.h.st.In(store.Whole).Order(context.Background(), l.id); err == nil && rapid.Bool().Draw(t, "sensible") && !o.State.Done() {
		act = rapid.SampledFrom(l.h.Actions(o)).Draw(t, "possible")
	}
	in := input{By: boss, Note: "因为"}
	if act == models.ActDispatch {
		in.Assignee = "li"
	}
	now := models.At(l.h.clock.now())
	to, possible := l.want(act)
	_, err := l.h.Do(context.Background(), l.id, act, in.By, in.Note, in.Assignee)
	if !possible {
		require.Equal(t, models.Conflict, models.CodeOf(err), "%s from %s", act, l.state)
		return
	}
	require.NoError(t, err, "%s from %s", act, l.state)
	switch {
	case act == models.ActHold:
		l.back, l.heldAt = l.state, now
	case act == models.ActResume:
		l.due = l.due.Add(max(0, now.Sub(l.heldAt)))
	case to.Done():
		l.doneAt = now
	}
	l.state = to
	l.steps++
}

func (l *life) pass(t *rapid.T) {
	l.h.clock.add(time.Duration(rapid.IntRange(0, 40).Draw(t, "minutes")) * time.Minute)
}

func (l *life) stepBack(t *rapid.T) {
	l.h.clock.add(-time.Duration(rapid.IntRange(0, 40).Draw(t, "minutes")) * time.Minute)
	l.everStepped = true
}

func (l *life) sweep(t *rapid.T) {
	require.NoError(t, l.h.sweep(context.Background()))
	o, err := l.h.st.In(store.Whole).Order(context.Background(), l.id)
	require.NoError(t, err)
	if !l.everStepped {
		require.Equal(t, LampAt(o, models.At(l.h.clock.now())), o.Lamp)
	}
}

// check holds after every move.
func (l *life) check(t *rapid.T) {
	o, err := l.h.st.In(store.Whole).Order(context.Background(), l.id)
	require.NoError(t, err)
	require.Equal(t, l.state, o.State)
	require.Equal(t, l.due, o.DueAt)
	require.Equal(t, o.DueAt.Sub(o.YellowAt), 15*time.Minute)
	require.Equal(t, l.doneAt, o.DoneAt)
	require.Equal(t, o.State.Done(), o.DoneAt != 0)
	require.GreaterOrEqual(t, rank(o.Lamp), rank(l.worst), "a lamp went back")
	l.worst = o.Lamp
	require.Len(t, o.Steps, l.steps)
	for i, s := range o.Steps {
		require.NotEmpty(t, s.By)
		require.NotZero(t, s.At)
		if i > 0 {
			require.Equal(t, o.Steps[i-1].To, s.From, "a step was skipped")
		}
	}
}

func TestAnyLifeOfAnOrder(t *testing.T) {
	h := newHall(t, nil)
	rapid.Check(t, func(t *rapid.T) {
		h.clock.set(t0)
		l := &life{h: h, id: h.report(t), state: models.OrderReported, due: t0.Add(time.Hour), steps: 1, worst: models.LampGreen}
		t.Repeat(map[string]func(*rapid.T){"act": l.act, "act again": l.act, "pass": l.pass, "step back": l.stepBack, "sweep": l.sweep, "": l.check})
	})
}
