package models

import "time"

// Codec names the coding of a camera's video.
type Codec string

// The codecs that cameras speak.
const (
	H264 Codec = "h264"
	H265 Codec = "h265"
)

// AccessUnit is one compressed picture as the camera sent it. It is shared by all its readers and must not be changed.
type AccessUnit struct {
	Camera     string
	Codec      Codec
	Seq        uint64        // 1, 2, 3 … given by ingest's hub for as long as the camera is on the site; a reader's gap means that it was too slow or waited for a key unit
	Session    uint64        // grows with each connection; parameter sets and PTS may differ between sessions
	Key        bool          // decodable without earlier units; then NALUs begins with the parameter sets
	PTS        time.Duration // since the start of the session, by the camera's RTP clock
	ReceivedAt time.Time     // our clock, when the last packet of the unit came in
	NTP        time.Time     // the camera's own clock by RTCP; zero while unknown
	NALUs      [][]byte      // without start codes or length prefixes; at least one
	Sound      []SoundFrame  // what the camera sent of its sound since the unit before, oldest first; mostly none
}

// SoundCodec names the coding of a camera's sound.
type SoundCodec string

// The codings of sound that we can keep. G.711 is kept as the 16-bit samples that it stands for, since MP4 has no name for it.
const (
	AAC  SoundCodec = "aac"  // a frame is an access unit without ADTS; Setup is its AudioSpecificConfig
	Opus SoundCodec = "opus" // a frame is a packet
	PCM  SoundCodec = "pcm"  // a frame is any number of 16-bit little-endian samples, channels by turns
)

// SoundFrame is a piece of a camera's sound.
type SoundFrame struct {
	Codec    SoundCodec
	Setup    []byte // what a decoder needs first, see the codings; nil where they need nothing
	Rate     int    // samples a second
	Channels int
	PTS      time.Duration // on the time line of the units' PTS
	Length   time.Duration // how long it plays
	Payload  []byte
}

// SoundMeasure is what becomes of the sound that a camera sends.
type SoundMeasure struct {
	Codec string `json:"codec"` // as its makers call it, such as AAC, G.711 or G726; "" = the camera sends none
	Kept  bool   `json:"kept"`
	Code  string `json:"code"` // why it is not, for a page to say it: one of the words below; "" = it is, or there is none
}

// Why a camera's sound is not kept.
const (
	SoundCoding  = "coding"  // we have no place for this coding
	SoundRefused = "refused" // the camera does not let it be had, or gives no picture with it
	SoundGarbage = "garbage" // what comes is not what was described
)

// Size returns the bytes of all NALUs together.
func (u *AccessUnit) Size() int {
	n := 0
	for _, b := range u.NALUs {
		n += len(b)
	}
	return n
}
