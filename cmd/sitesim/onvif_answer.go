package main

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	tds = "http://www.onvif.org/ver10/device/wsdl"
	trt = "http://www.onvif.org/ver10/media/wsdl"
	tr2 = "http://www.onvif.org/ver20/media/wsdl"
	tpz = "http://www.onvif.org/ver20/ptz/wsdl"
)

// scene is what an answer is made of: where the recorder was asked, by the name by which it was asked, and for which camera.
type scene struct {
	*recorder
	request *http.Request
	host    string // with the port, as XML takes it
	camera  string
	turn    turn
	poll    poll
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes all
	return b.String()
}

// operation is the name of a question, in its service's namespace.
type operation struct{ namespace, name string }

// answer is how an operation is answered, and whether it is so to everybody.
type answer struct {
	say  func(scene) string
	open bool
}

// answers are the operations that it knows. What tells no more than how to log in is for everybody, as ONVIF Core has it.
func answers() map[operation]answer {
	all := map[operation]answer{
		{tds, "GetSystemDateAndTime"}: {scene.clock, true},
		{tds, "GetServices"}:          {scene.services, true},
		{tds, "GetCapabilities"}:      {scene.capabilities, true},
		{tds, "GetDeviceInformation"}: {scene.information, false},
		{tds, "GetScopes"}:            {scene.scopes, false},
		{trt, "GetProfiles"}:          {scene.profiles, false},
		{trt, "GetVideoSources"}:      {scene.sources, false},
		{trt, "GetStreamUri"}:         {scene.streamURI, false},
		{tr2, "GetProfiles"}:          {scene.profiles2, false},
		{tr2, "GetStreamUri"}:         {scene.streamURI2, false},
	}
	for name, say := range turns() {
		all[operation{tpz, name}] = answer{say, false}
	}
	for name, say := range reports() {
		all[name] = answer{say, false}
	}
	return all
}

func (s scene) clock() string {
	stamp := func(t time.Time) string {
		return fmt.Sprintf(`<tt:Time><tt:Hour>%d</tt:Hour><tt:Minute>%d</tt:Minute><tt:Second>%d</tt:Second></tt:Time>`+
			`<tt:Date><tt:Year>%d</tt:Year><tt:Month>%d</tt:Month><tt:Day>%d</tt:Day></tt:Date>`,
			t.Hour(), t.Minute(), t.Second(), t.Year(), t.Month(), t.Day())
	}
	now := s.now()
	return `<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>Manual</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>` +
		`<tt:TimeZone><tt:TZ>CST-8</tt:TZ></tt:TimeZone><tt:UTCDateTime>` + stamp(now.UTC()) + `</tt:UTCDateTime><tt:LocalDateTime>` +
		stamp(now.UTC().Add(8*time.Hour)) + `</tt:LocalDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`
}

func (s scene) at(path string) string { return "http://" + s.host + "/onvif/" + path }

func (s scene) services() string {
	service := func(namespace, path string, major int) string {
		return fmt.Sprintf(`<tds:Service><tds:Namespace>%s</tds:Namespace><tds:XAddr>%s</tds:XAddr>`+
			`<tds:Version><tt:Major>%d</tt:Major><tt:Minor>0</tt:Minor></tds:Version></tds:Service>`, namespace, s.at(path), major)
	}
	return `<tds:GetServicesResponse>` + service(tds, "device_service", 2) + service(trt, "media_service", 2) + service(tr2, "media2_service", 2) + service(tpz, "ptz_service", 2) + service(tev, "event_service", 2) +
		`</tds:GetServicesResponse>`
}

func (s scene) capabilities() string {
	return `<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Device><tt:XAddr>` + s.at("device_service") + `</tt:XAddr></tt:Device>` +
		`<tt:Events><tt:XAddr>` + s.at("event_service") + `</tt:XAddr><tt:WSSubscriptionPolicySupport>false</tt:WSSubscriptionPolicySupport>` +
		`<tt:WSPullPointSupport>true</tt:WSPullPointSupport><tt:WSPausableSubscriptionManagerInterfaceSupport>false</tt:WSPausableSubscriptionManagerInterfaceSupport></tt:Events>` +
		`<tt:Media><tt:XAddr>` + s.at("media_service") + `</tt:XAddr><tt:StreamingCapabilities><tt:RTPMulticast>false</tt:RTPMulticast>` +
		`<tt:RTP_TCP>false</tt:RTP_TCP><tt:RTP_RTSP_TCP>true</tt:RTP_RTSP_TCP></tt:StreamingCapabilities></tt:Media>` +
		`<tt:PTZ><tt:XAddr>` + s.at("ptz_service") + `</tt:XAddr></tt:PTZ>` +
		`</tds:Capabilities></tds:GetCapabilitiesResponse>`
}

func (s scene) information() string {
	return `<tds:GetDeviceInformationResponse><tds:Manufacturer>Zhihui</tds:Manufacturer><tds:Model>sitesim</tds:Model>` +
		`<tds:FirmwareVersion>1.0</tds:FirmwareVersion><tds:SerialNumber>` + s.id + `</tds:SerialNumber><tds:HardwareId>sitesim</tds:HardwareId>` +
		`</tds:GetDeviceInformationResponse>`
}

