package models

// CameraState is what a person needs to know of a camera at a glance.
type CameraState string

// The states. Online means a fresh picture; degraded means units come but something is wrong (the reason says what).
const (
	CameraConnecting  CameraState = "connecting"
	CameraOnline      CameraState = "online"
	CameraDegraded    CameraState = "degraded"
	CameraAuthRefused CameraState = "auth_refused"
	CameraOffline     CameraState = "offline"
	CameraDisabled    CameraState = "disabled"
)

// Transport is the way that a camera's packets take.
type Transport string

// The transports. One that a camera does not offer, or on which nothing comes, gives way to TCP: a picture goes before the way it takes.
const (
	TransportAuto      Transport = "" // written auto: TCP, or UDP where the camera refuses TCP
	TransportTCP       Transport = "tcp"
	TransportUDP       Transport = "udp"
	TransportMulticast Transport = "multicast"
)

// Valid tells whether t is one of the transports.
func (t Transport) Valid() bool {
	switch t {
	case TransportAuto, TransportTCP, TransportUDP, TransportMulticast:
		return true
	}
	return false
}

// UnmarshalText reads a transport, auto by its name or as nothing; Valid judges it.
func (t *Transport) UnmarshalText(b []byte) error {
	*t = Transport(b)
	if *t == "auto" {
		*t = TransportAuto
	}
	return nil
}

// ONVIF says where a camera is turned and asked for its own alarms, with the credentials of its stream. The zero value is a
// camera of which only the stream is known.
type ONVIF struct {
	Address string `json:"address" yaml:"address"`                     // host:port of its device service, without credentials
	Profile string `json:"profile,omitempty" yaml:"profile,omitempty"` // token of the profile that it plays, 64 bytes at most; "" = the device's first
}

// Camera is one camera as the site describes it. URL never holds credentials; Username and Password never leave the
// process and are encrypted at rest.
type Camera struct {
	ID        string             `json:"id" yaml:"id"`
	Name      string             `json:"name" yaml:"name"`
	Area      string             `json:"area" yaml:"area"`
	URL       string             `json:"url" yaml:"url"` // rtsp://host:port/path
	Username  string             `json:"-" yaml:"username,omitempty"`
	Password  string             `json:"-" yaml:"password,omitempty"`
	Transport Transport          `json:"transport,omitempty" yaml:"transport,omitempty"`
	Disabled  bool               `json:"disabled" yaml:"disabled,omitempty"`
	ONVIF     ONVIF              `json:"onvif,omitzero" yaml:"onvif,omitempty"`
	Alarms    bool               `json:"alarms,omitempty" yaml:"alarms,omitempty"` // what the camera itself reports as an alarm becomes an event
	Analyse   bool               `json:"analyse" yaml:"analyse,omitempty"`         // one of the AI points
	Place     Place              `json:"place" yaml:"place,omitempty"`
	Heading   float64            `json:"heading" yaml:"heading,omitempty"` // degrees clockwise from north, 0 ≤ h < 360
	Zones     map[string]Polygon `json:"zones" yaml:"zones,omitempty"`
	Lines     map[string][]Point `json:"lines" yaml:"lines,omitempty"`
	Rules     []Rule             `json:"rules" yaml:"rules,omitempty"`
	Record    Recording          `json:"record,omitzero" yaml:"record,omitempty"`
	Revision  int64              `json:"revision" yaml:"-"` // grows with each edit; equal revisions are equal cameras
}

// CameraStatus is what ingest has found of one camera.
type CameraStatus struct {
	Camera string      `json:"camera"`
	State  CameraState `json:"state"`
	Code   string      `json:"code"`   // the reason's name, for a page to say it in another language; "" when connecting, online or disabled
	Reason string      `json:"reason"` // a sentence for a person, without secrets; "" like Code
	Since  Time        `json:"since"`
}
