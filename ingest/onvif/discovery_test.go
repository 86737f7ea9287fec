package onvif

import (
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

const hikvisionMatch = `<?xml version="1.0" encoding="UTF-8"?>
<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:wsadis="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">
<env:Header><wsadis:MessageID>urn:uuid:cea94000-fb96-11b3-8260-686dbc5cb15d</wsadis:MessageID><wsadis:RelatesTo>uuid:1</wsadis:RelatesTo></env:Header>
<env:Body><d:ProbeMatches><d:ProbeMatch><wsadis:EndpointReference><wsadis:Address>urn:uuid:cea94000</wsadis:Address></wsadis:EndpointReference>
<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>
<d:Scopes>onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/hardware/DS-2CD2T47 onvif://www.onvif.org/name/HIKVISION%20DS-2CD2T47 onvif://www.onvif.org/location/city/hangzhou</d:Scopes>
<d:XAddrs>XADDRS</d:XAddrs><d:MetadataVersion>10</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches></env:Body></env:Envelope>`

func TestMatches(t *testing.T) {
	from := netip.MustParseAddr("192.168.1.64")
	for xaddrs, want := range map[string]struct{ base, named string }{
		"http://192.168.1.64/onvif/device_service http://[fe80::1]/onvif/device_service":    {"http://192.168.1.64:80/onvif/device_service", ""},
		"http://[fe80::1]/onvif/x http://192.168.1.64:8000/onvif/device_service":            {"http://192.168.1.64:8000/onvif/device_service", ""},
		"https://192.168.1.64/onvif/device_service":                                         {"https://192.168.1.64:443/onvif/device_service", ""},
		"http://169.254.169.254/latest/meta-data":                                           {"http://192.168.1.64:80/latest/meta-data", "169.254.169.254"},
		"soap.udp://192.168.1.64 http://admin:pw@10.0.0.1:81/onvif/device_service":          {"http://192.168.1.64:81/onvif/device_service", "10.0.0.1"},
		"ftp://192.168.1.64/ nothing http:// " + "http://h/" + strings.Repeat("x", urlMost): {},
	} {
		got := matches([]byte(strings.Replace(hikvisionMatch, "XADDRS", xaddrs, 1)), from)
		if want.base == "" {
			require.Empty(t, got, xaddrs)
			continue
		}
		require.Len(t, got, 1, xaddrs)
		require.Equal(t, []string{want.base, want.named, "HIKVISION DS-2CD2T47", "DS-2CD2T47"}, []string{got[0].base.String(), got[0].named, got[0].name, got[0].model})
	}
	for _, other := range []string{"", "x", "<a/>", strings.Replace(hikvisionMatch, "ProbeMatches", "ResolveMatches", 2)} {
		require.Empty(t, matches([]byte(other), from))
	}
}

// answering answers probes on a socket as a device would whose service is at address.
func answering(t *testing.T, conn *net.UDPConn, address string) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, datagram)
		for {
			n, from, err := conn.ReadFromUDP(buffer)
			if err != nil {
				return
			}
			var p struct {
				Types string `xml:"Body>Probe>Types"`
				ID    string `xml:"Header>MessageID"`
			}
			if xml.Unmarshal(buffer[:n], &p) == nil && p.ID != "" && strings.HasSuffix(p.Types, ":NetworkVideoTransmitter") {
				_, _ = conn.WriteToUDP([]byte("nonsense"), from)
				_, _ = conn.WriteToUDP([]byte(strings.Replace(hikvisionMatch, "XADDRS", "http://"+address+"/onvif/device_service", 1)), from)
			}
		}
	}()
	t.Cleanup(func() { require.NoError(t, conn.Close()); <-done })
}

// One that is asked by its host alone says itself at which port its services are.
func TestOneIsAskedDirectly(t *testing.T) {
	d := newDevice(t, "axis")
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	answering(t, conn, d.address())
	s := searcher(t)
	_, s.port, _ = net.SplitHostPort(conn.LocalAddr().String())
	got := search(t, s, "127.0.0.1", password)
	require.Equal(t, []any{d.address(), "AXIS", "M3045-V", "HIKVISION DS-2CD2T47"}, []any{got.Address, got.Maker, got.Model, got.Name})
	s.networks = models.Reach{"10.0.0.0/8"}
	began := time.Now()
	got = search(t, s, "127.0.0.1", password)
	require.Equal(t, string(OutOfReach), got.Code, "not even by UDP")
	require.Less(t, time.Since(began), hearOne)
}

