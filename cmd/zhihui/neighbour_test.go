//go:build !race

package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// cluster is a broker outside of the hall, with JetStream and MQTT, that can go and come back on the same data.
func cluster(t *testing.T, dir, nats, mqtt string) *server.Server {
	port := func(address string) int {
		_, p, err := net.SplitHostPort(address)
		require.NoError(t, err)
		n, err := strconv.Atoi(p)
		require.NoError(t, err)
		return n
	}
	o := &server.Options{ServerName: "outside", Host: "127.0.0.2", Port: port(nats), JetStream: true, StoreDir: dir, NoSigs: true, NoLog: true,
		Username: "device", Password: "device-password"}
	o.MQTT.Host, o.MQTT.Port = "127.0.0.2", port(mqtt)
	s, err := server.NewServer(o)
	require.NoError(t, err)
	go s.Start()
	require.True(t, s.ReadyForConnections(10*time.Second))
	return s
}

// TestBrokerThatGoesAndReturns: while the brokers outside are away the hall says so, people go on working, and what is
// measured after their return becomes an alert without a restart.
func TestBrokerThatGoesAndReturns(t *testing.T) {
	t.Parallel()
	h := bareHall(t)
	nats, dir := freeAddress(t), t.TempDir()
	outside := cluster(t, dir, nats, h.mqtt)
	t.Cleanup(func() { outside.Shutdown(); outside.WaitForShutdown() })
	h.settle(fmt.Sprintf(`bus: {url: "nats://%s", username: device, password: device-password}
mqtt: {url: "tcp://%s", username: device, password: device-password}
vision: {off: true}
`, nats, h.mqtt))
	h.seed()
	h.start()
	h.logIn()
	sensors := h.device()
	first := sensors.raises(1)

	outside.Shutdown()
	outside.WaitForShutdown()
	h.says(models.BusAway, true)
	h.says(models.SensorsBrokerAway, true)
	var a models.Alert
	require.Equal(t, 200, h.call("POST", "/alerts/"+first.ID+"/acknowledge", "{}", &a), "people go on: %s", h.tail())

	outside = cluster(t, dir, nats, h.mqtt)
	back := time.Now()
	h.says(models.BusAway, false)
	h.says(models.SensorsBrokerAway, false)
	sensors.raises(2)
	t.Logf("an alert again %s after the brokers were back", time.Since(back).Round(100*time.Millisecond))
	h.kill()
}

// TestVisionThatDiesForEver: the pixel worker ends at once, again and again. The hall says so, everything that needs no
// pictures goes on, and the tries become rare.
func TestVisionThatDiesForEver(t *testing.T) {
	h := bareHall(t)
	tries := filepath.Join(h.dir, "tries")
	worker := filepath.Join(h.dir, "worker")
	require.NoError(t, os.WriteFile(worker, []byte("#!/bin/sh\necho x >> "+tries+"\nexit 1\n"), 0o700))
	h.camera = playing(t)
	h.settle(fmt.Sprintf("bus: {mqtt: {address: %q, username: device, password: device-password}}\nvision: {binary: %q, instances: 1}\n", h.mqtt, worker))
	h.seed()
	h.start()
	h.logIn()
	h.says(models.VisionDown, true)
	sensors := h.device()
	sensors.raises(1)
	pictures := h.watching(t.Context())
	h.until("video", 10*time.Second, func() bool { return pictures.Load() > 10 })
	b, err := os.ReadFile(tries)
	require.NoError(t, err)
	n := len(regexp.MustCompile("x").FindAll(b, -1))
	require.Less(t, n, 40, "it is hammered")
	t.Logf("%d tries; sensors and video go on", n)
	h.kill()
}

// TestVisionThatIsMissing: the program is not there at all.
func TestVisionThatIsMissing(t *testing.T) {
	h := bareHall(t)
	h.settle(fmt.Sprintf("bus: {mqtt: {address: %q, username: device, password: device-password}}\nvision: {binary: %q, instances: 1}\n",
		h.mqtt, filepath.Join(h.dir, "nothing")))
	h.seed()
	h.start()
	h.logIn()
	h.says(models.VisionDown, true)
	sensors := h.device()
	sensors.raises(1)
	h.kill()
}
