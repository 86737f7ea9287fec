package orders

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

const t0 = models.Time(1_780_000_000_000)

var (
	allStates = []models.OrderState{
		models.OrderReported, models.OrderAccepted, models.OrderDispatched, models.OrderInProgress, models.OrderOnHold,
		models.OrderResolved, models.OrderFollowUp, models.OrderClosed, models.OrderCancelled,
	}
	allActions = []models.OrderAction{
		models.ActAccept, models.ActDispatch, models.ActStart, models.ActHold, models.ActResume,
		models.ActResolve, models.ActFollowUp, models.ActClose, models.ActCancel,
	}
	boss = models.User{Username: "dispatcher", Role: models.Dispatcher}
)

// at returns a yellow order in the state, held from dispatched where it is on hold.
func at(state models.OrderState) models.WorkOrder {
	o := models.WorkOrder{ID: "o", Number: 7, Kind: models.Intrusion, Severity: models.Yellow, State: state, Lamp: models.LampGreen}
	o.Steps = []models.OrderStep{{At: t0, By: "wang", Action: models.ActHold, From: models.OrderDispatched, To: models.OrderOnHold, Note: "rain"}}
	return o
}

func TestWhatCanBeDone(t *testing.T) {
	m := newMachine(DefaultFollowUp())
	for state, want := range map[models.OrderState][]models.OrderAction{
		models.OrderReported:   {models.ActAccept, models.ActCancel},
		models.OrderAccepted:   {models.ActDispatch, models.ActHold, models.ActCancel},
		models.OrderDispatched: {models.ActStart, models.ActHold, models.ActCancel},
		models.OrderInProgress: {models.ActResolve, models.ActHold, models.ActCancel},
		models.OrderOnHold:     {models.ActResume, models.ActCancel},
		models.OrderResolved:   {models.ActFollowUp, models.ActClose},
		models.OrderFollowUp:   {models.ActClose},
		models.OrderClosed:     {},
		models.OrderCancelled:  {},
	} {
		require.Equal(t, want, m.actions(at(state)), state)
	}
	red := at(models.OrderResolved)
	red.Severity = models.Red
	require.Equal(t, []models.OrderAction{models.ActFollowUp}, m.actions(red), "a red order is followed up")
}

func TestWhatDoesNotExistIsAConflictThatSaysWhatDoes(t *testing.T) {
	m := newMachine(DefaultFollowUp())
	for _, s := range allStates {
		for _, act := range append([]models.OrderAction{"", "explode"}, allActions...) {
			o := at(s)
			if slices.Contains(m.actions(o), act) {
				continue
			}
			_, err := m.take(o, act, input{By: boss, Note: "n"}, t0)
			require.Equal(t, models.Conflict, models.CodeOf(err), "%s from %s", act, s)
			require.ErrorContains(t, err, "order 7 is "+string(s))
			require.ErrorContains(t, err, "by wang")
			for _, can := range m.actions(o) {
				require.ErrorContains(t, err, string(can))
			}
		}
	}
}

func TestEachEdgeLeadsWhereTheDiagramSays(t *testing.T) {
	m := newMachine(FollowUp{})
	drawn := Diagram()
	for _, e := range edges {
		to, err := m.fire(at(e.from), e.act)
		require.NoError(t, err)
		line := string(e.from) + " --> " + string(to) + ": " + string(e.act)
		require.Contains(t, drawn, line)
	}
	require.Equal(t, len(edges)+2+4, strings.Count(drawn, "\n"), "16 edges, one of them drawn three times, head, begin and two ends")
	require.Contains(t, drawn, "[*] --> reported")
}

func TestResumeGoesBackToWhereTheHoldCameFrom(t *testing.T) {
	m := newMachine(FollowUp{})
	for _, from := range []models.OrderState{models.OrderAccepted, models.OrderDispatched, models.OrderInProgress} {
		o := at(from)
		o.YellowAt, o.DueAt = t0+75, t0+100
		o, err := m.take(o, models.ActHold, input{By: boss, Note: "waiting for the key"}, t0+10)
		require.NoError(t, err)
		o, err = m.take(o, models.ActResume, input{By: boss}, t0+1010)
		require.NoError(t, err)
		require.Equal(t, from, o.State)
		require.Equal(t, t0+1100, o.DueAt)
		require.Equal(t, t0+1075, o.YellowAt)
	}
	lost := at(models.OrderOnHold)
	lost.Steps = nil
	_, err := m.take(lost, models.ActResume, input{By: boss}, t0)
	require.ErrorContains(t, err, "without a step")
}

func TestInputsThatAStepNeeds(t *testing.T) {
	m := newMachine(FollowUp{})
	for _, c := range []struct {
		from  models.OrderState
		act   models.OrderAction
		in    input
		field string
	}{
		{models.OrderReported, models.ActCancel, input{}, "note"},
		{models.OrderAccepted, models.ActHold, input{}, "note"},
		{models.OrderInProgress, models.ActResolve, input{}, "note"},
		{models.OrderAccepted, models.ActDispatch, input{Note: "go"}, "assignee"},
		{models.OrderReported, models.ActAccept, input{Assignee: "li"}, "assignee"},
	} {
		c.in.By = boss
		_, err := m.take(at(c.from), c.act, c.in, t0)
		var fault *models.Error
		require.ErrorAs(t, err, &fault, "%s", c.act)
		require.Equal(t, models.Invalid, fault.Code)
		require.Equal(t, c.field, fault.Field)
	}
	require.NoError(t, input{Note: strings.Repeat("满", MaxNote)}.check())
	require.Error(t, input{Note: strings.Repeat("满", MaxNote+1)}.check())
	require.Error(t, input{Note: "\xff"}.check())
	require.Error(t, input{Assignee: "a b"}.check())
}

func TestTakeTouchesNothingButItsResult(t *testing.T) {
	m := newMachine(FollowUp{})
	before := at(models.OrderAccepted)
	before.Steps = slices.Grow(before.Steps, 8)
	want := at(models.OrderAccepted)
	after, err := m.take(before, models.ActDispatch, input{By: boss, Assignee: "li", Note: "go"}, t0+1)
	require.NoError(t, err)
	require.Equal(t, want, before)
	require.Zero(t, before.Steps[:2][1], "the story of the old order was written over")
	require.Equal(t, models.OrderStep{At: t0 + 1, By: "dispatcher", Action: models.ActDispatch,
		From: models.OrderAccepted, To: models.OrderDispatched, Note: "go"}, after.Steps[1])
	require.Equal(t, "li", after.Assignee)
}
