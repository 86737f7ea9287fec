package rtsp

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/headers"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"
	"github.com/pion/rtp"

	"zhihui/models"
)

// playback is one stream of one camera by one transport, from the dial to its end.
type playback struct {
	source *Source
	camera string
	sink   Sink
	way    gortsplib.Transport
	client *gortsplib.Client
	signer signer
	open   sockets
	end    context.CancelCauseFunc // ends the stream from within

	answered  atomic.Bool  // the camera has answered a request
	described bool         // and said what video it has
	began     time.Time    // when the camera was asked to play
	arrived   atomic.Bool  // a packet of the video came
	playing   atomic.Bool  // a unit came
	useless   atomic.Int32 // packets in a row that are not of the track that we play
	sound     *sound       // nil = none is kept
	upset     func(*Sink)  // takes out of a sink what the camera could not be asked for; nil = nothing
}

// run plays until the stream ends or ctx does.
func (p *playback) run(ctx context.Context, target *base.URL) error {
	ctx, p.end = context.WithCancelCause(ctx)
	defer p.end(nil)
	defer p.open.close()
	p.client = p.newClient(ctx, target)
	if err := p.client.Start2(); err != nil {
		return &Fault{Reason: Garbage, Cause: err}
	}
	stop := context.AfterFunc(ctx, p.client.Close)
	err := p.play(target)
	if err == nil {
		err = p.client.Wait()
	}
	stop()
	p.client.Close()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	heard := p.client.Stats().Conn.BytesReceived > 0
	reason := classify(err, heard)
	if reason == Ended && heard && !p.answered.Load() { // such as a web server, which says so and hangs up
		reason = Garbage
	}
	return &Fault{Reason: reason, Cause: err}
}

// newClient is not started yet; ctx ends its reading.
func (p *playback) newClient(ctx context.Context, target *base.URL) *gortsplib.Client {
	return &gortsplib.Client{
		Scheme: target.Scheme, Host: target.Host, Transport: &p.way, AnyPortEnable: true,
		TLSConfig:   &tls.Config{RootCAs: p.source.roots},
		ReadTimeout: p.source.AnswerTimeout, WriteTimeout: writeTimeout,
		InitialUDPReadTimeout: p.source.AnswerTimeout / 2, // so that TCP has its try before a worker gives up
		DialContext:           p.source.dialOnly(ctx, target.Hostname()), ListenPacket: p.open.listen,
		OnPacketsLost: func(uint64) {}, // the video finds them by itself
		OnDecodeError: p.misfit, OnRequest: p.signer.sign, OnResponse: p.hear,
	}
}

// play greets the camera and asks for its video; what follows comes by the sink.
func (p *playback) play(target *base.URL) error {
	session, _, err := p.client.Describe(target)
	if err != nil {
		return err
	}
	track, err := findVideo(session)
	if err != nil {
		return err
	}
	p.described = true
	if p.sink.Open != nil {
		found, _ := soundOf(session)
		p.sink.Open(found)
	}
	if err := p.setup(session, track.media); err != nil {
		return err
	}
	if err := p.hearMetadata(session); err != nil {
		return err
	}
	if err := p.hearSound(session); err != nil {
		return err
	}
	p.client.OnPacketRTCP(track.media, track.own.hear)
	p.client.OnPacketRTP(track.media, track.format, func(packet *rtp.Packet) { p.take(track, packet) })
	p.began = p.source.Now()
	_, err = p.client.Play(nil)
	switch {
	case err != nil && p.sound != nil:
		p.upset = p.sound.giveUp
	case err == nil && p.sink.Playing != nil:
		p.sink.Playing(nameOf(p.way))
	}
	return err
}

func (p *playback) take(track *video, packet *rtp.Packet) {
	p.arrived.Store(true)
	if foreign(track.parts.codec, packet.Payload) {
		p.change(errForeign)
		return
	}
	unit, lost := track.packet(packet)
	if lost > 0 {
		p.sink.Lost(lost)
	}
	if unit != nil {
		p.playing.Store(true)
		p.useless.Store(0)
		unit.Camera, unit.ReceivedAt, unit.NTP = p.camera, p.source.Now(), track.own.at(packet.Timestamp)
		if p.sound != nil {
			p.sound.take(unit, &track.clock, &track.own)
		}
		p.sink.Unit(unit)
	}
}

var (
	errForeign = errors.New("packets of the other coding")
	errUseless = errors.New("packets of another payload type or source")
)

// uselessMost is how many packets of another kind in a row end a stream: half a second of video. Where metadata or sound come
// beside it, which may themselves be of another kind, it takes more than they send between two units.
const (
	uselessMost = 20
	uselessTold = 50 * uselessMost
)

// misfit notes a packet that gortsplib has thrown away: of a payload type that the description does not name, or of
// another source, as of a camera that has begun its stream anew within the session. Control packets that nobody
// understands, and noise, say nothing of the pictures.
func (p *playback) misfit(err error) {
	if !is[liberrors.ErrClientRTPPacketUnknownPayloadType](err) && !strings.Contains(err.Error(), "wrong SSRC") {
		return
	}
	most := int32(uselessMost)
	if p.sink.Metadata != nil || p.sound != nil {
		most = uselessTold
	}
	if p.useless.Add(1) == most && p.playing.Load() {
		p.change(errUseless)
	}
}

// change ends the stream of a camera that sends something else than it described: only a new description helps.
func (p *playback) change(cause error) {
	reason := Changed
	if !p.playing.Load() {
		reason = WrongCodec
	}
	p.end(&Fault{Reason: reason, Cause: cause})
}

// sessionMost bounds the session timeout that a camera may name.
const sessionMost = time.Hour

// hear notes an answer, and mends it before gortsplib reads it.
func (p *playback) hear(answer *base.Response) {
	p.answered.Store(true)
	p.signer.hear(answer)
	boundSession(answer)
	stayHere(answer)
	mend(answer)
}

// boundSession takes a session timeout of decades, meant as "never", out of an answer: it would overflow in gortsplib, and
// its timer would send keep-alives without a pause.
func boundSession(answer *base.Response) {
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
