package rtsp

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/headers"
	"github.com/pion/rtp"

	"zhihui/models"
)

// playback is one stream of one camera from the dial to its end.
type playback struct {
	source *Source
	camera string
	sink   Sink
	client *gortsplib.Client
	end    context.CancelCauseFunc // ends the stream from within

	answered atomic.Bool // the camera has answered a request
	playing  bool        // a unit came; like the next, of the reading goroutine alone
	useless  int         // packets in a row that are not of the track that we play
}

// play greets the camera and asks for its video; what follows comes by the sink.
func (p *playback) play(target *base.URL) error {
	description, _, err := p.client.Describe(target)
	if err != nil {
		return err
	}
	track, err := findVideo(description)
	if err != nil {
		return err
	}
	if p.sink.Open != nil {
		p.sink.Open(soundOf(description))
	}
	if _, err := p.client.Setup(description.BaseURL, track.media, 0, 0); err != nil {
		return err
	}
	p.client.OnPacketRTP(track.media, track.format, func(packet *rtp.Packet) { p.take(track, packet) })
	if _, err = p.client.Play(nil); err == nil && p.sink.Playing != nil {
		p.sink.Playing()
	}
	return err
}

func (p *playback) take(track *video, packet *rtp.Packet) {
	if foreign(track.parts.codec, packet.Payload) {
		p.change(errForeign)
		return
	}
	unit, lost := track.packet(packet)
	if lost > 0 {
		p.sink.Lost(lost)
	}
	if unit != nil {
		p.playing, p.useless = true, 0
		unit.Camera, unit.ReceivedAt, unit.NTP = p.camera, p.source.Now(), track.ntp(p.client, packet)
		p.sink.Unit(unit)
	}
}

var (
	errForeign = errors.New("packets of the other coding")
	errUseless = errors.New("packets of another payload type or source")
)

// uselessMost is how many packets of another kind in a row end a stream: half a second of video.
const uselessMost = 20

// misfit notes a packet that gortsplib has thrown away: of a payload type that the description does not name, or of
// another source, as of a camera that has begun its stream anew within the session.
func (p *playback) misfit(error) {
	if p.useless++; p.useless == uselessMost && p.playing {
		p.change(errUseless)
	}
}

// change ends the stream of a camera that sends something else than it described: only a new description helps.
func (p *playback) change(cause error) {
	reason := Changed
	if !p.playing {
		reason = WrongCodec
	}
	p.end(&Fault{Reason: reason, Cause: cause})
}

// sessionMost bounds the session timeout that a camera may name.
const sessionMost = time.Hour

// hear notes an answer. A session timeout of decades, meant as "never", would overflow in gortsplib, and its timer would
// send keep-alives without a pause: it goes.
func (p *playback) hear(answer *base.Response) {
	p.answered.Store(true)
	var session headers.Session
	if session.Unmarshal(answer.Header["Session"]) == nil && session.Timeout != nil && *session.Timeout > uint(sessionMost/time.Second) {
		session.Timeout = nil
		answer.Header["Session"] = session.Marshal()
	}
}

// foreign tells that a packet is coded in H.265 where H.264 was described, or the other way round, as of a camera that
// was set to another coding while we play. What gives it away cannot occur in the coding described: in H.264 the NAL unit
// type 0, which begins H.265's parameter sets; in H.265 a layer above 31 (H.264's slices and parameter sets are read so)
// or a type without meaning (its fragments and aggregates).
func foreign(codec models.Codec, payload []byte) bool {
	if len(payload) < 2 {
		return false
	}
	if codec == models.H265 {
		return payload[0]&1 == 1 || payload[0]>>1&0x3F > 50
	}
	return payload[0]&0x1F == 0 && payload[1] == 1
}
