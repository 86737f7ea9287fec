package main

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/auth"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/headers"
)

const (
	realm          = "sitesim"
	sessionTimeout = uint(60) // seconds, as cameras say; sessions here end with their connection alone
)

// answer answers a request as the camera does that it is for, and tells whether the connection goes on. It is the
// cameras' whole side of RTSP: gortsplib's server writes each packet by itself, and cannot be made to misbehave.
func (s *server) answer(l *link, req *base.Request) (goOn bool) {
	c := s.camera(req)
	if l.camera == nil && c != nil {
		l.camera = c
		c.meet(l)
	}
	mode := ModePlay
	if l.camera != nil {
		mode, _ = l.camera.now()
	}
	switch {
	case l.isLeft(), mode == ModeMute, mode == ModeBlackhole, mode == ModeDeaf && l.playing:
		return true
	case mode.hangsUp():
		return false
	case mode == ModeBabble:
		l.babble()
		return true
	}
	return s.reply(l, req, s.response(l, c, req), mode)
}

// reply sends a response, and begins or ends the session that it is about.
func (s *server) reply(l *link, req *base.Request, res *base.Response, mode Mode) (goOn bool) {
	if res.Header == nil {
		res.Header = base.Header{}
	}
	res.Header["CSeq"] = req.Header["CSeq"]
	if l.session != "" {
		timeout := sessionTimeout
		res.Header["Session"] = headers.Session{Session: l.session, Timeout: &timeout}.Marshal()
	}
	text, err := res.Marshal()
	if err != nil {
		return false
	}
	if mode == ModeTrickle {
		l.trickle(text)
		return true
	}
	if l.write(text) != nil || req.Method == base.Teardown {
		return false
	}
	if req.Method == base.Play && res.StatusCode == base.StatusOK {
		l.playing = true
		l.camera.enter(l, time.Now())
	}
	return true
}

// camera returns the camera at the path of a request, nil where there is none.
func (s *server) camera(req *base.Request) *camera {
	if req.URL == nil {
		return nil
	}
	path, _, _ := strings.Cut(strings.Trim(req.URL.Path, "/"), "/")
	return s.cameras[path]
}

// response answers 401, then 404, and only then with the stream, as cameras do.
func (s *server) response(l *link, c *camera, req *base.Request) *base.Response {
	methods := []auth.VerifyMethod{auth.VerifyMethodDigestMD5}
	switch {
	case req.Method == base.Options:
		return &base.Response{StatusCode: base.StatusOK, Header: base.Header{
			"Public": {"OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, SET_PARAMETER, TEARDOWN"},
		}}
	case auth.Verify(req, s.username, s.password, methods, realm, l.nonce) != nil:
		return &base.Response{StatusCode: base.StatusUnauthorized, Header: base.Header{
			"WWW-Authenticate": auth.GenerateWWWAuthenticate(methods, realm, l.nonce),
		}}
	case c == nil || c != l.camera:
		return &base.Response{StatusCode: base.StatusNotFound}
	}
	switch req.Method {
	case base.Describe:
		return describe(c, req)
	case base.Setup:
		if strings.HasSuffix(req.URL.Path, metadataTrack) && !c.tells || strings.HasSuffix(req.URL.Path, soundTrack) && c.voice.tape == nil {
			return &base.Response{StatusCode: base.StatusNotFound}
		}
		return l.setUp(req)
	case base.Play:
		if l.session == "" {
			return &base.Response{StatusCode: base.StatusMethodNotValidInThisState}
		}
		return &base.Response{StatusCode: base.StatusOK}
	case base.GetParameter, base.SetParameter, base.Teardown:
		return &base.Response{StatusCode: base.StatusOK}
	}
	return &base.Response{StatusCode: base.StatusMethodNotAllowed}
}

func describe(c *camera, req *base.Request) *base.Response {
	_, clip := c.now()
	media := &description.Media{Type: description.MediaTypeVideo, Control: "trackID=0", Formats: []format.Format{clip.format()}}
	all := []*description.Media{media}
	if c.tells {
		all = append(all, &description.Media{Type: description.MediaTypeApplication, Control: metadataTrack[1:],
			Formats: []format.Format{&format.Generic{PayloadTyp: metadataType, RTPMa: "vnd.onvif.metadata/90000", ClockRat: 90000}}})
	}
	if c.voice.tape != nil {
		all = append(all, c.voice.media())
	}
	text, err := description.Session{Medias: all}.Marshal(false)
	if err != nil {
		return &base.Response{StatusCode: base.StatusInternalServerError}
	}
	return &base.Response{StatusCode: base.StatusOK, Body: text, Header: base.Header{
		"Content-Base": {strings.TrimSuffix(req.URL.String(), "/") + "/"},
		"Content-Type": {"application/sdp"},
	}}
}

// format describes the footage.
func (f *footage) format() format.Format {
	if f.codec == CodecH265 {
		return &format.H265{PayloadTyp: payloadType, VPS: f.params[0], SPS: f.params[1], PPS: f.params[2]}
	}
	return &format.H264{PayloadTyp: payloadType, PacketizationMode: 1, SPS: f.params[0], PPS: f.params[1]}
}

// setUp agrees on the channels of a track of the session.
func (l *link) setUp(req *base.Request) *base.Response {
	var offers headers.Transports
	if err := offers.Unmarshal(req.Header["Transport"]); err != nil {
		return &base.Response{StatusCode: base.StatusBadRequest}
	}
	for _, t := range offers {
		if t.Protocol != headers.TransportProtocolTCP || t.Secure {
			continue
		}
		ids := [2]int{0, 1}
		if t.InterleavedIDs != nil {
			ids = *t.InterleavedIDs
		}
		if ids[0] < 0 || ids[0] > 254 || ids[1] != ids[0]+1 || l.playing {
			return &base.Response{StatusCode: base.StatusBadRequest}
		}
		if l.session == "" {
			l.session = fmt.Sprintf("%.8s", rand.Text())
		}
		switch track := byte(ids[0]); {
		case strings.HasSuffix(req.URL.Path, metadataTrack):
			l.hears, l.told = true, track
		case strings.HasSuffix(req.URL.Path, soundTrack):
			l.listens, l.heard = true, track
		default:
			l.channel = track
		}
		unicast := headers.TransportDeliveryUnicast
		return &base.Response{StatusCode: base.StatusOK, Header: base.Header{
			"Transport": headers.Transport{Protocol: headers.TransportProtocolTCP, Delivery: &unicast, InterleavedIDs: &ids}.Marshal(),
		}}
	}
	return &base.Response{StatusCode: base.StatusUnsupportedTransport}
}
