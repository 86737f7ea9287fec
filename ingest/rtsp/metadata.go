package rtsp

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"
	"github.com/pion/rtp"
)

// documentMost bounds a document of metadata, packed and unpacked. Overflow: the document is left out, and that is told.
const documentMost = 256 << 10

// metadataMost is how many bytes of documents a second are handed on: reading them costs. Overflow: as above.
const metadataMost = 1 << 20

// metadata is the track beside the video on which a camera tells what it sees and what it reports (ONVIF Streaming, 5.1.2.1):
// XML documents, each in the packets up to one that is marked.
type metadata struct {
	media    *description.Media
	format   format.Format
	packed   bool // by gzip
	document []byte
	next     uint16 // sequence number that is expected
	begun    bool   // packets came
	broken   bool   // what comes up to the mark is of no use

	second time.Time // when counting began
	taken  int       // bytes since then
}

// findMetadata picks the first track of metadata that we can read; nil = there is none.
func findMetadata(session *description.Session) *metadata {
	for _, media := range session.Medias {
		if media.Type != description.MediaTypeApplication {
			continue
		}
		for _, f := range media.Formats {
			coding, _, _ := strings.Cut(strings.ToLower(f.RTPMap()), "/")
			if coding == "vnd.onvif.metadata" || coding == "vnd.onvif.metadata.gzip" {
				media.IsBackChannel = false // as of video
				return &metadata{media: media, format: f, packed: strings.HasSuffix(coding, ".gzip")}
			}
		}
	}
	return nil
}

// hearMetadata asks for the metadata, where somebody wants them and the camera has any. A camera that refuses them is played
// without; the error says that asking has upset the connection.
func (p *playback) hearMetadata(session *description.Session) error {
	if p.sink.Metadata == nil {
		return nil
	}
	m := findMetadata(session)
	if m != nil {
		err := p.setup(session, m.media)
		if refused := is[liberrors.ErrClientBadStatusCode](err); err != nil && !refused {
			p.upset = func(sink *Sink) { sink.Hears(false); sink.Metadata = nil }
			return err
		} else if refused {
			m = nil
		}
	}
	p.sink.Hears(m != nil)
	if m != nil {
		p.client.OnPacketRTP(m.media, m.format, func(packet *rtp.Packet) {
			document, err := m.packet(packet)
			if document != nil && !m.affords(len(document), p.source.Now()) {
				document = nil
			} else if document == nil && err == nil {
				return
			}
			p.sink.Metadata(document)
		})
	}
	return nil
}

// affords counts a document, and tells whether it may still be handed on in this second.
func (m *metadata) affords(size int, now time.Time) bool {
	if gone := now.Sub(m.second); gone >= time.Second || gone < 0 {
		m.second, m.taken = now, 0
	}
	m.taken += size
	return m.taken <= metadataMost
}

var errDocument = errors.New("a document of metadata is lost, broken or too large")

// packet takes one RTP packet. It returns a document when that is whole, or an error once where one is of no use.
func (m *metadata) packet(p *rtp.Packet) ([]byte, error) {
	gap := m.begun && p.SequenceNumber != m.next
	m.begun, m.next = true, p.SequenceNumber+1
	if gap && len(m.document) > 0 || len(m.document)+len(p.Payload) > documentMost {
		m.broken = true
	}
	if !m.broken {
		m.document = append(m.document, p.Payload...)
	}
	if !p.Marker {
		return nil, nil
	}
	document, broken := m.document, m.broken
	m.document, m.broken = nil, false
	switch {
	case broken:
		return nil, errDocument
	case len(document) == 0:
		return nil, nil
	case m.packed:
		return unpack(document)
	}
	return document, nil
}

func unpack(document []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(document))
	if err != nil {
		return nil, errDocument
	}
	document, err = io.ReadAll(io.LimitReader(r, documentMost+1))
	if err != nil || len(document) > documentMost {
		return nil, errDocument
	}
	return document, nil
}
