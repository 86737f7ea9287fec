package main

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
)

func TestBareClientCountsUnits(t *testing.T) {
	c := rtsptest.H264(t)
	m := c.Model("gate")
	ctx, cancel := context.WithCancel(t.Context())
	var units atomic.Int64
	ended := make(chan error, 1)
	address := reading{url: m.URL, username: "operator", password: "p%40ss%3Aword%2F1"}.withAccount()
	require.True(t, strings.HasPrefix(address, "rtsp://operator:"))
	go func() { ended <- pull(ctx, address, &units) }()
	require.Eventually(t, func() bool {
		c.Send(0, rtsptest.Unit(true))
		return units.Load() > 2
	}, 10*time.Second, 10*time.Millisecond)
	cancel()
	require.NoError(t, <-ended)
	require.Error(t, pull(t.Context(), "rtsp://127.0.0.1:1/nobody", &units))
	require.Error(t, pull(t.Context(), "no address", &units))
}
