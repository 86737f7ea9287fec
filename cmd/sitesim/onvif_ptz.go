package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// turn is what a question to the PTZ service says.
type turn struct {
	PresetToken, PresetName string
	PanTilt                 *vector `xml:"Velocity>PanTilt"`
	Zoom                    *vector `xml:"Velocity>Zoom"`
	Timeout                 string
	StopPanTilt             string `xml:"PanTilt"` // of Stop; "" = true
	StopZoom                string `xml:"Zoom"`
}

// vector is a speed, −1 to 1.
type vector struct {
	X float64 `xml:"x,attr"`
	Y float64 `xml:"y,attr"`
}

func (v *vector) good() bool { return v == nil || v.X >= -1 && v.X <= 1 && v.Y >= -1 && v.Y <= 1 }

// turns are the operations of the PTZ service.
func turns() map[string]func(scene) string {
	all := map[string]func(scene) string{
		"GetNodes": scene.nodes, "GetConfigurations": scene.turningConfigurations, "GetConfigurationOptions": scene.turningOptions,
	}
	for name, say := range map[string]func(scene, *head) string{
		"GetStatus": scene.status, "ContinuousMove": scene.move, "Stop": scene.halt, "GotoHomePosition": scene.home,
		"GetPresets": scene.presets, "GotoPreset": scene.visit, "SetPreset": scene.keep, "RemovePreset": scene.forget,
	} {
		all[name] = func(s scene) string {
			h := s.heads[s.camera]
			if h == nil {
				return faultOf("ter:NoPTZProfile", "this profile does not turn")
			}
			return say(s, h)
		}
	}
	return all
}

const (
	turnSpace = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/"
	zoomSpace = "http://www.onvif.org/ver10/tptz/ZoomSpaces/"
	shortest  = time.Second / 10 // a timeout of a move
	longest   = time.Minute
)

// turningOf is how a camera turns, as profiles and the PTZ service say it.
func turningOf(c Camera) string {
	return fmt.Sprintf(`<tt:Name>%s</tt:Name><tt:UseCount>1</tt:UseCount><tt:NodeToken>%[1]s</tt:NodeToken>`+
		`<tt:DefaultContinuousPanTiltVelocitySpace>`+turnSpace+`VelocityGenericSpace</tt:DefaultContinuousPanTiltVelocitySpace>`+
		`<tt:DefaultContinuousZoomVelocitySpace>`+zoomSpace+`VelocityGenericSpace</tt:DefaultContinuousZoomVelocitySpace>`+
		`<tt:DefaultPTZTimeout>PT10S</tt:DefaultPTZTimeout>`, c.ID)
}

// spaces are those of the speeds.
func spaces() string {
	span := func(name string) string {
		return `<tt:` + name + `><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:` + name + `>`
	}
	return `<tt:ContinuousPanTiltVelocitySpace><tt:URI>` + turnSpace + `VelocityGenericSpace</tt:URI>` + span("XRange") + span("YRange") + `</tt:ContinuousPanTiltVelocitySpace>` +
		`<tt:ContinuousZoomVelocitySpace><tt:URI>` + zoomSpace + `VelocityGenericSpace</tt:URI>` + span("XRange") + `</tt:ContinuousZoomVelocitySpace>`
}

func (s scene) nodes() string {
	return "<tptz:GetNodesResponse>" + s.eachThatTurns(func(c Camera) string {
		return fmt.Sprintf(`<tptz:PTZNode token="%s"><tt:Name>%[1]s</tt:Name><tt:SupportedPTZSpaces>%s</tt:SupportedPTZSpaces>`+
			`<tt:MaximumNumberOfPresets>%d</tt:MaximumNumberOfPresets><tt:HomeSupported>true</tt:HomeSupported></tptz:PTZNode>`, c.ID, spaces(), presetsMany)
	}) + "</tptz:GetNodesResponse>"
}

func (s scene) turningConfigurations() string {
	return "<tptz:GetConfigurationsResponse>" + s.eachThatTurns(func(c Camera) string {
		return `<tptz:PTZConfiguration token="` + c.ID + `">` + turningOf(c) + `</tptz:PTZConfiguration>`
	}) + "</tptz:GetConfigurationsResponse>"
}

func (s scene) eachThatTurns(say func(Camera) string) string {
	var b strings.Builder
	for _, c := range s.cameras {
		if c.PTZ {
			b.WriteString(say(c))
		}
	}
	return b.String()
}

