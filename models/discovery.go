package models

// FoundDevice is a camera, or a recorder with many, that speaks ONVIF. Texts are the device's own, each cut to 256 bytes; no
// address in it holds credentials.
type FoundDevice struct {
	Address  string        `json:"address"` // host:port where it answers us
	Named    string        `json:"named"`   // the host by which it calls itself where that is another (address translation), "" otherwise
	Name     string        `json:"name"`
	Maker    string        `json:"maker"`
	Model    string        `json:"model"`
	Firmware string        `json:"firmware"`
	Serial   string        `json:"serial"`
	OffsetMs *int64        `json:"offset_ms"` // its clock − ours; nil when it does not say
	Code     string        `json:"code"`      // why no more is known, in one word; "" when all was told
	Reason   string        `json:"reason"`    // a sentence for a person with what to do; "" like Code
	Streams  []FoundStream `json:"streams"`   // by the device's own order, the main stream first as a rule; 128 at most
}

// FoundStream is one way in which a device gives one of its pictures: an ONVIF profile.
type FoundStream struct {
	Profile  string  `json:"profile"` // token
	Name     string  `json:"name"`
	Source   string  `json:"source"` // token of the picture's source: equal for the main and the sub-stream of one lens
	Codec    string  `json:"codec"`  // as the device says it: H264, H265, JPEG …
	Width    int     `json:"width"`  // pixels
	Height   int     `json:"height"`
	FPS      float64 `json:"fps"`      // at most
	BitRate  int64   `json:"bit_rate"` // bits a second, at most; 0 = not told
	URL      string  `json:"url"`      // rtsp://host:port/path, "" when the device tells none
	Snapshot string  `json:"snapshot"` // http://host:port/path of a still picture, "" when there is none
}
