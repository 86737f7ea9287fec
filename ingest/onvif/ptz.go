package onvif

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"zhihui/models"
)

const (
	presetsMost = 256
	tokenMost   = 64              // bytes
	moveTimeout = 2 * time.Second // by which a device ends a movement by itself, where it knows how; ours is earlier
)

// do does one thing. It returns when the device has taken it.
func (m *mount) do(ctx context.Context, a models.PTZAct) error {
	token := "<PresetToken>" + text(a.Preset) + "</PresetToken>"
	switch a.Action {
	case models.PTZMove:
		return m.move(ctx, a)
	case models.PTZStop:
		return m.stop(ctx)
	case models.PTZGoto:
		return m.ask(ctx, "GotoPreset", token, nil)
	case models.PTZHome:
		return m.ask(ctx, "GotoHomePosition", "", nil)
	case models.PTZSetPreset:
		if a.Preset == "" {
			token = ""
		}
		return m.ask(ctx, "SetPreset", "<PresetName>"+text(a.Name)+"</PresetName>"+token, nil)
	case models.PTZRemovePreset:
		return m.ask(ctx, "RemovePreset", token, nil)
	}
	return &fault{Faulty, errors.New("there is no such action: " + string(a.Action))}
}

// move asks for speeds. What does not move and shall not is left out: a device without zoom refuses to hear of it.
func (m *mount) move(ctx context.Context, a models.PTZAct) error {
	pans, zooms := a.Pan != 0 || a.Tilt != 0, a.Zoom != 0
	velocity := ""
	if pans || m.pans {
		velocity += `<PanTilt x="` + speed(a.Pan) + `" y="` + speed(a.Tilt) + `" xmlns="` + schema + `"/>`
	}
	if zooms || m.zooms {
		velocity += `<Zoom x="` + speed(a.Zoom) + `" xmlns="` + schema + `"/>`
	}
	velocity = "<Velocity>" + velocity + "</Velocity>"
	m.pans, m.zooms = m.pans || pans, m.zooms || zooms // it may move even when the answer is lost
	timed := velocity + "<Timeout>PT" + strconv.Itoa(int(moveTimeout.Seconds())) + "S</Timeout>"
	if m.untimed {
		timed = velocity
	}
	err := m.ask(ctx, "ContinuousMove", timed, nil)
	if !m.untimed && reasonOf(err) == Faulty {
		if err = m.ask(ctx, "ContinuousMove", velocity, nil); err == nil {
			m.untimed = true
		}
	}
	if err == nil {
		m.pans, m.zooms = pans, zooms
	}
	return err
}

// stop ends all movement. Some devices do nothing unless both are named, others know but one of them.
func (m *mount) stop(ctx context.Context) error {
	err := m.ask(ctx, "Stop", "<PanTilt>true</PanTilt><Zoom>true</Zoom>", nil)
	if reasonOf(err) == Faulty {
		err = m.ask(ctx, "Stop", "", nil)
	}
	if err == nil {
		m.pans, m.zooms = false, false
	}
	return err
}

// presets is the answer to GetPresets.
type presets struct {
	Preset []struct {
		Token string `xml:"token,attr"`
		Name  string
	}
}

// list reads the presets, in the device's order. One without a name goes by its token; a device that knows no presets has none.
func (m *mount) list(ctx context.Context) ([]models.Preset, error) {
	var said presets
	if err := m.ask(ctx, "GetPresets", "", &said); err != nil && reasonOf(err) != Faulty {
		return nil, err
	}
	all := []models.Preset{}
	for _, p := range said.Preset {
		if p.Token == "" || len(p.Token) > tokenMost || len(all) == presetsMost {
			continue
		}
		name := strings.TrimSpace(p.Name)
		if name == "" {
			name = p.Token
		}
		all = append(all, models.Preset{Token: p.Token, Name: cut(name, tokenMost)})
	}
	return all, nil
}

// ask asks the PTZ service about the profile; a nil answer is one of which nothing is read.
func (m *mount) ask(ctx context.Context, name, inside string, answer any) error {
	if answer == nil {
		answer = new(struct{})
	}
	err := m.call(ctx, m.service, operation{ptzService, name, "<ProfileToken>" + text(m.profile) + "</ProfileToken>" + inside}, answer)
	if said, ok := errors.AsType[*soapFault](err); ok && reasonOf(err) == Faulty {
		return &fault{said.turning(), err}
	}
	return err
}

// turning is the reason behind a fault of the PTZ service, by the names that the specification gives them.
func (f *soapFault) turning() Reason {
	said := strings.ToLower(f.Error())
	for _, known := range []struct {
		word   string
		reason Reason
	}{
		{"notoken", NoPreset}, {"toomanypresets", PresetsFull}, {"movingptz", Moving}, {"noptzprofile", NoPTZ}, {"ptznotsupported", NoPTZ}, {"noprofile", NoPTZ},
	} {
		if strings.Contains(said, known.word) {
			return known.reason
		}
	}
	return Faulty
}

// speed is a number as XML writes it.
func speed(x float64) string { return strconv.FormatFloat(x, 'f', 3, 64) }
