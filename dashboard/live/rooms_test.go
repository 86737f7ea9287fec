package live

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestARoomIsOpenWhileSomebodyLooks(t *testing.T) {
	var tapes []*tape
	s := NewRooms(func(string) (UnitReader, error) {
		tapes = append(tapes, newTape())
		return tapes[len(tapes)-1], nil
	}, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	defer s.Close()

	first, err := s.enter(Visit{Camera: "c1"})
	require.NoError(t, err)
	second, err := s.enter(Visit{Camera: "c1"})
	require.NoError(t, err)
	require.Same(t, first, second)
	other, err := s.enter(Visit{Camera: "c2"})
	require.NoError(t, err)
	require.NotSame(t, first, other)
	require.Len(t, tapes, 2)

	s.leave(Visit{Camera: "c1"}, first)
	s.leave(Visit{Camera: "c1"}, second)
	<-tapes[0].closed
	again, err := s.enter(Visit{Camera: "c1"})
	require.NoError(t, err)
	require.NotSame(t, first, again)
	require.Len(t, tapes, 3)
	s.leave(Visit{Camera: "c1"}, again)
	s.leave(Visit{Camera: "c2"}, other)
}

// A camera that ends while people look leaves its room to them and makes way for a new one.
func TestARoomWhoseCameraEnds(t *testing.T) {
	camera := newTape()
	s := NewRooms(func(string) (UnitReader, error) { return camera, nil }, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	defer s.Close()
	old, err := s.enter(Visit{Camera: "c1"})
	require.NoError(t, err)
	close(camera.units)
	require.Eventually(t, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.rooms["c1"] == nil
	}, 5*time.Second, time.Millisecond)
	_, _, _, err = old.next(&cursor{})
	require.Equal(t, models.Unavailable, models.CodeOf(err))

	camera = newTape()
	fresh, err := s.enter(Visit{Camera: "c1"})
	require.NoError(t, err)
	s.leave(Visit{Camera: "c1"}, old)
	require.Same(t, fresh, s.rooms["c1"], "leaving the old room does not close the new one")
	s.leave(Visit{Camera: "c1"}, fresh)
}

func TestWhoIsNotLetIn(t *testing.T) {
	s := NewRooms(func(string) (UnitReader, error) { return nil, errors.New("the hub is closed") }, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	_, err := s.enter(Visit{Camera: "c1"})
	require.ErrorContains(t, err, "hub is closed")
	s.viewers = maxViewers
	_, err = s.enter(Visit{Camera: "c1"})
	require.Equal(t, models.Unavailable, models.CodeOf(err))
	s.viewers = 0
	s.Close()
	_, err = s.enter(Visit{Camera: "c1"})
	require.Equal(t, models.Unavailable, models.CodeOf(err))
}

// None takes what others need, and who goes makes room.
func TestNobodyTakesAllTheViews(t *testing.T) {
	s := NewRooms(func(string) (UnitReader, error) { return newTape(), nil }, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	defer s.Close()
	var inside []Visit
	var room *room
	enter := func(account, address string) error {
		v := Visit{Camera: "c1", Account: account, Address: address}
		r, err := s.enter(v)
		if err == nil {
			inside, room = append(inside, v), r
		}
		return err
	}
	for i := range maxOfAccount {
		require.NoError(t, enter("anna", fmt.Sprint("192.0.2.", i)))
	}
	require.Equal(t, models.TooMany, models.CodeOf(enter("anna", "198.51.100.1")))
	for i := range maxOfAddress {
		require.NoError(t, enter(fmt.Sprint("p", i), "203.0.113.1"))
	}
	require.Equal(t, models.TooMany, models.CodeOf(enter("bert", "203.0.113.1")))
	require.NoError(t, enter("bert", "203.0.113.2"))
	code, reason := verdict(enter("anna", "203.0.113.3"))
	require.Equal(t, closedTooMany, code)
	require.NotEmpty(t, reason)

	s.leave(inside[0], room)
	inside = inside[1:]
	require.NoError(t, enter("anna", "203.0.113.3"))
	for _, v := range inside {
		s.leave(v, room)
	}
	require.Empty(t, s.own)
	require.Zero(t, s.viewers)
}
