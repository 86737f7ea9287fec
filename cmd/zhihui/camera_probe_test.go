package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp"
	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

// near is an installation whose cameras may be on this machine.
func near(t *testing.T) shell {
	s := newShell(t)
	s.file("zhihui.yml", "ingest: {networks: [127.0.0.0/8]}\n")
	return s
}

// listening is an address behind which connections are taken and then answered so; nil = never.
func listening(t *testing.T, answer func(net.Conn)) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			if answer != nil {
				answer(conn)
			}
		}
	})
	t.Cleanup(func() { require.NoError(t, l.Close()); open.Wait() })
	return "rtsp://" + l.Addr().String() + "/live"
}

// swallowing is an address at which nothing answers a dial: its queue of connections is full, and nobody takes any.
func swallowing(t *testing.T) string {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, syscall.Close(fd)) })
	require.NoError(t, syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	require.NoError(t, syscall.Listen(fd, 0))
	name, err := syscall.Getsockname(fd)
	require.NoError(t, err)
	address := fmt.Sprint("127.0.0.1:", name.(*syscall.SockaddrInet4).Port)
	for range 10 {
		conn, err := net.DialTimeout("tcp", address, 200*time.Millisecond)
		if err != nil {
			return "rtsp://" + address + "/live"
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	t.Fatal("the queue never fills")
	return ""
}

func TestCameraProbeSaysWhyNot(t *testing.T) {
	camera := rtsptest.H264(t)
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	for _, c := range []struct {
		want     rtsp.Reason
		url      string
		password string
		en       string // part of the sentence
	}{
		{rtsp.UnknownName, "rtsp://camera.invalid/live", "", "spelling"},
		{rtsp.Refused, "rtsp://" + closed.Addr().String() + "/live", "", "switch RTSP on"},
		{rtsp.NoAnswer, swallowing(t), "", "firewall"},
		{rtsp.Silent, listening(t, nil), "", "restart the camera"},
		{rtsp.Ended, rtsptest.NewRaw(t, rtsptest.HangUp).Model("").URL, "", "hung up"},
		{rtsp.AuthRefused, camera.Model("").URL, "not-" + rtsptest.Password, "password"},
		{rtsp.NotFound, camera.Model("").URL + "/elsewhere", rtsptest.Password, "/Streaming/Channels/102"},
		{rtsp.NoVideo, rtsptest.Opus(t).Model("").URL, rtsptest.Password, "no video"},
		{rtsp.WrongCodec, rtsptest.MJPEG(t).Model("").URL, rtsptest.Password, "H.264"},
		{rtsp.Garbage, strings.Replace(web.URL, "http", "rtsp", 1) + "/", "", "not RTSP"},
		{rtsp.OutOfReach, "rtsp://192.0.2.1/live", "", "ingest.networks"},
		{rtsp.BadAddress, "rtsp://operator:" + rtsptest.Password + "@127.0.0.1/live", "", "--password-stdin"},
	} {
		t.Run(string(c.want), func(t *testing.T) {
			t.Parallel()
			s := near(t)
			args := []string{"camera", "probe", s.config(), "--username", rtsptest.Username, "--password-stdin", c.url}
			code, said := s.run(c.password+"\n", append(args, "--json")...)
			require.Equal(t, 1, code, said)
			var found models.Probe
			require.NoError(t, json.Unmarshal([]byte(said), &found), said)
			require.Equal(t, string(c.want), found.Code)
			require.NotContains(t, said, rtsptest.Password)

			require.Equal(t, []string{"✕ " + found.Reason}, told(found, false))
			require.Len(t, told(found, true), 1)
			require.Contains(t, told(found, true)[0], c.en)
			require.NotContains(t, told(found, true)[0], c.want, "a sentence, and no code")
		})
	}
}

func TestCameraProbeOfOneThatWorks(t *testing.T) {
	t.Parallel()
	camera := rtsptest.H264(t)
	quit := make(chan struct{})
	var playing sync.WaitGroup
	playing.Go(func() { camera.Play(quit, 40*time.Millisecond, 10) })
	defer playing.Wait()
	defer close(quit)
	s := near(t)
	code, said := s.run(rtsptest.Password+"\n", "camera", "probe", s.config(), "--username", rtsptest.Username, "--password-stdin", "--transport", "udp", "--json", camera.Model("").URL)
	require.Equal(t, 0, code, said)
	var found models.Probe
	require.NoError(t, json.Unmarshal([]byte(said), &found), said)
	require.Equal(t, []any{true, "H.264 High", 352, 288, int64(400), int64(0)}, []any{found.OK, found.Codec, found.Width, found.Height, found.GOPMs, found.Lost})
	require.Equal(t, models.TransportTCP, found.Transport, "this camera has no other way")
	code, said = s.run("", "camera", "probe", s.config(), "--transport", "pigeon", camera.Model("").URL)
	require.Equal(t, []any{true, true}, []any{code != 0, strings.Contains(said, "multicast")}, said)
	require.Greater(t, found.TookMs, int64(10_000), "losses show in 10 s")
	require.Greater(t, found.Units, int64(100))
}

func TestWhatAProbeTells(t *testing.T) {
	ahead := int64(7200)
	found := models.Probe{OK: true, Codec: "H.265 Main", Width: 2560, Height: 1440, FPS: 24.96, BitRate: 4_096_400, GOPMs: 10_000, Audio: "G726", Transport: models.TransportUDP,
		Units: 250, Lost: 13, TookMs: 10_400, FirstMs: 400, OffsetMs: &ahead,
		Streams: []models.ProbeStream{{URL: "rtsp://192.0.2.1/Streaming/Channels/102", Track: 1, Codec: "H.264 Main", Width: 640, Height: 360}}}
	require.Equal(t, []string{
		"✓ 画面正常：10.0 秒内收到 250 幅", "丢失：13 幅", "编码：H.265 Main，2560×1440", "帧率：25.0", "码率：4096 kbit/s", "关键帧间隔：10.0 s", "首幅：0.4 秒后", "传输：udp", "声音：G726，录像中不保存", "时钟偏差：+7.2 s",
		"另有码流：rtsp://192.0.2.1/Streaming/Channels/102 第 1 路，H.264 Main 640×360",
		"▲ 丢失较多：请检查网线、交换机和摄像机负载", "▲ 时钟偏差超过 5 秒：请在摄像机里设置 NTP", "▲ 关键帧间隔超过 5 秒，打开画面会慢：建议设为 2 秒", "▲ 这是大码流：上墙与分析建议改用小码流",
	}, told(found, false))
	require.Len(t, told(found, true), 15)
	for _, line := range told(found, true) {
		require.Less(t, strings.IndexFunc(line, func(r rune) bool { return r > 0x3000 }), 0, line)
	}
	require.Equal(t, []string{"✓ it works: in 10.0 s came 100 pictures", "lost: 0 pictures", "codec: H.264, 640×360", "pictures a second: 10.0", "bit rate: 0 kbit/s",
		"key pictures every: no second one came", "first picture after: 0.0 s", "comes by: tcp", "sound: none", "clock offset: not told by the camera"},
		told(models.Probe{OK: true, Codec: "H.264", Width: 640, Height: 360, FPS: 10, Transport: models.TransportTCP, Units: 100, TookMs: 10_000}, true))
	require.Equal(t, []string{"✕ 收到画面但缺少关键帧", "丢失：2 幅"}, told(models.Probe{Code: "no_key_units", Reason: "收到画面但缺少关键帧", Units: 9, Lost: 2}, false))
}

// A password that is too long is refused, not cut off.
func TestAPasswordForAProbeIsBounded(t *testing.T) {
	_, err := login{PasswordStdin: true}.read(world{in: strings.NewReader(strings.Repeat("x", maxPassword+1) + "\n")})
	require.Equal(t, models.Invalid, models.CodeOf(err))
	p, err := login{PasswordStdin: true}.read(world{in: strings.NewReader(strings.Repeat("x", maxPassword) + "\r\n")})
	require.NoError(t, err)
	require.Len(t, p, maxPassword)
	p, err = login{}.read(world{in: io.MultiReader()})
	require.NoError(t, err)
	require.Empty(t, p)
	_, err = reachOf(newShell(t).file("typo.yml", "ingset: {}\n"))
	require.Error(t, err)
	networks, err := reachOf("/no/such/zhihui.yml")
	require.NoError(t, err)
	require.Empty(t, networks)
}
