package onvif

import (
	"encoding/xml"
	"strconv"
	"strings"
	"time"

	"zhihui/models"
)

// The namespaces of the services.
const (
	deviceService = "http://www.onvif.org/ver10/device/wsdl"
	mediaService  = "http://www.onvif.org/ver10/media/wsdl"
	media2Service = "http://www.onvif.org/ver20/media/wsdl"
	ptzService    = "http://www.onvif.org/ver20/ptz/wsdl"
	eventService  = "http://www.onvif.org/ver10/events/wsdl"
	schema        = "http://www.onvif.org/ver10/schema"
)

// number is a number from outside, 0 where there is none: one odd field must not cost the whole answer.
type number float64

func (n *number) UnmarshalText(b []byte) error {
	v, err := strconv.ParseFloat(strings.TrimSpace(string(b)), 64)
	if *n = number(v); err != nil || !(v >= 0 && v <= 1e9) {
		*n = 0
	}
	return nil
}

// clock is the answer to GetSystemDateAndTime.
type clock struct {
	Date struct{ Year, Month, Day number }     `xml:"SystemDateAndTime>UTCDateTime>Date"`
	Time struct{ Hour, Minute, Second number } `xml:"SystemDateAndTime>UTCDateTime>Time"`
}

// at is the device's time, false when it tells none that can be.
func (c clock) at() (time.Time, bool) {
	t := time.Date(int(c.Date.Year), time.Month(c.Date.Month), int(c.Date.Day), int(c.Time.Hour), int(c.Time.Minute), int(c.Time.Second), 0, time.UTC)
	return t, t.Year() >= 1970 && t.Year() <= 2200 && c.Date.Month >= 1
}

// services is the answer to GetServices.
type services struct {
	Service []struct{ Namespace, XAddr string }
}

// capabilities is the answer to GetCapabilities, of which older devices know no more than this.
type capabilities struct {
	Media  string `xml:"Capabilities>Media>XAddr"`
	PTZ    string `xml:"Capabilities>PTZ>XAddr"`
	Events string `xml:"Capabilities>Events>XAddr"`
}

// information is the answer to GetDeviceInformation.
type information struct {
	Manufacturer, Model, FirmwareVersion, SerialNumber string
}

// profiles is the answer to GetProfiles, of the media service and of its second version.
type profiles struct {
	Profiles list[profile]
}

// listMost bounds what is read of one kind in one answer: more than a recorder has streams, since some have no video.
const listMost = 4 * streamsMost

// list passes over what is beyond listMost: a hostile answer of 4 MB holds 400,000, and each takes more here than there.
type list[T any] []T

// UnmarshalXML takes the next one.
func (l *list[T]) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	if len(*l) >= listMost {
		return d.Skip()
	}
	var v T
	err := d.DecodeElement(&v, &start)
	*l = append(*l, v)
	return err
}

type profile struct {
	Token    string    `xml:"token,attr"`
	Name     string    `xml:"Name"`
	Source   string    `xml:"VideoSourceConfiguration>SourceToken"`
	Encoder  encoder   `xml:"VideoEncoderConfiguration"`
	Source2  string    `xml:"Configurations>VideoSource>SourceToken"`
	Encoder2 encoder   `xml:"Configurations>VideoEncoder"`
	Turns    *struct{} `xml:"PTZConfiguration"`
	Turns2   *struct{} `xml:"Configurations>PTZ"`
}

type encoder struct {
	Encoding string
	Width    number `xml:"Resolution>Width"`
	Height   number `xml:"Resolution>Height"`
	FPS      number `xml:"RateControl>FrameRateLimit"`
	Kilobits number `xml:"RateControl>BitrateLimit"`
}

func (p profile) turns() bool    { return p.Turns != nil || p.Turns2 != nil }
func (p profile) source() string { return p.Source + p.Source2 }

// stream is what the profile says of its video, false when it has none.
func (p profile) stream() (models.FoundStream, bool) {
	e, source := p.Encoder, p.Source
	if p.Source2 != "" || p.Encoder2 != (encoder{}) {
		e, source = p.Encoder2, p.Source2
	}
	s := models.FoundStream{
		Profile: short(p.Token), Name: short(p.Name), Source: short(source), Codec: short(e.Encoding),
		Width: int(e.Width), Height: int(e.Height), FPS: float64(e.FPS), BitRate: 1000 * int64(e.Kilobits),
	}
	return s, p.Token != "" && (source != "" || e != encoder{})
}

// uri is the answer to GetStreamUri and GetSnapshotUri, of the media service and of its second version.
type uri struct {
	Inside string `xml:"MediaUri>Uri"`
	Plain  string `xml:"Uri"`
}

func (u uri) value() string { return strings.TrimSpace(u.Inside + u.Plain) }

// short bounds a device's text for people.
func short(s string) string { return cut(strings.TrimSpace(s), 256) }
