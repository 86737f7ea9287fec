package onvif

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// turret is a device that turns: what it answers to each operation, inside of the answer's element; "" where it knows none.
type turret struct {
	*httptest.Server
	mu    sync.Mutex
	says  map[string]string
	asked []string // operations, and what was in them
}

const (
	ptzFault  = "!" // begins an answer that is a fault of this subcode
	turns     = `<VideoSourceConfiguration><SourceToken>lens</SourceToken></VideoSourceConfiguration><PTZConfiguration token="ptz"/></Profiles>`
	fixed     = `<VideoSourceConfiguration><SourceToken>lens</SourceToken></VideoSourceConfiguration></Profiles>`
	elsewhere = `<VideoSourceConfiguration><SourceToken>other</SourceToken></VideoSourceConfiguration></Profiles>`
)

func newTurret(t *testing.T, changes map[string]string) *turret {
	d := &turret{says: map[string]string{
		"GetServices": "<Service><Namespace>" + mediaService + "</Namespace><XAddr>http://192.168.1.64/media</XAddr></Service>" +
			"<Service><Namespace>" + ptzService + "</Namespace><XAddr>http://192.168.1.64/ptz</XAddr></Service>",
		"GetProfiles":    `<Profiles token="main">` + fixed + `<Profiles token="turning">` + turns,
		"ContinuousMove": "ok", "Stop": "ok", "GotoPreset": "ok", "GotoHomePosition": "ok", "SetPreset": "<PresetToken>7</PresetToken>", "RemovePreset": "ok",
		"GetPresets": `<Preset token="1"><Name> 大门 </Name></Preset><Preset token="2"/><Preset><Name>none</Name></Preset><Preset token="` + strings.Repeat("x", 65) + `"/>`,
	}}
	for name, says := range changes {
		d.says[name] = says
	}
	d.Server = httptest.NewServer(http.HandlerFunc(d.serve))
	t.Cleanup(d.Close)
	return d
}

func (d *turret) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var q struct {
		Username string `xml:"Header>Security>UsernameToken>Username"`
		Body     struct {
			Asked struct {
				XMLName xml.Name
				Inside  string `xml:",innerxml"`
			} `xml:",any"`
		}
	}
	if err := xml.Unmarshal(body, &q); err != nil || bytes.Contains(body, []byte(password)) {
		http.Error(w, "no", http.StatusBadRequest)
		return
	}
	name := q.Body.Asked.XMLName.Local
	d.mu.Lock()
	if q.Body.Asked.XMLName.Space == ptzService {
		d.asked = append(d.asked, name+" "+strings.ReplaceAll(q.Body.Asked.Inside, ` xmlns="`+schema+`"`, ""))
	} else if name != "GetSystemDateAndTime" {
		d.asked = append(d.asked, name)
	}
	says := d.says[name]
	d.mu.Unlock()
	if refused, ok := strings.CutPrefix(says, ptzFault); ok || says == "" {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `<Envelope><Body><Fault><Code><Value>Sender</Value><Subcode><Value>ter:InvalidArgVal</Value><Subcode><Value>ter:%s</Value></Subcode></Subcode></Code></Fault></Body></Envelope>`, refused)
		return
	}
	fmt.Fprintf(w, "<Envelope><Body><%sResponse>%s</%[1]sResponse></Body></Envelope>", name, says)
}

// take returns what it was asked since the last time.
func (d *turret) take() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	asked := d.asked
	d.asked = nil
	return asked
}

func (d *turret) becomes(name, says string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.says[name] = says
}

func (d *turret) camera(profile string) models.Camera {
	return models.Camera{ID: "gate", Username: username, Password: password, Revision: 1, ONVIF: models.ONVIF{Address: d.Listener.Addr().String(), Profile: profile}}
}

func open(t *testing.T, c models.Camera) (*mount, error) {
	m, err := openMount(t.Context(), c, models.Reach{"127.0.0.0/8"}, time.Now)
	if err == nil {
		t.Cleanup(m.close)
	}
	return m, err
}

const token = "<ProfileToken>turning</ProfileToken>"