// scopesOf is what the recorder says of itself to everybody.
func scopesOf() []string {
	return []string{"onvif://www.onvif.org/Profile/Streaming", "onvif://www.onvif.org/Profile/T", "onvif://www.onvif.org/type/Network_Video_Transmitter",
		"onvif://www.onvif.org/hardware/sitesim", "onvif://www.onvif.org/name/Simulated%20site"}
}

func (s scene) scopes() string {
	var b strings.Builder
	for _, v := range scopesOf() {
		b.WriteString(`<tds:Scopes><tt:ScopeDef>Fixed</tt:ScopeDef><tt:ScopeItem>` + v + `</tt:ScopeItem></tds:Scopes>`)
	}
	return `<tds:GetScopesResponse>` + b.String() + `</tds:GetScopesResponse>`
}

// encoderOf is how a camera encodes, as both media services write it in their own place. Ids of cameras need no escapes.
func encoderOf(c Camera, name string) string {
	e := c.Encoding.or(usualEncoding())
	return fmt.Sprintf(`<tt:Name>%s</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>%s</tt:Encoding><tt:Resolution><tt:Width>%d</tt:Width>`+
		`<tt:Height>%d</tt:Height></tt:Resolution><tt:Quality>5</tt:Quality><tt:RateControl><tt:FrameRateLimit>%d</tt:FrameRateLimit>`+
		`<tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>%d</tt:BitrateLimit></tt:RateControl>`,
		name, strings.ToUpper(string(cmp.Or(e.Codec, CodecH264))), pictureWidth, pictureHeight, pictureRate, e.Rate)
}

func sourceOf(c Camera) string {
	return fmt.Sprintf(`<tt:Name>%s</tt:Name><tt:UseCount>1</tt:UseCount><tt:SourceToken>%[1]s</tt:SourceToken>`+
		`<tt:Bounds x="0" y="0" width="%d" height="%d"/>`, c.ID, pictureWidth, pictureHeight)
}

// profiles knows no H.265: the first media service has no word for it, so such a camera's profile comes without an encoder.
func (s scene) profiles() string {
	var b strings.Builder
	for _, c := range s.cameras {
		fmt.Fprintf(&b, `<trt:Profiles token="%s" fixed="true"><tt:Name>%[1]s</tt:Name><tt:VideoSourceConfiguration token="%[1]s">%s</tt:VideoSourceConfiguration>`,
			c.ID, sourceOf(c))
		if c.Encoding.Codec != CodecH265 {
			fmt.Fprintf(&b, `<tt:VideoEncoderConfiguration token="%s">%s<tt:SessionTimeout>PT60S</tt:SessionTimeout></tt:VideoEncoderConfiguration>`, c.ID, encoderOf(c, c.ID))
		}
		if c.PTZ {
			b.WriteString(`<tt:PTZConfiguration token="` + c.ID + `">` + turningOf(c) + `</tt:PTZConfiguration>`)
		}
		b.WriteString(`</trt:Profiles>`)
	}
	return `<trt:GetProfilesResponse>` + b.String() + `</trt:GetProfilesResponse>`
}

func (s scene) profiles2() string {
	var b strings.Builder
	for _, c := range s.cameras {
		fmt.Fprintf(&b, `<tr2:Profiles token="%s" fixed="true"><tr2:Name>%[1]s</tr2:Name><tr2:Configurations><tr2:VideoSource token="%[1]s">%s</tr2:VideoSource>`+
			`<tr2:VideoEncoder token="%[1]s">%[3]s</tr2:VideoEncoder>`, c.ID, sourceOf(c), encoderOf(c, c.ID))
		if c.PTZ {
			b.WriteString(`<tr2:PTZ token="` + c.ID + `">` + turningOf(c) + `</tr2:PTZ>`)
		}
		b.WriteString(`</tr2:Configurations></tr2:Profiles>`)
	}
	return `<tr2:GetProfilesResponse>` + b.String() + `</tr2:GetProfilesResponse>`
}

func (s scene) sources() string {
	var b strings.Builder
	for _, c := range s.cameras {
		fmt.Fprintf(&b, `<trt:VideoSources token="%s"><tt:Framerate>%d</tt:Framerate><tt:Resolution><tt:Width>%d</tt:Width><tt:Height>%d</tt:Height></tt:Resolution></trt:VideoSources>`,
			c.ID, pictureRate, pictureWidth, pictureHeight)
	}
	return `<trt:GetVideoSourcesResponse>` + b.String() + `</trt:GetVideoSourcesResponse>`
}

// stream is where the camera plays, by the host by which the recorder was asked, "" for one that is not there.
func (s scene) stream() string {
	i := slices.IndexFunc(s.cameras, func(c Camera) bool { return c.ID == s.camera })
	if i < 0 {
		return ""
	}
	host, _, err := net.SplitHostPort(s.host)
	if err != nil {
		host = strings.Trim(s.host, "[]")
	}
	return "rtsp://" + net.JoinHostPort(host, s.rtspPort()) + "/" + s.camera
}

func (s scene) streamURI() string {
	at := s.stream()
	if at == "" {
		return faultOf("ter:InvalidArgVal", "there is no such profile")
	}
	return `<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>` + at + `</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>` +
		`<tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout></trt:MediaUri></trt:GetStreamUriResponse>`
}

func (s scene) streamURI2() string {
	at := s.stream()
	if at == "" {
		return faultOf("ter:InvalidArgVal", "there is no such profile")
	}
	return `<tr2:GetStreamUriResponse><tr2:Uri>` + at + `</tr2:Uri></tr2:GetStreamUriResponse>`
}
