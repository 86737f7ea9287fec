package onvif

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"time"

	"zhihui/models"
)

var errNoPTZ = errors.New("the device has no profile that turns")

// mount is what turns one camera: the PTZ service of its device, for one profile.
type mount struct {
	*client
	service *url.URL
	profile string
	untimed bool // it takes no movement with a timeout
	pans    bool // what of it moves, as far as we have asked
	zooms   bool
}

// openMount finds out where a camera is turned. Who has it closes it.
func openMount(ctx context.Context, c models.Camera, networks models.Reach, now func() time.Time) (*mount, error) {
	if c.ONVIF.Address == "" {
		return nil, &fault{NoAddress, errors.New("the camera has no address of its device")}
	}
	base, err := baseOf(c.ONVIF.Address)
	if err != nil {
		return nil, &fault{NoAddress, err}
	}
	m := &mount{client: newClient(base, c.Username, c.Password, networks, now), profile: c.ONVIF.Profile}
	if err := m.find(ctx); err != nil {
		m.close()
		return nil, err
	}
	return m, nil
}

func (m *mount) close() { m.http.CloseIdleConnections() }

func (m *mount) find(ctx context.Context) error {
	if err := m.readClock(ctx, &models.FoundDevice{}); err != nil {
		return err
	}
	at, err := m.addresses(ctx)
	if err != nil {
		return err
	}
	if at[ptzService] == "" {
		return &fault{NoPTZ, errNoPTZ}
	}
	m.service = place(m.base, at[ptzService])
	all, err := m.profiles(ctx, at)
	if err != nil {
		return err
	}
	if m.profile = turning(all, m.profile); m.profile == "" {
		return &fault{NoPTZ, errNoPTZ}
	}
	return nil
}

// profiles are those of the media service, or of its second version where there is no first.
func (m *mount) profiles(ctx context.Context, at map[string]string) ([]profile, error) {
	ask, said := operation{mediaService, "GetProfiles", ""}, profiles{}
	if at[mediaService] == "" {
		ask = operation{media2Service, "GetProfiles", "<Type>VideoSource</Type><Type>PTZ</Type>"}
	}
	err := m.call(ctx, place(m.base, at[ask.namespace]), ask, &said)
	return said.Profiles, err
}

// turning is the profile by which a camera is turned: the one that is named, or where that does not turn, as that of a
// sub-stream may not, the first of the same lens that does. One that the device does not tell of is tried all the same. "" = none.
func turning(all []profile, named string) string {
	i := slices.IndexFunc(all, func(p profile) bool { return p.Token == named })
	if named != "" && i < 0 {
		return named
	}
	if named != "" && all[i].turns() {
		return named
	}
	for _, p := range all {
		if p.turns() && p.Token != "" && (named == "" || p.source() == all[i].source()) {
			return p.Token
		}
	}
	return ""
}

// refusedFor is how long a device that has refused a password is not asked again, unless the camera is edited: devices lock out.
const refusedFor = 5 * time.Minute

// kept is the mount of a camera of the site: looked up when it is first needed, and again after the camera was edited or a call
// has failed.
type kept struct {
	camera   func() models.Camera // as the site says it now
	networks models.Reach

	mount    *mount
	revision int64 // of the camera when it was asked last
	refusal  error // of its password, until then
	until    time.Time
}

func (k *kept) do(ctx context.Context, a models.PTZAct) error {
	return k.with(ctx, func(m *mount) error { return m.do(ctx, a) })
}

func (k *kept) list(ctx context.Context) (all []models.Preset, err error) {
	err = k.with(ctx, func(m *mount) error { all, err = m.list(ctx); return err })
	return all, err
}

func (k *kept) with(ctx context.Context, use func(*mount) error) error {
	c := k.camera()
	if k.revision != c.Revision {
		k.close()
		k.revision, k.refusal = c.Revision, nil
	}
	if k.refusal != nil && time.Now().Before(k.until) {
		return k.refusal
	}
	err := k.ask(ctx, c, use)
	if k.refusal = nil; reasonOf(err) == AuthRefused {
		k.refusal, k.until = err, time.Now().Add(refusedFor)
	}
	return err
}

func (k *kept) ask(ctx context.Context, c models.Camera, use func(*mount) error) (err error) {
	if k.mount == nil {
		if k.mount, err = openMount(ctx, c, k.networks, time.Now); err != nil {
			return err
		}
	}
	if err = use(k.mount); err != nil && !k.mount.heard(err) {
		k.close()
	}
	return err
}

// heard tells whether the device has understood what it refused: then it is where we took it to be.
func (m *mount) heard(err error) bool {
	return slices.Contains([]Reason{Faulty, NoPreset, PresetsFull, Moving}, reasonOf(err))
}

func (k *kept) close() {
	if k.mount != nil {
		k.mount.close()
		k.mount = nil
	}
}