func TestEachActAsTheSpecificationHasIt(t *testing.T) {
	d := newTurret(t, nil)
	m, err := open(t, d.camera(""))
	require.NoError(t, err)
	require.Equal(t, []string{"GetServices", "GetProfiles"}, d.take())
	for _, c := range []struct {
		act  models.PTZAct
		want string
	}{
		{models.PTZAct{Action: models.PTZMove, Pan: -0.5, Tilt: 1}, `ContinuousMove ` + token + `<Velocity><PanTilt x="-0.500" y="1.000"/></Velocity><Timeout>PT2S</Timeout>`},
		{models.PTZAct{Action: models.PTZMove, Zoom: 0.25}, `ContinuousMove ` + token + `<Velocity><PanTilt x="0.000" y="0.000"/><Zoom x="0.250"/></Velocity><Timeout>PT2S</Timeout>`},
		{models.PTZAct{Action: models.PTZMove, Zoom: -1}, `ContinuousMove ` + token + `<Velocity><Zoom x="-1.000"/></Velocity><Timeout>PT2S</Timeout>`},
		{models.PTZAct{Action: models.PTZStop}, `Stop ` + token + `<PanTilt>true</PanTilt><Zoom>true</Zoom>`},
		{models.PTZAct{Action: models.PTZMove, Pan: 1}, `ContinuousMove ` + token + `<Velocity><PanTilt x="1.000" y="0.000"/></Velocity><Timeout>PT2S</Timeout>`},
		{models.PTZAct{Action: models.PTZGoto, Preset: `a"<b`}, `GotoPreset ` + token + `<PresetToken>a&#34;&lt;b</PresetToken>`},
		{models.PTZAct{Action: models.PTZHome}, `GotoHomePosition ` + token},
		{models.PTZAct{Action: models.PTZSetPreset, Name: "门 <1>"}, `SetPreset ` + token + `<PresetName>门 &lt;1&gt;</PresetName>`},
		{models.PTZAct{Action: models.PTZSetPreset, Name: "n", Preset: "7"}, `SetPreset ` + token + `<PresetName>n</PresetName><PresetToken>7</PresetToken>`},
		{models.PTZAct{Action: models.PTZRemovePreset, Preset: "7"}, `RemovePreset ` + token + `<PresetToken>7</PresetToken>`},
	} {
		require.NoError(t, m.do(t.Context(), c.act))
		require.Equal(t, []string{c.want}, d.take())
	}
	presets, err := m.list(t.Context())
	require.NoError(t, err)
	require.Equal(t, []models.Preset{{Token: "1", Name: "大门"}, {Token: "2", Name: "2"}}, presets)
	require.Equal(t, Faulty, reasonOf(m.do(t.Context(), models.PTZAct{Action: "dance"})))
}

func TestDevicesThatDiffer(t *testing.T) {
	old := map[string]string{"GetServices": "", "GetCapabilities": "<Capabilities><Media><XAddr>http://h/m</XAddr></Media><PTZ><XAddr>http://h/p</XAddr></PTZ></Capabilities>"}
	second := "<Service><Namespace>" + media2Service + "</Namespace><XAddr>http://h/m2</XAddr></Service><Service><Namespace>" + ptzService + "</Namespace><XAddr>http://h/p</XAddr></Service>"
	for _, c := range []struct {
		name    string
		changes map[string]string
		profile string
		want    string // the profile
		why     Reason
	}{
		{"by its capabilities alone", old, "", "turning", ""},
		{"with the second media service alone", map[string]string{"GetServices": second, "GetProfiles": `<Profiles token="two"><Configurations><PTZ token="p"/></Configurations></Profiles>`}, "", "two", ""},
		{"the profile that is named", map[string]string{"GetProfiles": `<Profiles token="a">` + turns + `<Profiles token="b">` + turns}, "b", "b", ""},
		{"a sub-stream that does not turn", nil, "main", "turning", ""},
		{"another lens that does not turn", map[string]string{"GetProfiles": `<Profiles token="x">` + elsewhere + `<Profiles token="a">` + turns}, "x", "", NoPTZ},
		{"a profile that it does not tell of", nil, "hidden", "hidden", ""},
		{"nothing that turns", map[string]string{"GetProfiles": `<Profiles token="a">` + fixed}, "", "", NoPTZ},
		{"no such service", map[string]string{"GetServices": "<Service><Namespace>" + mediaService + "</Namespace><XAddr>http://h/m</XAddr></Service>"}, "", "", NoPTZ},
		{"nothing at all", map[string]string{"GetProfiles": ""}, "", "", Faulty},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := open(t, newTurret(t, c.changes).camera(c.profile))
			if c.why != "" {
				require.Equal(t, c.why, reasonOf(err))
				return
			}
			require.NoError(t, err)
			require.Equal(t, []string{c.want, m.base.Host}, []string{m.profile, m.service.Host}, "whatever host it names")
		})
	}
	_, err := open(t, models.Camera{})
	require.Equal(t, NoAddress, reasonOf(err))
	_, err = open(t, models.Camera{ONVIF: models.ONVIF{Address: "10.0.0.1:80"}})
	require.Equal(t, OutOfReach, reasonOf(err))
}

// Those that know no timeout are stopped by us alone, and are not asked with one again.
func TestMovesWithoutATimeout(t *testing.T) {
	d := newTurret(t, nil)
	m, err := open(t, d.camera(""))
	require.NoError(t, err)
	d.take()
	d.becomes("ContinuousMove", ptzFault+"TimeoutNotSupported")
	move := models.PTZAct{Action: models.PTZMove, Pan: 1}
	require.Equal(t, Faulty, reasonOf(m.do(t.Context(), move)))
	require.Len(t, d.take(), 2)
	require.False(t, m.untimed, "it takes none at all: that says nothing")
	m.untimed = true
	d.becomes("ContinuousMove", "ok")
	require.NoError(t, m.do(t.Context(), move))
	require.NotContains(t, d.take()[0], "Timeout")
	d.becomes("Stop", ptzFault+"InvalidArgVal")
	require.Equal(t, Faulty, reasonOf(m.do(t.Context(), models.PTZAct{Action: models.PTZStop})))
	require.Equal(t, []string{"Stop " + token + "<PanTilt>true</PanTilt><Zoom>true</Zoom>", "Stop " + token}, d.take())
	require.True(t, m.pans, "it may still move")
}

