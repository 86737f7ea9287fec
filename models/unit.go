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
}

// Size returns the bytes of all NALUs together.
func (u *AccessUnit) Size() int {
	n := 0
	for _, b := range u.NALUs {
		n += len(b)
	}
	return n
}
