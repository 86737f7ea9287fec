package onvif

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhihui/models"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What devices of three makers say, each in the shape that is known of it (testdata), and what becomes of it.
func TestWhatMakersSay(t *testing.T) {
	for _, c := range []struct {
		folder string
		digest bool
		clock  time.Duration
		want   models.FoundDevice
	}{
		{"hikvision", false, 0, models.FoundDevice{Named: "192.168.1.64", Maker: "HIKVISION", Model: "DS-2CD2T47", Firmware: "V5.7.1 build 210619", Serial: "DS-2CD2T4720210701AAWR",
			Streams: []models.FoundStream{
				{Profile: "Profile_1", Name: "mainStream", Source: "VideoSource_1", Codec: "H265", Width: 2688, Height: 1520, FPS: 25, BitRate: 4_096_000,
					URL: "rtsp://127.0.0.1:554/Streaming/Channels/101?transportmode=unicast&profile=Profile_1", Snapshot: "http://127.0.0.1/onvif-http/snapshot?Profile_1"},
				{Profile: "Profile_2", Name: "subStream", Source: "VideoSource_1", Codec: "H264", Width: 640, Height: 360, FPS: 12.5, BitRate: 512_000,
					URL: "rtsp://127.0.0.1:554/Streaming/Channels/101?transportmode=unicast&profile=Profile_1", Snapshot: "http://127.0.0.1/onvif-http/snapshot?Profile_1"},
			}}},
		{"dahua", true, -20 * 365 * 24 * time.Hour, models.FoundDevice{Maker: "Dahua", Model: "IPC-HFW5442E-ZE", Firmware: "2.800.0000000.16.R, Build Date 2020-12-09", Serial: "6G0AABBPAZ00000",
			Streams: []models.FoundStream{
				{Profile: "MediaProfile00000", Name: "MediaProfile_Channel1_MainStream", Source: "00000", URL: "rtsp://127.0.0.1:554/cam/realmonitor?channel=1&subtype=0&unicast=true&proto=Onvif"},
				{Profile: "MediaProfile00001", Name: "MediaProfile_Channel1_SubStream1", Source: "00000", Codec: "H264", Width: 704, Height: 576, FPS: 15, BitRate: 512_000,
					URL: "rtsp://127.0.0.1:554/cam/realmonitor?channel=1&subtype=0&unicast=true&proto=Onvif"},
			}}},
		{"axis", false, 3 * time.Hour, models.FoundDevice{Maker: "AXIS", Model: "M3045-V", Firmware: "9.80.1", Serial: "ACCC8E000000",
			Streams: []models.FoundStream{{Profile: "profile_1_h264", Name: "profile_1 h264", Source: "0", Codec: "H264", Width: 1920, Height: 1080, FPS: 30,
				URL:      "rtsp://127.0.0.1/onvif-media/media.amp?profile=profile_1_h264&sessiontimeout=60&streamtype=unicast",
				Snapshot: "http://127.0.0.1/onvif-cgi/jpg/image.cgi?resolution=1920x1080&compression=30"}}}},
	} {
		t.Run(c.folder, func(t *testing.T) {
			d := newDevice(t, c.folder)
			d.digest, d.now = c.digest, func() time.Time { return time.Now().Add(c.clock) }
			got := search(t, searcher(t), d.address(), password)
			require.NotNil(t, got.OffsetMs)
			require.InDelta(t, c.clock.Milliseconds(), *got.OffsetMs, 2000)
			c.want.Address, c.want.OffsetMs = d.address(), got.OffsetMs
			require.Equal(t, c.want, got)
			require.NotContains(t, d.log.String(), password, "not even to the device")
		})
	}
}

// A wrong password is tried once a scheme and no more: devices lock out.
func TestAWrongPasswordIsSaidOnce(t *testing.T) {
	for _, digest := range []bool{false, true} {
		d := newDevice(t, "axis")
		d.digest = digest
		got := search(t, searcher(t), d.address(), "wrong")
		require.Equal(t, string(AuthRefused), got.Code)
		require.Equal(t, AuthRefused.Sentence(), got.Reason)
		require.NotNil(t, got.OffsetMs, "that much is told to everybody")
		most := map[bool]int{false: 2, true: 3}[digest] // the clock, then with the token, then with the digest
		require.Len(t, d.calls(), most)
	}
}

