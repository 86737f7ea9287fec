package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestExpect(t *testing.T) {
	start := time.UnixMilli(1_000_000)
	at := func(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }
	car := occurrence{source: "c1", kind: models.VehicleInZone, at: 10 * time.Second, until: 17 * time.Second}
	people := occurrence{source: "c0", kind: models.Intrusion, always: true}
	opened := func(source string, kind models.EventKind, s int) models.Event {
		return models.Event{Source: source, Kind: kind, OpenedAt: models.At(at(s))}
	}
	for name, c := range map[string]struct {
		events          []models.Event
		from, to        int
		expected, found int
	}{
		"nothing happened":            {nil, 0, 5, 1, 0},
		"not whole: began before":     {nil, 11, 100, 1, 0},
		"not whole: it may come late": {nil, 0, 19, 1, 0},
		"missed":                      {nil, 0, 100, 2, 0},
		"found":                       {[]models.Event{opened("c1", models.VehicleInZone, 12)}, 0, 100, 2, 1},
		"found late":                  {[]models.Event{opened("c1", models.VehicleInZone, 20)}, 0, 100, 2, 1},
		"too late":                    {[]models.Event{opened("c1", models.VehicleInZone, 21)}, 0, 100, 2, 0},
		"another kind":                {[]models.Event{opened("c1", models.Intrusion, 12)}, 0, 100, 2, 0},
		"another camera":              {[]models.Event{opened("c2", models.VehicleInZone, 12)}, 0, 100, 2, 0},
		"one does not count twice":    {[]models.Event{opened("c1", models.VehicleInZone, 12)}, 0, 200, 3, 1},
		"each round": {[]models.Event{opened("c1", models.VehicleInZone, 12), opened("c1", models.VehicleInZone, 132), opened("c0", models.Intrusion, 1)},
			0, 200, 3, 3},
	} {
		expected, found := expect([]occurrence{car, people}, c.events, start, 2*time.Minute, at(c.from), at(c.to))
		require.Equal(t, []int{c.expected, c.found}, []int{expected, found}, name)
	}
}
