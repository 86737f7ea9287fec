package mp4

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4/seekablebuffer"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/mp4"
)

// Ticks is the time scale of all video, a second.
const Ticks = 90000

// The tracks of our files.
const (
	Video = 1
	Sound = 2
)

// pcm is how MP4 calls samples that are not compressed. No browser plays them.
const pcm = "ipcm"

// Header is what a player needs before the first part. It is never changed, so it may be shared.
type Header struct {
	MIME string // with the names of the codings, for MediaSource.isTypeSupported
	Init []byte // ftyp and moov
	rate int64  // of the sound, ticks a second; 0 without
}

// Same tells whether what follows g can follow h without a word to the decoder.
func (h *Header) Same(g *Header) bool {
	return h == g || h != nil && g != nil && h.MIME == g.MIME && bytes.Equal(h.Init, g.Init)
}

// Audible tells whether there is sound that a browser might play.
func (h *Header) Audible() bool {
	return strings.Contains(h.MIME, ",") && !strings.Contains(h.MIME, ","+pcm)
}

// Silent is the header without its sound.
func (h *Header) Silent() *Header {
	first, _, sounding := strings.Cut(h.MIME, ",")
	if !sounding {
		return h
	}
	return &Header{MIME: first + `"`, Init: withoutTrack(h.Init, Sound)}
}

// makeHeader describes the codings; sound is nil where there is none.
func makeHeader(video mp4.Codec, sound *soundTrack) (*Header, error) {
	tracks := []*fmp4.InitTrack{{ID: Video, TimeScale: Ticks, Codec: video}}
	if sound != nil {
		tracks = append(tracks, &fmp4.InitTrack{ID: Sound, TimeScale: uint32(sound.rate), Codec: sound.coding})
	}
	mime, err := mimeOf(tracks)
	if err != nil {
		return nil, err
	}
	var buf seekablebuffer.Buffer
	segment := fmp4.Init{Tracks: tracks}
	if err := segment.Marshal(&buf); err != nil {
		return nil, fmt.Errorf("make an initialisation segment: %w", err)
	}
	init := ForSafari(buf.Bytes())
	lasting(init)
	h := &Header{MIME: mime, Init: init}
	if sound != nil {
		h.rate = int64(sound.rate)
	}
	return h, nil
}

func mimeOf(tracks []*fmp4.InitTrack) (string, error) {
	names := make([]string, len(tracks))
	for i, t := range tracks {
		var err error
		if names[i], err = name(t.Codec); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("video/mp4; codecs=%q", strings.Join(names, ",")), nil
}

// ForSafari names H.265 in moov, whose bytes it changes, as Safari wants it: hvc1. The others play both.
func ForSafari(moov []byte) []byte {
	if at := bytes.Index(moov, []byte("hev1")); at >= 0 {
		copy(moov[at:], "hvc1")
	}
	return moov
}

// lasting writes a duration of some weeks into the header. Without one Chrome takes the stream for a conversation: after
// the first picture that comes late it decodes the others on arrival, drops them, and the film stands still for ever.
func lasting(init []byte) {
	const duration = 4 + 4 + 4 + 4 + 4 // behind the box's name: itself, version, made, changed, time scale (ms)
	if at := bytes.Index(init, []byte("mvhd")); at >= 0 && at+duration+4 <= len(init) {
		binary.BigEndian.PutUint32(init[at+duration:], math.MaxInt32)
	}
}