func TestWithoutCredentials(t *testing.T) {
	d := newDevice(t, "axis")
	d.digest = true
	found, err := searcher(t).Search(t.Context(), d.address(), "", "")
	require.NoError(t, err)
	require.Equal(t, []any{string(AuthNeeded), AuthNeeded.Sentence()}, []any{found[0].Code, found[0].Reason})
}

// Whatever stands at the address, there is a reason, and soon.
func TestWhatIsNoDevice(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	served := func(h http.HandlerFunc) string {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return s.Listener.Addr().String()
	}
	says := func(s string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, s) }
	}
	for name, c := range map[string]struct {
		address string
		want    Reason
	}{
		"nobody":         {closed.Addr().String(), Refused},
		"elsewhere":      {"192.0.2.1", OutOfReach},
		"a page":         {served(says("<html><body>login</body></html>")), NotONVIF},
		"nothing":        {served(says("")), NotONVIF},
		"another answer": {served(says(`<Envelope><Body><XResponse/></Body></Envelope>`)), NotONVIF},
		"an endless one": {served(func(w http.ResponseWriter, _ *http.Request) {
			for w.Write([]byte(strings.Repeat("<Envelope>", 1000))); ; {
				if _, err := w.Write([]byte(strings.Repeat("<a>", 10_000))); err != nil {
					return
				}
			}
		}), NotONVIF},
		"an entity": {served(says(`<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><Envelope><Body><GetSystemDateAndTimeResponse>&f;</GetSystemDateAndTimeResponse></Body></Envelope>`)), NotONVIF},
		"a redirect": {served(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://192.0.2.7/", http.StatusFound)
		}), NotONVIF},
		"only errors": {served(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(500)
			says(`<e:Envelope xmlns:e="e"><e:Body><e:Fault><faultcode>x</faultcode><faultstring>y</faultstring></e:Fault></e:Body></e:Envelope>`)(w, nil)
		}), Faulty},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := search(t, searcher(t), c.address, password)
			require.Equal(t, []any{string(c.want), c.want.Sentence()}, []any{got.Code, got.Reason})
			require.Empty(t, got.Streams)
		})
	}
}

func TestASearchEndsWithItsCaller(t *testing.T) {
	asked := make(chan struct{}, 1)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	t.Cleanup(s.Close)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	found, err := searcher(t).Search(ctx, s.Listener.Addr().String(), username, password)
	require.NoError(t, err)
	require.NotEmpty(t, found[0].Code)
}

func TestAddressesThatPeopleWrite(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7":              "http://192.0.2.7:80/onvif/device_service",
		"192.0.2.7:8899":         "http://192.0.2.7:8899/onvif/device_service",
		"[2001:db8::1]:8080":     "http://[2001:db8::1]:8080/onvif/device_service",
		"[2001:db8::1]":          "http://[2001:db8::1]:80/onvif/device_service",
		"gate.example":           "http://gate.example:80/onvif/device_service",
		"http://192.0.2.7/":      "",
		"admin:pw@192.0.2.7":     "",
		"admin:pw@192.0.2.7:8":   "",
		"192.0.2.7/onvif":        "",
		"192.0.2.7:":             "",
		":80":                    "",
		"a b":                    "",
		"192.0.2.7:x":            "",
		strings.Repeat("a", 300): "",
	} {
		base, err := baseOf(address)
		if want == "" {
			require.Equal(t, models.Invalid, models.CodeOf(err), address)
			continue
		}
		require.NoError(t, err, address)
		require.Equal(t, want, base.String())
	}
}