func (s scene) turningOptions() string {
	return fmt.Sprintf(`<tptz:GetConfigurationOptionsResponse><tptz:PTZConfigurationOptions><tt:Spaces>%s</tt:Spaces><tt:PTZTimeout><tt:Min>PT%gS</tt:Min>`+
		`<tt:Max>PT%gS</tt:Max></tt:PTZTimeout></tptz:PTZConfigurationOptions></tptz:GetConfigurationOptionsResponse>`, spaces(), shortest.Seconds(), longest.Seconds())
}

func (s scene) status(h *head) string {
	now := s.now()
	at, speed := h.at(now)
	doing := map[bool]string{true: "MOVING", false: "IDLE"}
	return fmt.Sprintf(`<tptz:GetStatusResponse><tptz:PTZStatus><tt:Position><tt:PanTilt x="%.4f" y="%.4f" space="`+turnSpace+`PositionGenericSpace"/>`+
		`<tt:Zoom x="%.4f" space="`+zoomSpace+`PositionGenericSpace"/></tt:Position><tt:MoveStatus><tt:PanTilt>%s</tt:PanTilt><tt:Zoom>%s</tt:Zoom></tt:MoveStatus>`+
		`<tt:UtcTime>%s</tt:UtcTime></tptz:PTZStatus></tptz:GetStatusResponse>`,
		at.pan, at.tilt, at.zoom, doing[speed.pan != 0 || speed.tilt != 0], doing[speed.zoom != 0], now.UTC().Format(time.RFC3339))
}

func done(name string) string { return "<tptz:" + name + "Response/>" }

func (s scene) move(h *head) string {
	timeout, ok := time.Duration(0), true
	if s.turn.Timeout != "" {
		timeout, ok = duration(s.turn.Timeout)
		ok = ok && timeout >= shortest && timeout <= longest
	}
	switch {
	case !ok:
		return faultOf("ter:TimeoutNotSupported", "the timeout lies outside of what GetConfigurationOptions says")
	case !s.turn.PanTilt.good() || !s.turn.Zoom.good() || s.turn.PanTilt == nil && s.turn.Zoom == nil:
		return faultOf("ter:InvalidVelocity", "a speed is -1 to 1")
	}
	h.move(s.now(), s.turn.PanTilt, s.turn.Zoom, timeout)
	return done("ContinuousMove")
}

func (s scene) halt(h *head) string {
	h.halt(s.now(), s.turn.StopPanTilt != "false", s.turn.StopZoom != "false")
	return done("Stop")
}

func (s scene) home(h *head) string {
	h.jump(s.now(), place{})
	return done("GotoHomePosition")
}

func (s scene) presets(h *head) string {
	var b strings.Builder
	for _, p := range h.all() {
		fmt.Fprintf(&b, `<tptz:Preset token="%s"><tt:Name>%s</tt:Name><tt:PTZPosition><tt:PanTilt x="%.4f" y="%.4f"/><tt:Zoom x="%.4f"/></tt:PTZPosition></tptz:Preset>`,
			p.token, escaped(p.name), p.at.pan, p.at.tilt, p.at.zoom)
	}
	return "<tptz:GetPresetsResponse>" + b.String() + "</tptz:GetPresetsResponse>"
}

func (s scene) visit(h *head) string {
	return told(h.visit(s.now(), s.turn.PresetToken), done("GotoPreset"))
}

func (s scene) keep(h *head) string {
	token, err := h.keep(s.now(), s.turn.PresetToken, s.turn.PresetName)
	return told(err, "<tptz:SetPresetResponse><tptz:PresetToken>"+token+"</tptz:PresetToken></tptz:SetPresetResponse>")
}

func (s scene) forget(h *head) string {
	return told(h.forget(s.turn.PresetToken), done("RemovePreset"))
}

func told(err error, answer string) string {
	if err != nil {
		return faultOf(err.Error(), "it cannot be done with this preset")
	}
	return answer
}

// duration reads an xs:duration of minutes and seconds.
func duration(s string) (time.Duration, bool) {
	m := regexp.MustCompile(`^PT(?:(\d{1,4})M)?(?:(\d{1,4}(?:\.\d{1,6})?)S)?$`).FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return 0, false
	}
	minutes, _ := strconv.ParseFloat("0"+m[1], 64) // digits
	seconds, _ := strconv.ParseFloat("0"+m[2], 64)
	return time.Duration((60*minutes + seconds) * float64(time.Second)), true
}
