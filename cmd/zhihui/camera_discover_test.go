package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/ingest/onvif"
	"zhihui/models"
)

func TestCameraDiscoverSaysWhyNot(t *testing.T) {
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	s := near(t)
	ask := func(args ...string) (int, string) {
		return s.run("swordfish\n", append([]string{"camera", "discover", s.config(), "--username", "admin", "--password-stdin"}, args...)...)
	}
	for _, c := range []struct{ address, zh, en string }{
		{closed.Addr().String(), onvif.Refused.Sentence(), "nothing listens"},
		{web.Listener.Addr().String(), onvif.NotONVIF.Sentence(), "not ONVIF"},
		{"192.0.2.1:80", onvif.OutOfReach.Sentence(), "ingest.networks"},
	} {
		code, said := ask("--address", c.address)
		require.Equal(t, []any{0, c.address + "\n  ✕ " + c.zh + "\n"}, []any{code, said})
		_, said = ask("--address", c.address, "--lang", "en")
		require.Contains(t, said, c.en)
		_, said = ask("--address", c.address, "--json")
		require.True(t, strings.HasPrefix(said, `{"address":"`+c.address), said)
	}
	code, said := ask("--address", "admin:swordfish@192.0.2.1")
	require.Equal(t, 1, code)
	require.Contains(t, said, "address: write the address of a device")
	require.NotContains(t, said, "swordfish")
}

func TestWhatADiscoveryTells(t *testing.T) {
	behind := int64(-8000)
	d := models.FoundDevice{Address: "10.0.0.7:80", Named: "192.168.1.64", Maker: "HIKVISION", Model: "DS-2CD", Firmware: "V5", OffsetMs: &behind, Code: "no_answer", Reason: "why",
		Streams: []models.FoundStream{{Name: "main", Codec: "H265", Width: 2560, Height: 1440, FPS: 12.5, BitRate: 4_096_000, URL: "rtsp://10.0.0.7/1"}, {Name: "third"}}}
	require.Equal(t, []string{"10.0.0.7:80 HIKVISION DS-2CD V5（自称 192.168.1.64）（时钟偏差 -8 s）", "  ✕ why",
		"  main H265 2560×1440 12.5/s 4096 kbit/s rtsp://10.0.0.7/1", "  third - 0×0 0/s -"}, deviceLines(d, false))
	require.Equal(t, "10.0.0.7:80 HIKVISION DS-2CD V5 (calls itself 192.168.1.64) (its clock is off by -8 s)", deviceLines(d, true)[0])
	said := map[string]bool{}
	for _, r := range []onvif.Reason{onvif.OutOfReach, onvif.UnknownName, onvif.NoAnswer, onvif.Refused, onvif.Unreachable, onvif.Untrusted, onvif.NotONVIF, onvif.AuthNeeded,
		onvif.AuthRefused, onvif.NoVideo, onvif.Faulty} {
		said[discoveryWords(r)], said[r.Sentence()] = true, true
	}
	require.Len(t, said, 22, "each reason has words of its own in both languages")
}