// A device tells a port and a path; the host is always the one that was asked.
func TestAddressesThatDevicesName(t *testing.T) {
	base, err := baseOf("10.0.0.7:8080")
	require.NoError(t, err)
	for named, want := range map[string]string{
		"http://10.0.0.7/onvif/media":              "http://10.0.0.7/onvif/media",
		"http://10.0.0.7:8899/m?x=1":               "http://10.0.0.7:8899/m?x=1",
		"http://192.168.1.64:80/onvif/media":       "http://10.0.0.7:8080/onvif/media",
		"https://10.0.0.7/onvif/media":             "http://10.0.0.7:8080/onvif/media",
		"http://admin:pw@169.254.169.254/latest":   "http://10.0.0.7:8080/latest",
		"http://192.168.1.64":                      "http://10.0.0.7:8080/onvif/device_service",
		"nothing":                                  "http://10.0.0.7:8080/onvif/device_service",
		"http://h/" + strings.Repeat("x", urlMost): "http://10.0.0.7:8080/onvif/device_service",
	} {
		require.Equal(t, want, place(base, named).String(), named)
	}
	for named, want := range map[string]string{
		"rtsp://192.168.1.64:554/Streaming/Channels/101":                                                "rtsp://10.0.0.7:554/Streaming/Channels/101",
		"RTSP://root:pass@192.168.1.64/a?b=1#c":                                                         "rtsp://10.0.0.7/a?b=1",
		"rtsp://192.168.1.10:554/user=admin_password=tlJwpbo6_channel=1_stream=0.sdp?real_stream":       "rtsp://10.0.0.7:554/channel=1_stream=0.sdp?real_stream",
		"rtsp://192.168.1.10/user=admin_password=a_b_c_channel=1_stream=0.sdp":                          "rtsp://10.0.0.7/channel=1_stream=0.sdp",
		"rtsp://192.168.1.10/live?username=admin&password=x%26y&subtype=1":                              "rtsp://10.0.0.7/live?subtype=1",
		"rtsp://192.168.1.10/cam/realmonitor?channel=1&subtype=0&authbasic=YWRtaW46YWRtaW4&proto=Onvif": "rtsp://10.0.0.7/cam/realmonitor?channel=1&subtype=0&proto=Onvif",
		"rtsp://192.168.1.10/a%2Fb_c/d":                                                                 "rtsp://10.0.0.7/a%2Fb_c/d",
		"file:///etc/passwd":                                                                            "", "http://10.0.0.7/x": "", "rtsp:///x": "", "rtsp://h/%zz": "", "": "",
	} {
		got, _ := clean(base, named, "rtsp", "rtsps")
		require.Equal(t, want, got, named)
	}
	six, err := baseOf("[2001:db8::1]:80")
	require.NoError(t, err)
	got, host := clean(six, "rtsp://[fe80::1]:554/x", "rtsp")
	require.Equal(t, []string{"rtsp://[2001:db8::1]:554/x", "fe80::1"}, []string{got, host})
}

// A log at its most talkative, and an error, hold no password.
func TestNoPasswordInALog(t *testing.T) {
	var log strings.Builder
	d := newDevice(t, "axis")
	s := searcher(t)
	s.log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	got := search(t, s, d.address(), password+"-wrong")
	require.NotEmpty(t, log.String())
	require.NotContains(t, log.String()+fmt.Sprint(got), password)
}

// A hostile answer does not become a hundred times as large here.
func TestProfilesWithoutEnd(t *testing.T) {
	body := "<Envelope><Body><GetProfilesResponse>" + strings.Repeat(`<Profiles token="a"/>`, 100_000) + "</GetProfilesResponse></Body></Envelope>"
	var said profiles
	require.NoError(t, decode([]byte(body), "GetProfilesResponse", &said))
	require.Len(t, said.Profiles, 512)
}

// Each element that is open takes memory, and a hostile answer could open a million.
func TestAnswersAreNotNestedWithoutEnd(t *testing.T) {
	deep := strings.Repeat("<a>", 10_000)
	for _, body := range []string{"<Envelope>" + deep, "<Envelope><XResponse>" + deep, "<Envelope><Fault>" + deep} {
		require.ErrorContains(t, decode([]byte(body), "XResponse", &profiles{}), "nested")
	}
	flat := "<Envelope><XResponse>" + strings.Repeat("<b><c/></b>", 10_000) + "</XResponse></Envelope>"
	require.NoError(t, decode([]byte(flat), "XResponse", &profiles{}))
}
