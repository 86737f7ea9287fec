package rtsp

import (
	"bytes"
	"compress/gzip"
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

// hearing is a stream of which the metadata are wanted.
type hearing struct {
	*playing
	documents chan []byte
	hears     chan bool
}

func hear(t *testing.T, camera models.Camera) *hearing {
	ctx, cancel := context.WithCancelCause(t.Context())
	h := &hearing{documents: make(chan []byte, 100), hears: make(chan bool, 10), playing: &playing{units: make(chan *models.AccessUnit, 1000), ended: make(chan error, 1), cancel: cancel}}
	go func() {
		h.ended <- testSource().Run(ctx, camera, Sink{
			Unit: func(u *models.AccessUnit) { h.units <- u }, Lost: func(int) {},
			Metadata: func(document []byte) { h.documents <- document }, Hears: func(yes bool) { h.hears <- yes },
		})
	}()
	t.Cleanup(func() { cancel(nil) })
	return h
}

// playUnits lets the camera's video go on, as it does whatever becomes of the metadata.
func playUnits(t *testing.T, camera *rtsptest.Camera) {
	stop, done := make(chan struct{}), make(chan struct{})
	go func() { defer close(done); camera.Play(stop, 40*time.Millisecond, 5) }()
	t.Cleanup(func() { close(stop); <-done })
}

func packed(document []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(document)
	_ = w.Close()
	return b.Bytes()
}

func TestMetadataComeBesideTheVideo(t *testing.T) {
	document := []byte("<tt:MetadataStream>" + string(bytes.Repeat([]byte("x"), 5000)) + "</tt:MetadataStream>")
	for coding, sent := range map[string][]byte{"vnd.onvif.metadata/90000": document, "VND.ONVIF.METADATA.GZIP/90000": packed(document), "vnd.onvif.metadata": document} {
		for _, way := range []models.Transport{models.TransportTCP, models.TransportUDP} {
			t.Run(coding+" by "+string(way), func(t *testing.T) {
				t.Parallel()
				camera := rtsptest.Told(t, coding, nil)
				model := camera.Model("gate")
				model.Transport = way
				h := hear(t, model)
				playUnits(t, camera.Camera)
				h.next(t)
				require.True(t, <-h.hears)
				camera.Tell(sent, 1000)
				require.Equal(t, document, <-h.documents)
				h.cancel(&Fault{Reason: Silent})
				require.Equal(t, Silent, ReasonOf(h.end(t)))
			})
		}
	}
}

// Whatever becomes of the metadata, the picture goes on.
func TestMetadataNeverEndAStream(t *testing.T) {
	noise := make([]byte, 3000)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	for name, c := range map[string]struct {
		coding string
		setup  func() base.StatusCode
		tell   func(*rtsptest.Teller)
		hears  bool
		hangs  bool // who asks for them gets no answer
	}{
		"they stay silent":         {coding: "vnd.onvif.metadata/90000", hears: true},
		"they are noise":           {coding: "vnd.onvif.metadata.gzip/90000", hears: true, tell: func(c *rtsptest.Teller) { c.Tell(noise, 500) }},
		"without an end":           {coding: "vnd.onvif.metadata/90000", hears: true, tell: func(c *rtsptest.Teller) { c.Tell(make([]byte, 28_000), 1400, 19) }},
		"they may not be had":      {coding: "vnd.onvif.metadata/90000", setup: func() base.StatusCode { return base.StatusForbidden }},
		"they are not known":       {coding: "vnd.onvif.metadata/90000", setup: func() base.StatusCode { return base.StatusNotFound }},
		"nobody can read them":     {coding: "vnd.onvif.metadata.exi.onvif/90000"},
		"asking for them is no go": {coding: "vnd.onvif.metadata/90000", hangs: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hang := make(chan struct{})
			if c.hangs {
				c.setup = func() base.StatusCode { <-hang; return base.StatusOK }
			}
			camera := rtsptest.Told(t, c.coding, c.setup)
			t.Cleanup(func() { close(hang) })
			h := hear(t, camera.Model("gate"))
			playUnits(t, camera.Camera)
			for i := range 60 {
				h.next(t)
				if c.tell != nil && i > 10 {
					c.tell(camera)
				}
			}
			require.Equal(t, c.hears, <-h.hears)
			require.Empty(t, h.ended)
		})
	}
}

