package rtsp

import (
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

func aLaw() *format.G711 { return &format.G711{PayloadTyp: 8, SampleRate: 8000, ChannelCount: 1} }

// Whatever becomes of the sound, the picture goes on, and it is said.
func TestSoundNeverEndsAStream(t *testing.T) {
	kept := models.SoundMeasure{Codec: "G711", Kept: true}
	refused := models.SoundMeasure{Codec: "G711", Code: models.SoundRefused}
	status := func(s base.StatusCode) func() base.StatusCode { return func() base.StatusCode { return s } }
	good := make([]byte, 160)
	other := &format.Generic{PayloadTyp: 113, RTPMa: "telephone-event/8000"}
	require.NoError(t, other.Init())
	for name, c := range map[string]struct {
		formats []format.Format
		setup   func() base.StatusCode
		hangs   bool // who asks for it gets no answer
		mute    bool // who has asked for it is not played anything
		speak   func(s *rtsptest.Speaker, i int)
		told    []models.SoundMeasure
		frames  bool
	}{
		"it comes":           {speak: func(s *rtsptest.Speaker, i int) { s.Speak(8, uint32(i*160), good) }, told: []models.SoundMeasure{kept}, frames: true},
		"it stays silent":    {told: []models.SoundMeasure{kept}},
		"it may not be had":  {setup: status(base.StatusForbidden), told: []models.SoundMeasure{refused}},
		"it is not known":    {setup: status(base.StatusNotFound), told: []models.SoundMeasure{refused}},
		"asking is no go":    {hangs: true, told: []models.SoundMeasure{refused}},
		"nothing plays then": {mute: true, told: []models.SoundMeasure{kept, refused}},
		"nobody can keep it": {formats: []format.Format{&format.G726{PayloadTyp: 108, BitRate: 32}}, told: []models.SoundMeasure{{Codec: "G726", Code: models.SoundCoding}}},
		"it is of other kind": {formats: []format.Format{aLaw(), other}, speak: func(s *rtsptest.Speaker, i int) {
			for range 30 {
				s.Speak(113, uint32(i), good)
			}
		}, told: []models.SoundMeasure{kept}},
		"it is garbage": {speak: func(s *rtsptest.Speaker, i int) {
			for range 5 {
				s.Speak(8, uint32(i), nil)
			}
		}, told: []models.SoundMeasure{kept, {Codec: "G711", Code: models.SoundGarbage}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hang := make(chan struct{})
			if c.hangs {
				c.setup = func() base.StatusCode { <-hang; return base.StatusOK }
			}
			if c.formats == nil {
				c.formats = []format.Format{aLaw()}
			}
			camera := rtsptest.Spoken(t, c.setup, c.formats...)
			camera.Mute = c.mute
			t.Cleanup(func() { close(hang) })
			p := playFrom(t, testSource(), camera.Model("gate"), true)
			playUnits(t, camera.Camera)
			frames := 0
			for i := range 60 {
				frames += len(p.next(t).Sound)
				if c.speak != nil && i > 10 {
					c.speak(camera, i)
				}
			}
			require.Equal(t, c.frames, frames > 20, "%d frames", frames)
			for _, want := range c.told {
				require.Equal(t, want, <-p.sounds)
			}
			require.Empty(t, p.sounds)
			require.Empty(t, p.ended)
		})
	}
}

// Where nobody wants it, nobody asks for it.
func TestSoundIsNotAskedForUnasked(t *testing.T) {
	asked := make(chan struct{}, 10)
	camera := rtsptest.Spoken(t, func() base.StatusCode { asked <- struct{}{}; return base.StatusOK }, aLaw())
	p := play(t, camera.Model("gate"))
	playUnits(t, camera.Camera)
	require.Empty(t, p.next(t).Sound)
	require.Empty(t, asked)
}

// speaking is a track of sound on which a first unit has come at an instant.
func speaking(t *testing.T, f format.Format, at time.Time) *sound {
	coding, ok := codingOf(f)
	require.True(t, ok)
	s := &sound{coding: coding, name: f.Codec(), line: soundLine{clock: rtpClock{rate: int64(coding.rate)}}}
	var clock rtpClock
	s.take(&models.AccessUnit{ReceivedAt: at}, &clock, &ownClock{})
	return s
}

func spoken(stamp int, payload []byte) *rtp.Packet {
	return &rtp.Packet{Header: rtp.Header{SequenceNumber: uint16(stamp / 160), Timestamp: uint32(stamp), Marker: true}, Payload: payload}
}

// While no unit comes, two seconds and 64 KiB of sound wait, and what is older is counted.
func TestWhatWaitsForAUnitIsBounded(t *testing.T) {
	begin := time.Unix(1000, 0)
	for name, c := range map[string]struct {
		format format.Format
		step   int
		size   int
		every  time.Duration
		least  time.Duration
	}{
		"by time":  {&format.Opus{ChannelCount: 1}, 960, 60, 20 * ms, 1900 * ms},
		"by bytes": {latmFormat(aacConfig(48000), 1), 1024, 4000, 1024 * time.Second / 48000, 300 * ms},
	} {
		s := speaking(t, c.format, begin)
		lost := 0
		for i := range 500 {
			payload := make([]byte, c.size)
			switch c.format.(type) {
			case *format.Opus:
				payload[0] = 31 << 3
			default:
				payload = append(append([]byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255}, byte(c.size-15*255)), payload...)
			}
			n, news := s.packet(spoken(i*c.step, payload), begin.Add(time.Duration(i+1)*c.every))
			require.Nil(t, news)
			lost += n
		}
		u := &models.AccessUnit{ReceivedAt: begin.Add(500 * c.every)}
		s.take(u, &rtpClock{}, &ownClock{})
		require.Equal(t, 500, lost+len(u.Sound), name)
		held := u.Sound[len(u.Sound)-1].PTS + u.Sound[len(u.Sound)-1].Length - u.Sound[0].PTS
		require.LessOrEqual(t, held, soundWaits, name)
		require.Greater(t, held, c.least, name)
		require.Zero(t, s.bytes)
	}
}

// Samples that follow each other are one frame; a lost packet leaves a gap.
func TestSamplesAreJoined(t *testing.T) {
	begin := time.Unix(1000, 0)
	s := speaking(t, aLaw(), begin)
	for _, i := range []int{0, 1, 2, 5, 6} {
		s.packet(spoken(i*160, make([]byte, 160)), begin.Add(time.Duration(i+1)*20*ms))
	}
	require.Len(t, s.waiting, 2)
	require.Equal(t, []time.Duration{0, 60 * ms, 100 * ms, 40 * ms}, []time.Duration{s.waiting[0].PTS, s.waiting[0].Length, s.waiting[1].PTS, s.waiting[1].Length})
	require.Len(t, s.waiting[0].Payload, 960)
}
