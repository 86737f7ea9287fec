package models

// Probe is what a few seconds of looking at a camera have found.
type Probe struct {
	OK        bool      `json:"ok"`
	Code      string    `json:"code"`   // why not, as in CameraStatus.Code; "" when OK
	Reason    string    `json:"reason"` // a sentence for a person with what to do; "" when OK
	Codec     string    `json:"codec"`  // H.264 or H.265, with the profile
	Width     int       `json:"width"`  // pixels
	Height    int       `json:"height"`
	FPS       float64   `json:"fps"`
	BitRate   int64     `json:"bit_rate"`   // bits a second
	GOPMs     int64     `json:"gop_ms"`     // between key pictures; 0 when fewer than two came
	Audio     string    `json:"audio"`      // codec, "" = none
	AudioKept bool      `json:"audio_kept"` // a recording could keep it
	Transport Transport `json:"transport"`  // the way that it was played; "" = it did not come to that
	Units     int64     `json:"units"`      // access units that came
	Lost      int64     `json:"lost"`       // access units that never came, or not whole
	TookMs    int64     `json:"took_ms"`
	FirstMs   int64     `json:"first_ms"`  // from the dial to the first picture
	OffsetMs  *int64    `json:"offset_ms"` // camera's clock − ours; nil when the camera does not say
	Picture   string    `json:"picture"`   // the newest key picture as an MP4 of one picture, base64; "" = none

	Streams []ProbeStream `json:"streams"` // what else the camera offers, as far as it was found out
}

// ProbeStream is a video that a camera offers beside the one that was looked at, such as its small one.
type ProbeStream struct {
	URL    string `json:"url"`   // without credentials
	Track  int    `json:"track"` // the how manieth video of that address, from 1
	Codec  string `json:"codec"` // like Probe.Codec
	Width  int    `json:"width"` // pixels; 0 when the camera says it only while it plays
	Height int    `json:"height"`
}
