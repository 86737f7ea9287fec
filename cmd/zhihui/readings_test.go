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

// flushed is after how long the broker has given what it acknowledged to the kernel, which outlives a kill.
const flushed = 100 * time.Millisecond

// TestReadingsOutliveTheProcess: neither an orderly end nor a kill takes a reading along that the broker has acknowledged, in
// whosever hands it was then. The next process tells of each with its own time, and folds what was in the log of the one before.
func TestReadingsOutliveTheProcess(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	begun := time.Now()
	var said []time.Time // when each number was acknowledged
	surely := map[int]time.Time{}
	for _, kill := range []bool{true, false, true, false} {
		h.start()
		h.hears()
		first := len(said)
		said = append(said, h.count(first, 1500*time.Millisecond)...)
		safe := time.Now()
		if kill {
			safe = safe.Add(-flushed)
			h.kill()
		} else {
			require.NoError(t, h.cmd.Process.Signal(syscall.SIGTERM))
			require.NoError(t, h.cmd.Wait(), "%s", &h.out)
		}
		for i, at := range said[first:] {
			if at.Before(safe) {
				surely[first+i] = at
			}
		}
	}
	require.Greater(t, len(surely), len(said)/2)
	h.start()
	require.Eventually(t, func() bool { return h.lacks(surely, begun) == 0 }, 20*time.Second, 500*time.Millisecond, "%s", &h.out)
}

// lacks counts the numbers that are not in the store with the time at which they were said.
func (h *hall) lacks(said map[int]time.Time, from time.Time) int {
	found := map[int]bool{}
	for _, r := range h.readings(from) {
		i := int(r.Value)
		found[i] = found[i] || r.At.Std().Sub(said[i]).Abs() < time.Second
	}
	n := 0
	for i := range said {
		if !found[i] {
			n++
		}
	}
	return n
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
		time.Sleep(500 * time.Microsecond) // a load, not all that the machine can do
	}
	return acknowledged
}

// readings are those of the first sensor in the store.
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