// By multicast, on whatever network this machine has. Each device is there once, however often and wherever it answers.
func TestAllAreAsked(t *testing.T) {
	own := ownAddresses()
	if len(own) == 0 {
		t.Skip("this machine has no network that knows multicast")
	}
	conn, err := net.ListenMulticastUDP("udp4", nil, &net.UDPAddr{IP: net.IPv4(239, 255, 255, 250)}) // at a port that is free
	if err != nil {
		t.Skip("this machine takes no part in multicast: ", err)
	}
	answering(t, conn, "192.0.2.9:1") // nobody is there, and nobody is asked there
	s := searcher(t)
	s.group = fmt.Sprint("239.255.255.250:", conn.LocalAddr().(*net.UDPAddr).Port)
	s.networks = models.Reach{"0.0.0.0/0"}
	found, err := s.Search(t.Context(), "", username, password)
	require.NoError(t, err)
	if len(found) == 0 {
		t.Skip("multicast does not come back on this machine")
	}
	require.LessOrEqual(t, len(found), len(own))
	for _, d := range found {
		require.Equal(t, []any{"192.0.2.9", "HIKVISION DS-2CD2T47", string(Refused)}, []any{d.Named, d.Name, d.Code})
	}
	s.networks = models.Reach{"10.255.255.255/32"}
	found, err = s.Search(t.Context(), "", username, password)
	require.NoError(t, err)
	require.Equal(t, string(OutOfReach), found[0].Code, "seen, told, and not dialled")
}

// answers is a device that says the same to whatever it is asked.
type answers []byte

func (a answers) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(a)))}, nil
}

// Whatever a device says: no panic, bounded texts, and no address that leads elsewhere or holds credentials.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(hikvisionMatch))
	all := []string{
		`<GetServicesResponse><Service><Namespace>` + mediaService + `</Namespace><XAddr>http://h/m</XAddr></Service></GetServicesResponse>`,
		`<GetProfilesResponse><Profiles token="a"><Name>x</Name><VideoSourceConfiguration><SourceToken>1</SourceToken></VideoSourceConfiguration></Profiles></GetProfilesResponse>`,
		`<GetStreamUriResponse><MediaUri><Uri>rtsp://a:b@h/user=x_password=y</Uri></MediaUri></GetStreamUriResponse>`,
		`<GetProfilesResponse><Profiles token="a"><PTZConfiguration/></Profiles></GetProfilesResponse><GetPresetsResponse><Preset token="1"><Name>x</Name></Preset></GetPresetsResponse>` +
			`<GetServicesResponse><Service><Namespace>` + ptzService + `</Namespace><XAddr>http://u:p@h/p</XAddr></Service></GetServicesResponse>`,
		`<GetSystemDateAndTimeResponse><SystemDateAndTime><UTCDateTime><Date><Year>1e9</Year><Month>-1</Month></Date></UTCDateTime></SystemDateAndTime></GetSystemDateAndTimeResponse>`,
	}
	for _, body := range append(all, strings.Join(all, ""), `<Fault><Code><Value>x</Value></Code></Fault>`) {
		f.Add([]byte("<Envelope><Body>" + body + "</Body></Envelope>"))
	}
	base, err := baseOf("192.0.2.1")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, said []byte) {
		for _, c := range matches(said, netip.MustParseAddr("192.0.2.1")) {
			require.Equal(t, []any{"192.0.2.1", (*url.Userinfo)(nil)}, []any{c.base.Hostname(), c.base.User})
			require.LessOrEqual(t, len(c.name)+len(c.model)+len(c.named), 3*256)
		}
		d := models.FoundDevice{}
		c := client{http: &http.Client{Transport: answers(said)}, base: base, username: "u", password: "p", now: time.Now}
		err := c.describe(t.Context(), &d)
		require.NotEmpty(t, reasonOf(fmt.Errorf("%w", err)).Sentence())
		require.LessOrEqual(t, len(d.Streams), streamsMost)
		for _, s := range d.Streams {
			require.LessOrEqual(t, len(s.Name)+len(s.Profile)+len(s.Codec), 3*256)
			for _, at := range []string{s.URL, s.Snapshot} {
				u, err := url.Parse(at)
				require.NoError(t, err)
				require.True(t, at == "" || u.Hostname() == "192.0.2.1" && u.User == nil, at)
			}
		}
		m := mount{client: &c}
		if m.find(t.Context()) == nil {
			require.Equal(t, []any{"192.0.2.1", (*url.Userinfo)(nil)}, []any{m.service.Hostname(), m.service.User})
			presets, err := m.list(t.Context())
			require.True(t, err != nil || presets != nil)
			require.LessOrEqual(t, len(presets), presetsMost)
			for _, p := range presets {
				require.True(t, p.Token != "" && p.Name != "" && len(p.Token) <= tokenMost && len(p.Name) <= tokenMost)
			}
		}
	})
}
