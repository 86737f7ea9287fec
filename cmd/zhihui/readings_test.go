//go:build !race

// The test ends the real binary, which the race detector does not watch: once is enough.

package main

import (
	"net/http"
	"strconv"
	"syscall"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store"
)

// TestReadingsOutliveTheProcess: an orderly end takes no reading along, a kill none that is a second old. What was in the log
// of the one process is folded by the next, and is there once.
func TestReadingsOutliveTheProcess(t *testing.T) {
	h := newHall(t)
	begun := time.Now()
	kept := 0
	for round, kill := range []bool{true, false, true} {
		h.start()
		h.hears()
		said := h.count(kept, 1500*time.Millisecond)
		if kill {
			ended := time.Now()
			h.kill()
			for len(said) > 0 && ended.Sub(said[len(said)-1]) < time.Second {
				said = said[:len(said)-1]
			}
		} else {
			time.Sleep(200 * time.Millisecond) // what the broker has acknowledged is on its way to us
			require.NoError(t, h.cmd.Process.Signal(syscall.SIGTERM))
			require.NoError(t, h.cmd.Wait(), "%s", &h.out)
		}
		require.NotEmpty(t, said)
		got := h.readings(begun)
		require.GreaterOrEqual(t, len(got), kept+len(said), "round %d", round)
		for i, r := range got {
			require.True(t, r.Value == float64(i), "round %d: %v in place %d", round, r.Value, i)
		}
		kept = len(got)
	}
}

// hears waits until messages reach the process: it is ready a little earlier.
func (h *hall) hears() {
	begun := time.Now()
	c := h.publisher()
	defer c.Disconnect(0)
	require.Eventually(h.t, func() bool {
		c.Publish("s/1", 0, false, "0").WaitTimeout(time.Second)
		v := models.SensorView{}
		h.logIn()
		return h.call(http.MethodGet, "/sensors/water-1", "", &v) == http.StatusOK && v.At.Std().After(begun)
	}, 20*time.Second, 50*time.Millisecond, "%s", &h.out)
}

func (h *hall) publisher() mqtt.Client {
	c := mqtt.NewClient(mqtt.NewClientOptions().AddBroker("tcp://" + h.mqtt).SetClientID("counter").
		SetUsername("device").SetPassword("device-password"))
	token := c.Connect()
	require.True(h.t, token.WaitTimeout(5*time.Second))
	require.NoError(h.t, token.Error())
	return c
}

// count publishes numbers from first on and returns when each was acknowledged.
func (h *hall) count(first int, length time.Duration) (acknowledged []time.Time) {
	c := h.publisher()
	defer c.Disconnect(0)
	for begun := time.Now(); time.Since(begun) < length; {
		said := c.Publish("s/0", 1, false, strconv.Itoa(first+len(acknowledged)))
		require.True(h.t, said.WaitTimeout(5*time.Second))
		require.NoError(h.t, said.Error())
		acknowledged = append(acknowledged, time.Now())
	}
	return acknowledged
}

// readings are those of the first sensor in the store of a process that has ended.
func (h *hall) readings(from time.Time) (all []models.Rollup) {
	s := h.store()
	defer func() { require.NoError(h.t, s.Close()) }()
	f := store.TrendFilter{From: models.At(from), To: models.At(time.Now().Add(time.Minute)), Step: models.EveryReading, Limit: store.MaxTrend}
	for more := true; more; more = f.After != "" {
		page, err := s.In(store.Whole).Trend(h.t.Context(), "water-0", f)
		require.NoError(h.t, err)
		all, f.After = append(page.Items, all...), page.Next
	}
	return all
}
