package ingest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"zhihui/ingest/rtsp"
	"zhihui/models"
)

// How long a probe looks: from the first picture until two key pictures have shown the rhythm, but not shorter than the one;
// from the dial not longer than the other. A study looks until a figure of what is lost means something.
const (
	probeLeast = 3 * time.Second
	probeMost  = 9 * time.Second
	studyLeast = 10 * time.Second
	studyMost  = 20 * time.Second

	probeDial   = 4 * time.Second
	probeAnswer = 4500 * time.Millisecond
	othersMost  = time.Second // to ask for what else there is: such a camera has answered well up to here
)

// Prober looks at cameras that are not on the site yet, or that give trouble.
type Prober struct {
	player   player
	describe func(context.Context, models.Camera) ([]models.ProbeStream, error)
	now      func() time.Time
}

// NewProber returns a prober of cameras in those networks. It waits longer for a slow camera than the hall does: a person watches.
func NewProber(networks models.Reach) *Prober {
	source := &rtsp.Source{DialTimeout: probeDial, AnswerTimeout: probeAnswer, Now: time.Now, Control: networks.Control}
	return &Prober{player: source, describe: source.Describe, now: time.Now}
}

// Probe looks at a camera for 10 seconds at most and says what it found, or why there is nothing; picture is the newest key
// unit, nil = none. It ends early, with what it has, when ctx does.
func (p *Prober) Probe(ctx context.Context, camera models.Camera) (found models.Probe, picture *models.AccessUnit) {
	return p.look(ctx, camera, probeLeast, probeMost)
}

// Study is Probe that looks at 10 seconds of pictures, whatever it has seen early, so that losses show: 21 seconds at most.
func (p *Prober) Study(ctx context.Context, camera models.Camera) (models.Probe, *models.AccessUnit) {
	return p.look(ctx, camera, studyLeast, studyMost)
}

func (p *Prober) look(parent context.Context, camera models.Camera, least, most time.Duration) (found models.Probe, picture *models.AccessUnit) {
	ctx, cancel := context.WithTimeout(parent, most)
	defer cancel()
	began := p.now()
	g := &glance{began: began, least: least, enough: cancel}
	err := p.player.Run(ctx, camera, rtsp.Sink{Unit: g.unit, Lost: g.lose, Open: g.open, Playing: g.playing})
	// From here on nobody calls the sink.
	took := p.now().Sub(began)
	found, picture = g.summary(), g.key
	found.TookMs, found.Streams = took.Milliseconds(), []models.ProbeStream{}
	if g.key == nil {
		reason := reasonOfProbe(err, g.units)
		found.Code, found.Reason = string(reason), sentence(reason)
		return found, picture
	}
	found.OK = true
	found.Streams = p.others(parent, camera)
	return found, picture
}

// others are the further videos of the camera: those at the same address, and its twin's. One that does not answer well has none.
func (p *Prober) others(ctx context.Context, camera models.Camera) []models.ProbeStream {
	ctx, cancel := context.WithTimeout(ctx, othersMost)
	defer cancel()
	found := []models.ProbeStream{}
	if here, err := p.describe(ctx, camera); err == nil {
		seen := slices.IndexFunc(here, func(s models.ProbeStream) bool { return strings.HasPrefix(s.Codec, "H.26") })
		found = append(found, slices.DeleteFunc(here, func(s models.ProbeStream) bool { return s.Track == seen+1 })...)
	}
	if camera.URL = twinOf(camera.URL); camera.URL == "" {
		return found
	}
	if there, err := p.describe(ctx, camera); err == nil {
		found = append(found, there...)
	}
	return found
}

// reasonOfProbe is why a probe has seen no picture.
func reasonOfProbe(err error, units int64) rtsp.Reason {
	fault, named := errors.AsType[*rtsp.Fault](err)
	switch {
	case units > 0:
		return noKeyUnits
	case named:
		return fault.Reason
	}
	return rtsp.Silent // the time was over
}

// glance gathers what a probe sees.
type glance struct {
	began       time.Time
	least       time.Duration
	enough      func()
	found       models.Probe
	first, last time.Time
	units       int64
	bytes       int64
	key         *models.AccessUnit
	offset      *time.Duration
}

func (g *glance) open(sound models.SoundMeasure) {
	g.found.Audio, g.found.AudioKept = sound.Codec, sound.Kept
}

func (g *glance) playing(way models.Transport) { g.found.Transport = way }

func (g *glance) lose(n int) { g.found.Lost += int64(n) }

func (g *glance) unit(u *models.AccessUnit) {
	if g.units == 0 {
		g.first = u.ReceivedAt
	}
	g.units, g.last = g.units+1, u.ReceivedAt
	g.bytes += int64(u.Size())
	if offset, ok := clockOf(u); ok {
		g.offset = &offset
	}
	if u.Key {
		if g.key == nil {
			g.found.FirstMs = u.ReceivedAt.Sub(g.began).Milliseconds()
		} else {
			g.found.GOPMs = (u.PTS - g.key.PTS).Milliseconds()
		}
		g.key = u
	}
	if g.found.GOPMs > 0 && g.last.Sub(g.first) >= g.least {
		g.enough()
	}
}

// summary puts what was seen into figures. The first unit begins the time and the others fill it.
func (g *glance) summary() models.Probe {
	v := g.found
	v.Units = g.units
	if g.key != nil {
		f := rtsp.FormatOf(g.key)
		v.Codec, v.Width, v.Height = f.Codec, f.Width, f.Height
	}
	if span := g.last.Sub(g.first).Seconds(); span > 0 && g.units > 1 {
		v.FPS = float64(g.units-1) / span
		v.BitRate = int64(8 * float64(g.bytes) / span)
	}
	if g.offset != nil {
		ms := g.offset.Milliseconds()
		v.OffsetMs = &ms
	}
	return v
}
