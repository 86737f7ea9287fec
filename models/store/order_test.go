package store

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func order(id string) models.WorkOrder {
	return models.WorkOrder{ID: id, Alert: id, Kind: models.Intrusion, Severity: models.Red, Area: "grid-1", Source: "cam-1", Why: "a person",
		State: models.OrderReported, Lamp: models.LampGreen, CreatedAt: models.At(noon), YellowAt: models.At(noon) + 100, DueAt: models.At(noon) + 200}
}

func TestOrderIsNumberedWithoutGaps(t *testing.T) {
	s := open(t)
	for i := range 3 {
		o := order(id(i))
		put(t, s, func(tx *Tx) error { return tx.PutOrder(&o) })
		require.EqualValues(t, i+1, o.Number)
		refused := order(id(100 + i))
		require.Error(t, s.Write(t.Context(), func(tx *Tx) error { return errors.Join(tx.PutOrder(&refused), errRefused) }))
	}
	o, err := s.In(Whole).Order(t.Context(), id(1))
	require.NoError(t, err)
	put(t, s, func(tx *Tx) error { return tx.PutOrder(&o) })
	require.EqualValues(t, 2, o.Number, "a known order keeps its number")
}

func TestOrderTellsItsStory(t *testing.T) {
	s := open(t)
	o := order(id(1))
	o.Actions = []models.OrderAction{models.ActAccept}
	steps := []models.OrderStep{
		{At: models.At(noon), By: "system", To: models.OrderReported},
		{At: models.At(noon) + 1, By: "chen", Action: models.ActAccept, From: models.OrderReported, To: models.OrderAccepted, Note: "去看看"},
	}
	put(t, s, func(tx *Tx) error {
		require.Error(t, tx.AddStep(o.ID, steps[0]), "there is no order yet")
		require.NoError(t, tx.PutOrder(&o))
		for _, step := range steps {
			require.NoError(t, tx.AddStep(o.ID, step))
		}
		got, err := tx.Steps(o.ID)
		require.Equal(t, steps, got)
		return err
	})
	got, err := s.In(Whole).Order(t.Context(), o.ID)
	require.NoError(t, err)
	want := o
	want.Steps, want.Actions = steps, nil
	require.Equal(t, want, got)
	require.NotEmpty(t, o.Actions, "the caller's order is left alone")

	put(t, s, func(tx *Tx) error { return tx.PutOrder(&got) })
	list, _, err := s.In(Whole).Orders(t.Context(), OrderFilter{})
	require.NoError(t, err)
	require.Nil(t, list[0].Steps)
	got, err = s.In(Whole).Order(t.Context(), o.ID)
	require.NoError(t, err)
	require.Len(t, got.Steps, 2, "writing an order does not write its steps again")
	_, err = s.In(Whole).Order(t.Context(), "none")
	require.Equal(t, models.NotFound, models.CodeOf(err))
}

func TestOrdersAreFiltered(t *testing.T) {
	s := withSite(t)
	a, b := order(id(1)), order(id(2))
	b.State, b.Lamp, b.Assignee, b.Area = models.OrderDispatched, models.LampRed, "chen", "grid-2"
	put(t, s, func(tx *Tx) error { return errors.Join(tx.PutOrder(&a), tx.PutOrder(&b)) })
	for name, c := range map[string]struct {
		filter OrderFilter
		want   []string
	}{
		"all":      {OrderFilter{}, []string{b.ID, a.ID}},
		"states":   {OrderFilter{States: []models.OrderState{models.OrderDispatched, models.OrderClosed}}, []string{b.ID}},
		"lamp":     {OrderFilter{Lamp: models.LampGreen}, []string{a.ID}},
		"assignee": {OrderFilter{Assignee: "chen"}, []string{b.ID}},
		"area":     {OrderFilter{Area: "street"}, []string{b.ID, a.ID}},
		"none":     {OrderFilter{Area: "grid-2", Lamp: models.LampGreen}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, err := s.In(Whole).Orders(t.Context(), c.filter)
			require.NoError(t, err)
			ids := []string{}
			for _, o := range got {
				ids = append(ids, o.ID)
			}
			require.Equal(t, c.want, ids)
		})
	}
}

func TestDueOrdersAreThoseWhoseLampIsBehind(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*models.WorkOrder)
		after  models.Time // since noon
		due    bool
	}{
		"in time":                 {func(*models.WorkOrder) {}, 99, false},
		"yellow comes":            {func(*models.WorkOrder) {}, 100, true},
		"yellow is there":         {func(o *models.WorkOrder) { o.Lamp = models.LampYellow }, 199, false},
		"red comes":               {func(o *models.WorkOrder) { o.Lamp = models.LampYellow }, 200, true},
		"red comes at once":       {func(o *models.WorkOrder) { o.YellowAt = 0 }, 200, true},
		"red is there":            {func(o *models.WorkOrder) { o.Lamp = models.LampRed }, 9999, false},
		"without a deadline":      {func(o *models.WorkOrder) { o.YellowAt, o.DueAt = 0, 0 }, 9999, false},
		"closed":                  {func(o *models.WorkOrder) { o.State = models.OrderClosed }, 9999, false},
		"cancelled":               {func(o *models.WorkOrder) { o.State = models.OrderCancelled }, 9999, false},
		"on hold its clock rests": {func(o *models.WorkOrder) { o.State = models.OrderOnHold }, 9999, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			o := order(id(1))
			c.change(&o)
			put(t, s, func(tx *Tx) error { return tx.PutOrder(&o) })
			due, err := s.DueOrders(t.Context(), models.At(noon)+c.after, 10)
			require.NoError(t, err)
			require.Equal(t, c.due, len(due) == 1)
		})
	}
}
