package ingest

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTwinOf(t *testing.T) {
	for address, want := range map[string]string{
		"rtsp://10.0.0.1:554/Streaming/Channels/101":                       "rtsp://10.0.0.1:554/Streaming/Channels/102",
		"rtsp://10.0.0.1/Streaming/Channels/1602?transportmode=unicast":    "rtsp://10.0.0.1/Streaming/Channels/1601?transportmode=unicast",
		"rtsp://10.0.0.1/ISAPI/streaming/channels/102":                     "rtsp://10.0.0.1/ISAPI/streaming/channels/101",
		"rtsp://10.0.0.1/h264/ch1/main/av_stream":                          "rtsp://10.0.0.1/h264/ch1/sub/av_stream",
		"rtsp://10.0.0.1/cam/realmonitor?channel=1&subtype=0":              "rtsp://10.0.0.1/cam/realmonitor?channel=1&subtype=1",
		"rtsp://10.0.0.1/cam/realmonitor?channel=1&subtype=1&unicast=true": "rtsp://10.0.0.1/cam/realmonitor?channel=1&subtype=0&unicast=true",
		"rtsp://10.0.0.1/unicast/c1/s0/live":                               "rtsp://10.0.0.1/unicast/c1/s1/live",
		"rtsp://10.0.0.1/media/video2":                                     "rtsp://10.0.0.1/media/video1",
		"rtsps://cam.lan:322/stream1":                                      "rtsps://cam.lan:322/stream2",
		"rtsp://10.0.0.1/h264Preview_01_main":                              "rtsp://10.0.0.1/h264Preview_01_sub",
		"rtsp://10.0.0.1/stream10":                                         "",
		"rtsp://10.0.0.1/cam/realmonitor?channel=1&subtype=12":             "",
		"rtsp://10.0.0.1/Streaming/Channels/103":                           "",
		"rtsp://10.0.0.1/Streaming/Channels/1010":                          "",
		"rtsp://stream1/live":                                              "", "rtsp://10.0.0.1": "", "": "", "/stream1": "",
	} {
		require.Equal(t, want, twinOf(address), address)
		if want != "" {
			require.Equal(t, address, twinOf(want), "and back")
		}
	}
}

// The credentials of a camera go to its twin: it must never lie elsewhere.
func FuzzTwinStaysOnTheMachine(f *testing.F) {
	f.Add("rtsp://10.0.0.1:554/Streaming/Channels/101")
	f.Add("rtsp://10.0.0.1/cam/realmonitor?channel=1&subtype=0")
	f.Add("rtsp:///stream1@host/stream1")
	f.Fuzz(func(t *testing.T, address string) {
		before, err := url.Parse(address)
		twin := twinOf(address)
		if err != nil || twin == "" || before.Host == "" {
			return
		}
		after, err := url.Parse(twin)
		require.NoError(t, err)
		require.Equal(t, before.Scheme+before.Host, after.Scheme+after.Host)
	})
}
