package orders

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store"
)

// turns counts the lamps that turned, as those outside were told.
func (h hall) turns(t require.TestingT, id string) int {
	n := 0
	for _, what := range h.said(t, id) {
		if what == "order.lamp" {
			n++
		}
	}
	return n
}

func (h hall) lamp(t require.TestingT, id string) models.Lamp {
	o, err := h.st.In(store.Whole).Order(context.Background(), id)
	require.NoError(t, err)
	return o.Lamp
}

func TestRunTurnsEachLampOnceAndInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, time.Now)
		id := h.report(t)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- h.Run(ctx) }()

		time.Sleep(45*time.Minute - time.Second)
		require.Equal(t, models.LampGreen, h.lamp(t, id))
		time.Sleep(2 * time.Second)
		require.Equal(t, models.LampYellow, h.lamp(t, id))
		time.Sleep(15 * time.Minute)
		require.Equal(t, models.LampRed, h.lamp(t, id))
		time.Sleep(time.Hour)
		stop()
		require.NoError(t, <-done)
		require.Equal(t, 2, h.turns(t, id))
	})
}

func TestAWeekOffAndAClockThatIsSetTurnNothingTwice(t *testing.T) {
	h, ctx := newHall(t, nil), context.Background()
	id := h.report(t)
	h.clock.add(7 * 24 * time.Hour)
	for range 3 {
		require.NoError(t, h.sweep(ctx))
	}
	require.Equal(t, models.LampRed, h.lamp(t, id))
	require.Equal(t, 1, h.turns(t, id), "green to red in one turn")

	h.clock.set(t0)
	require.NoError(t, h.sweep(ctx))
	h.clock.add(50 * time.Minute)
	require.NoError(t, h.sweep(ctx))
	require.Equal(t, models.LampRed, h.lamp(t, id))
	require.Equal(t, 1, h.turns(t, id))
}

func TestHeldAndDoneOrdersDoNotStandInTheWay(t *testing.T) {
	h, ctx := newHall(t, nil), context.Background()
	var held []string
	for range sweepPage + 5 {
		id := h.report(t)
		h.do(t, id, models.ActAccept, input{})
		h.do(t, id, models.ActHold, input{Note: "节假日"})
		held = append(held, id)
	}
	done := h.report(t)
	h.do(t, done, models.ActCancel, input{Note: "重复"})
	h.clock.add(time.Second)
	live := []string{}
	for range sweepPage + 5 {
		live = append(live, h.report(t))
	}
	h.clock.add(50 * time.Minute)
	require.NoError(t, h.sweep(ctx))
	for _, id := range slices.Concat(held, []string{done}) {
		require.Equal(t, models.LampGreen, h.lamp(t, id))
	}
	for _, id := range live {
		require.Equal(t, models.LampYellow, h.lamp(t, id))
	}

	h.do(t, held[0], models.ActResume, input{})
	require.NoError(t, h.sweep(ctx))
	require.Equal(t, models.LampGreen, h.lamp(t, held[0]), "the clock stood still")
	h.clock.add(46 * time.Minute)
	require.NoError(t, h.sweep(ctx))
	require.Equal(t, models.LampYellow, h.lamp(t, held[0]))
}

func TestAStepThatComesBeforeTheSweepDoesNotHideTheDeadline(t *testing.T) {
	h := newHall(t, nil)
	id := h.report(t)
	h.clock.add(2 * time.Hour)
	o := h.do(t, id, models.ActCancel, input{Note: "重复"})
	require.Equal(t, models.LampRed, o.Lamp)
	require.Equal(t, []string{"order.reported", "order.lamp", "order.cancel"}, h.said(t, id))
}
