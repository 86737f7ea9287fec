package recording

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFloor(t *testing.T) {
	for name, c := range map[string]struct {
		free, total int64
		withStore   bool
		want        int64
	}{
		"usual":                        {0, 200e9, false, 5e9},
		"of a large disk":              {0, 8e12, false, 80e9},
		"as the settings say":          {2e6, 200e9, false, 2e6},
		"beside the store, never less": {2e6, 200e9, true, 1e9},
		"beside the store, more":       {3e9, 200e9, true, 3e9},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, Keep{Free: c.free}.floor(c.total, c.withStore)) })
	}
}

func TestRoomThatForbidsToWrite(t *testing.T) {
	for name, c := range map[string]struct {
		free         int64
		starved, was bool
		want         bool
	}{
		"above the floor":                   {100, true, false, false},
		"below, and something may go":       {99, false, false, false},
		"below, and nothing may":            {99, true, false, true},
		"below its half, whatever may go":   {49, false, false, true},
		"full, and at the floor":            {104, false, true, true},
		"full no more":                      {105, false, true, false},
		"full no more, whatever may not go": {105, true, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, Room{Free: c.free, Total: 1000, Floor: 100}.full(c.starved, c.was))
		})
	}
}
