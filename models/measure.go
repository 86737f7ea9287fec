package models

// CameraMeasure is how a camera's stream is right now, over the last 10 seconds.
type CameraMeasure struct {
	Camera  string  `json:"camera"`
	Codec   string  `json:"codec"`
	Width   int     `json:"width"`
	Height  int     `json:"height"`
	FPS     float64 `json:"fps"`
	BitRate int64   `json:"bit_rate"` // bits a second
	GOPMs   int64   `json:"gop_ms"`
	Units   int64   `json:"units"` // access units since the process started
	Lost    int64   `json:"lost"`  // access units that never came, or not whole, since the process started
	LastAt  Time    `json:"last_at"`

	Analysis *AnalysisMeasure `json:"analysis"` // nil for a camera that is not analysed
	Alarms   *AlarmsMeasure   `json:"alarms"`   // nil for one whose own alarms nobody listens to
	Sound    *SoundMeasure    `json:"sound"`    // nil for one whose sound nobody asks for
}

// AnalysisState says how much of an analysed camera's pictures is looked at now.
type AnalysisState string

// The states, from little to much.
const (
	AnalysisOff      AnalysisState = "off"      // no rule's hours, or nobody looks: no worker, or the camera is in quarantine
	AnalysisAsleep   AnalysisState = "asleep"   // nothing moves: one key picture every few seconds, and what the units tell without decoding
	AnalysisWatching AnalysisState = "watching" // nothing moves, but a condition holds: key pictures, looked at by the network
	AnalysisAwake    AnalysisState = "awake"    // something moves: all pictures
	AnalysisSlowed   AnalysisState = "slowed"   // something moves, but there is too much to do: as many pictures as its share allows
)

// AnalysisMeasure is how a camera's pictures are analysed right now; rates are means of the last 10 seconds.
type AnalysisMeasure struct {
	State    AnalysisState `json:"state"`
	Pictures float64       `json:"pictures"` // decoded, a second
	Looks    float64       `json:"looks"`    // by the network, a second
	DelayMs  int64         `json:"delay_ms"` // from the receipt of a unit to what came of it, of the newest that was not kept back
}

// AlarmsMeasure tells whether what a camera reports by itself is heard.
type AlarmsMeasure struct {
	Heard bool   `json:"heard"`
	Code  string `json:"code"` // why it is not, for a page to say it: a reason of package onvif or no_metadata; "" = it is, or was not asked yet
}