// Where nobody wants them, nobody asks for them.
func TestMetadataAreNotAskedForUnasked(t *testing.T) {
	asked := make(chan struct{}, 10)
	camera := rtsptest.Told(t, "vnd.onvif.metadata/90000", func() base.StatusCode { asked <- struct{}{}; return base.StatusOK })
	p := play(t, camera.Model("gate"))
	playUnits(t, camera.Camera)
	p.next(t)
	require.Empty(t, asked)
}

func TestDocumentsOfPackets(t *testing.T) {
	type step struct {
		sequence uint16
		payload  string
		marker   bool
		want     string // "!" = lost
	}
	large := string(make([]byte, documentMost))
	for name, steps := range map[string][]step{
		"in one":             {{9, "<a/>", true, "<a/>"}, {10, "<b/>", true, "<b/>"}},
		"in several":         {{65534, "<a", false, ""}, {65535, "/", false, ""}, {0, ">", true, "<a/>"}},
		"one is lost":        {{1, "<a", false, ""}, {3, ">", true, "!"}, {4, "<b/>", true, "<b/>"}},
		"lost between two":   {{1, "<a/>", true, "<a/>"}, {5, "<b/>", true, "<b/>"}},
		"nothing":            {{1, "", true, ""}},
		"as large as may be": {{1, large, true, large}},
		"too large":          {{1, large, false, ""}, {2, "x", false, ""}, {3, large, false, ""}, {4, "x", true, "!"}, {5, "<b/>", true, "<b/>"}},
	} {
		m := &metadata{}
		for _, s := range steps {
			document, err := m.packet(&rtp.Packet{Header: rtp.Header{SequenceNumber: s.sequence, Marker: s.marker}, Payload: []byte(s.payload)})
			require.Equal(t, s.want == "!", err != nil, name)
			if s.want != "!" {
				require.Equal(t, s.want, string(document), name)
			}
			require.LessOrEqual(t, len(m.document), documentMost)
		}
	}
	m := &metadata{packed: true}
	_, err := m.packet(&rtp.Packet{Header: rtp.Header{Marker: true}, Payload: packed(make([]byte, documentMost+1))})
	require.Error(t, err, "a small one may grow large")
	document, err := m.packet(&rtp.Packet{Header: rtp.Header{Marker: true, SequenceNumber: 1}, Payload: packed([]byte("<a/>"))})
	require.NoError(t, err)
	require.Equal(t, "<a/>", string(document))
}

// A camera that talks without a pause is heard so much a second.
func TestMetadataAreHeardSoMuchASecond(t *testing.T) {
	m, now, heard := &metadata{}, time.Unix(0, 0), 0
	for i := range 100 {
		if m.affords(metadataMost/10, now.Add(time.Duration(i)*20*time.Millisecond)) {
			heard++
		}
	}
	require.Equal(t, 20, heard, "in two seconds")
	require.True(t, m.affords(1, now.Add(-time.Hour)), "our clock went back")
	require.False(t, m.affords(metadataMost, now.Add(-time.Hour)))
}

// Whatever packets come, what is held and what comes out is bounded.
func FuzzMetadata(f *testing.F) {
	f.Add([]byte("<a/>"), packed([]byte("<b/>")), uint16(1), true, true)
	f.Add([]byte("<a"), []byte("/>"), uint16(1), false, false)
	f.Add(packed(make([]byte, documentMost)), []byte{0x1f, 0x8b}, uint16(7), true, true)
	f.Fuzz(func(t *testing.T, first, second []byte, sequence uint16, marker, packed bool) {
		m := &metadata{packed: packed}
		for i, payload := range [][]byte{first, second, first} {
			document, err := m.packet(&rtp.Packet{Header: rtp.Header{SequenceNumber: sequence * uint16(i), Marker: marker}, Payload: payload})
			if len(document) > documentMost || len(m.document) > documentMost || document != nil && err != nil {
				t.Fatal(len(document), len(m.document), err)
			}
		}
	})
}
