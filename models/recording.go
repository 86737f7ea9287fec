package models

import (
	"strconv"
	"time"
)

// RecordMode says when a camera is recorded.
type RecordMode string

// The modes. Where a camera is recorded by its events, the seconds before each are kept in a ring.
const (
	RecordAuto   RecordMode = ""       // written auto: events where the camera is analysed, else never
	RecordEvents RecordMode = "events" // a clip of each event
	RecordAlways RecordMode = "always" // without a break
	RecordHours  RecordMode = "hours"  // without a break in the hours of its schedule, else a clip of each event
	RecordNever  RecordMode = "never"
)

// Valid tells whether m is one of the modes.
func (m RecordMode) Valid() bool {
	switch m {
	case RecordAuto, RecordEvents, RecordAlways, RecordHours, RecordNever:
		return true
	}
	return false
}

// UnmarshalText reads a mode, auto by its name or as nothing; Valid judges it.
func (m *RecordMode) UnmarshalText(b []byte) error {
	*m = RecordMode(b)
	if *m == "auto" {
		*m = RecordAuto
	}
	return nil
}

// Recording is how a camera is recorded and how long that is kept. The zero value is right for most cameras.
type Recording struct {
	Mode      RecordMode `json:"mode,omitempty" yaml:"mode,omitempty"`
	Schedule  []string   `json:"schedule,omitempty" yaml:"schedule,omitempty"`     // of RecordHours: such as "Mon-Fri 08:00-18:00" or "22:00-06:00", in the site's time zone; 14 at most
	Silent    bool       `json:"silent,omitempty" yaml:"silent,omitempty"`         // the camera's sound is not kept
	KeepDays  int        `json:"keep_days,omitempty" yaml:"keep_days,omitempty"`   // 0 = as the settings say, 3650 at most
	KeepBytes int64      `json:"keep_bytes,omitempty" yaml:"keep_bytes,omitempty"` // most of this camera, clips and holds apart; 0 = as the settings say
}

// Recorded tells whether footage of the camera may be kept at any time: all along, in hours, or of its events.
func (c Camera) Recorded() bool {
	if c.Record.Mode == RecordAuto {
		return c.Analyse
	}
	return c.Record.Mode != RecordNever
}

// Segment is one file of a camera's footage: fragmented MP4, about a minute, from a key unit on. From names it at its camera.
type Segment struct {
	Camera string `json:"camera"`
	From   Time   `json:"from"` // receipt of the first unit
	To     Time   `json:"to"`   // end of the last unit; of one that is being written, of what is on the disk
	Bytes  int64  `json:"bytes"`
	Units  int    `json:"units"` // access units in it
	MIME   string `json:"mime"`  // for MediaSource, with the codecs of video and sound
}

// File is where the segment lies in the folder of the recordings: CAMERA/YYYY-MM-DD/MILLISECONDS.mp4, by the day in UTC.
func (s Segment) File() string {
	return s.Camera + "/" + s.From.Std().UTC().Format(time.DateOnly) + "/" + strconv.FormatInt(int64(s.From), 10) + ".mp4"
}

// Span is a stretch of a camera's footage without a gap that plays with one MIME type.
type Span struct {
	From Time   `json:"from"`
	To   Time   `json:"to"`
	MIME string `json:"mime"`
}

// Clip is the footage of one or more events of a camera: what lies in [From, To] of it outlives the rest. Events that overlap share
// one; one that would be longer than 5 minutes is followed by another.
type Clip struct {
	ID     string   `json:"id"`
	Camera string   `json:"camera"`
	Area   string   `json:"area"`
	From   Time     `json:"from"` // what is there may begin a little before, with a key unit, or later where nothing was recorded
	To     Time     `json:"to"`   // 0 while it grows
	Events []string `json:"events"`
}

// Hold keeps a span of a camera's footage, whatever its age, until somebody lifts it.
type Hold struct {
	ID        string `json:"id"`
	Camera    string `json:"camera"`
	Area      string `json:"area"`
	From      Time   `json:"from"`
	To        Time   `json:"to"`
	Why       string `json:"why"`
	By        string `json:"by"` // username
	At        Time   `json:"at"`
	LiftedBy  string `json:"lifted_by"`
	LiftedAt  Time   `json:"lifted_at"` // 0 = it holds
	LiftedWhy string `json:"lifted_why"`
}

// RecordState is how the recording of a camera is right now.
type RecordState string

// The states.
const (
	RecordOff     RecordState = "off"     // it is not recorded, by its settings
	RecordReady   RecordState = "ready"   // the newest seconds are kept for an event
	RecordRunning RecordState = "running" // footage is written
	RecordWaiting RecordState = "waiting" // it should be, but the camera sends nothing
	RecordFailing RecordState = "failing" // it should be, but the disk takes nothing; the health page says why
)

// Watching is how somebody looks at a camera, as the ledger names it in its action.
type Watching string

// The ways. A row of the ledger stands for one view: who comes back to it within ten minutes goes on with the same.
const (
	WatchLive     Watching = "watch.live"
	WatchPlayback Watching = "watch.playback"
	WatchExport   Watching = "watch.export"
)

// Viewing is somebody's look at a camera, as it becomes a row of the ledger.
type Viewing struct {
	At     Time   // when it began
	Viewer string // username; of a screen that shows the wall by a token "wall:" with its name
	Camera string
	Area   string // in which the camera lies
	Way    Watching
	From   Time // of the footage; 0 where it is live
	To     Time
}
