package ingest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp"
)

func TestAnOutageTellsANewReasonOnlySoOften(t *testing.T) {
	var o outage
	now := time.Unix(0, 0)
	fail := func(reason rtsp.Reason) bool {
		now = now.Add(time.Second)
		return o.fail(reason, now)
	}
	require.True(t, fail(rtsp.Ended))
	require.False(t, fail(rtsp.Ended))
	require.True(t, fail(rtsp.NoAnswer))
	require.True(t, fail(rtsp.Unreachable))
	require.False(t, fail(rtsp.NoAnswer))
	require.Equal(t, rtsp.Unreachable, o.told)
	require.True(t, fail(rtsp.AuthRefused), "this needs somebody now")
	require.True(t, fail(rtsp.NoAnswer))
	told := 0
	for i := range 3600 {
		if fail([]rtsp.Reason{rtsp.Unreachable, rtsp.NoAnswer}[i%2]) {
			told++
		}
	}
	require.InDelta(t, 60, told, 1)
	require.Equal(t, 3607, o.failures)
}