func TestFaultsHaveReasons(t *testing.T) {
	d := newTurret(t, nil)
	m, err := open(t, d.camera(""))
	require.NoError(t, err)
	for subcode, want := range map[string]Reason{"NoToken": NoPreset, "TooManyPresets": PresetsFull, "MovingPTZ": Moving, "NoPTZProfile": NoPTZ, "NoProfile": NoPTZ, "SpaceNotSupported": Faulty, "NotAuthorized": AuthRefused} {
		d.becomes("SetPreset", ptzFault+subcode)
		err := m.do(t.Context(), models.PTZAct{Action: models.PTZSetPreset, Name: "n"})
		require.Equal(t, want, reasonOf(err), subcode)
		require.Regexp(t, `\p{Han}`, want.Sentence())
	}
	d.becomes("GetPresets", "")
	none, err := m.list(t.Context())
	require.NoError(t, err)
	require.Empty(t, none, "there are heads without presets")
}

// startTurner runs a turner of one camera that a test may edit.
func startTurner(t *testing.T, camera func() (models.Camera, bool)) (turner *Turner, stop func()) {
	find := func(id string) (models.Camera, bool) {
		if c, ok := camera(); ok && c.ID == id {
			return c, true
		}
		return models.Camera{}, false
	}
	turner = NewTurner(find, models.Reach{"127.0.0.0/8"}, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- turner.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); require.NoError(t, <-done) })
	t.Cleanup(stop)
	return turner, stop
}

// The services are looked up once, and again after an edit or after a call that failed otherwise than by a refusal.
func TestADeviceIsLookedUpOnce(t *testing.T) {
	d := newTurret(t, nil)
	camera := d.camera("")
	turner, stop := startTurner(t, func() (models.Camera, bool) { return camera, true })
	lookups := func() (n int) {
		for _, asked := range d.take() {
			if asked == "GetServices" {
				n++
			}
		}
		return n
	}
	home := func() string { return turner.Turn(t.Context(), "gate", models.PTZAct{Action: models.PTZHome}).Code }
	for range 3 {
		require.Empty(t, home())
	}
	require.Equal(t, 1, lookups())
	d.becomes("GotoHomePosition", ptzFault+"NoHomePosition")
	require.Equal(t, []string{string(Faulty), string(Faulty)}, []string{home(), home()})
	require.Zero(t, lookups())
	d.becomes("GotoHomePosition", "<unclosed")
	require.Equal(t, string(NotONVIF), home())
	d.becomes("GotoHomePosition", "ok")
	require.Empty(t, home())
	require.Equal(t, 1, lookups())
	camera.Revision++
	require.Empty(t, home())
	require.Equal(t, 1, lookups())

	require.Equal(t, []string{string(NoAddress), NoAddress.Sentence()}, func() []string { p := turner.Presets(t.Context(), "gone"); return []string{p.Code, p.Reason} }())
	require.NotNil(t, turner.Presets(t.Context(), "gone").Presets)
	require.Len(t, turner.Presets(t.Context(), "gate").Presets, 2)
	stop()
	require.Equal(t, string(Busy), home(), "a hall that closes")
}

// A wrong password is tried once, and again after an edit or five minutes: devices lock out, and the stream with it.
func TestAWrongPasswordTurnsNothingForAWhile(t *testing.T) {
	d := newTurret(t, map[string]string{"GetServices": ptzFault + "NotAuthorized"})
	camera := d.camera("")
	k := &kept{camera: func() models.Camera { return camera }, networks: models.Reach{"127.0.0.0/8"}}
	defer k.close()
	for range 3 {
		_, err := k.list(t.Context())
		require.Equal(t, AuthRefused, reasonOf(err))
		require.Equal(t, AuthRefused, reasonOf(k.do(t.Context(), models.PTZAct{Action: models.PTZStop})))
	}
	require.Len(t, d.take(), 1)
	camera.Revision++
	require.Equal(t, AuthRefused, reasonOf(k.do(t.Context(), models.PTZAct{Action: models.PTZStop})))
	require.Len(t, d.take(), 1)
	k.until = time.Now()
	d.becomes("GetServices", newTurret(t, nil).says["GetServices"])
	require.NoError(t, k.do(t.Context(), models.PTZAct{Action: models.PTZStop}))
	require.Len(t, d.take(), 3)
}

// A hall that closes leaves nothing moving.
func TestTheTurnerStopsWhatItTurned(t *testing.T) {
	d := newTurret(t, nil)
	turner, stop := startTurner(t, func() (models.Camera, bool) { return d.camera(""), true })
	require.Empty(t, turner.Turn(t.Context(), "gate", models.PTZAct{Action: models.PTZMove, Tilt: -1}).Code)
	d.take()
	stop()
	require.Equal(t, []string{"Stop " + token + "<PanTilt>true</PanTilt><Zoom>true</Zoom>"}, d.take())
}
