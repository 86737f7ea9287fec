package models

// Health is how the hall itself is, for people who keep it running.
type Health struct {
	At             Time         `json:"at"`
	Version        string       `json:"version"`
	Vision         VisionHealth `json:"vision"`
	RejectedEvents uint64       `json:"rejected_events"` // messages since the start that could never become an alert; they are kept on the bus
	Checks         []Check      `json:"checks"`          // what is wrong first; a part that is well has one with grade ok
}

// Grade is how well a part is.
type Grade string

// The grades.
const (
	GradeOK   Grade = "ok"
	GradeWarn Grade = "warn" // works, but somebody should look at it
	GradeBad  Grade = "bad"  // does not work
)

// Check is one thing that the hall has found out about itself. A page makes the sentence, and what to do, from Code and
// Facts, in its reader's language.
type Check struct {
	Part  Part              `json:"part"`
	Code  CheckCode         `json:"code"` // "" for a part that is well
	Grade Grade             `json:"grade"`
	Since Time              `json:"since"` // 0 = not known
	Facts map[string]string `json:"facts"` // the figures and names of the sentence, see CheckCode
}

// Part is what a check is about.
type Part string

// The parts, in the order in which a page shows them where they are equally well.
const (
	PartStore     Part = "store"
	PartDisk      Part = "disk"
	PartRecording Part = "recording" // footage: its disk, and how long it is kept
	PartBus       Part = "bus"
	PartVision    Part = "vision"
	PartCameras   Part = "cameras"
	PartSensors   Part = "sensors"
	PartNotify    Part = "notify"
	PartDeadman   Part = "deadman"
	PartTLS       Part = "tls"
	PartClock     Part = "clock"
	PartBackup    Part = "backup"
	PartPages     Part = "pages"
)

// CheckCode names what is to be said of a part: one sentence each, and what to do. Package app judges (cmd/internal/app/check.go),
// dashboard/web/src/health says it.
type CheckCode string

// The codes, each with its usual grade and its facts. A fact is a decimal number (bytes, seconds and counts are whole), a
// time as Time writes it, or a name; "fault" is the last error, for whoever looks deeper, in English.
const (
	StoreRefuses       CheckCode = "store_refuses"       // bad: writes fail; fault
	StoreReadOnly      CheckCode = "store_read_only"     // bad: the folder or its disk cannot be written; fault
	StoreLocked        CheckCode = "store_locked"        // bad: another process holds the database; fault
	DiskLow            CheckCode = "disk_low"            // warn: below 10 % or 2 GB; free_bytes, total_bytes, dir
	DiskFull           CheckCode = "disk_full"           // bad: below 500 MB, or a write has failed for want of room; free_bytes, total_bytes, dir
	DiskUnknown        CheckCode = "disk_unknown"        // warn: its room cannot be found out; dir, fault
	BusAway            CheckCode = "bus_away"            // bad: no connection to the broker
	BusBacklog         CheckCode = "bus_backlog"         // warn, bad above 1,000: events wait for alerting; events
	BusRefuses         CheckCode = "bus_refuses"         // bad: detection holds events that the broker does not keep; events, fault
	BusRejected        CheckCode = "bus_rejected"        // warn: messages that could never become an alert, since the start; messages
	VisionOff          CheckCode = "vision_off"          // ok: by the settings
	VisionDown         CheckCode = "vision_down"         // bad: no worker answers; up, instances, missing (sentences on why)
	VisionShort        CheckCode = "vision_short"        // warn: some workers do not answer; up, instances
	VisionMissing      CheckCode = "vision_missing"      // warn: something cannot be detected; missing (sentences, joined by a space)
	VisionQuarantined  CheckCode = "vision_quarantined"  // warn: cameras are not looked at; cameras (count), names (ten at most)
	CamerasDown        CheckCode = "cameras_down"        // warn, bad from half on: not online; total, offline, auth_refused, degraded, connecting; code.CODE = how many have this reason
	SensorsSilent      CheckCode = "sensors_silent"      // warn, bad from half of those that have spoken; total, stale, waiting (never heard since the start)
	SensorsUnreadable  CheckCode = "sensors_unreadable"  // warn: payloads that the mapping cannot read; sensors (count), names (ten at most)
	SensorsBrokerAway  CheckCode = "sensors_broker_away" // bad: no connection to the sensors' broker
	NotifyWaiting      CheckCode = "notify_waiting"      // warn after a minute, bad after ten: messages are not delivered; channel, messages, oldest (a time), fault
	DeadmanOff         CheckCode = "deadman_off"         // ok: nobody outside would notice that the hall is gone
	DeadmanFails       CheckCode = "deadman_fails"       // warn: the address outside does not answer; fault
	DeadmanSilent      CheckCode = "deadman_silent"      // bad: no ping is sent, because the hall cannot work; fault
	CertificateExpires CheckCode = "certificate_expires" // warn: within 30 days, of a short-lived one in its last fifth; for, expires (a time), file
	CertificateExpired CheckCode = "certificate_expired" // bad; for, expires (a time), file
	CertificateUnread  CheckCode = "certificate_unread"  // warn: a new file cannot be used, the old one serves on, bad when there is no old one; for, file, fault
	ClockJumped        CheckCode = "clock_jumped"        // warn for an hour: the wall clock was set by more than 5 s; seconds (signed), at (a time)
	HallBusy           CheckCode = "hall_busy"           // warn: too little processor to tell how the cameras' streams are
	ClockOff           CheckCode = "clock_off"           // warn: the clocks of most cameras agree, and not with this one; seconds (signed) by which they are ahead, cameras (count)
	BackupNone         CheckCode = "backup_none"         // warn from the second day on: there is no backup
	BackupOld          CheckCode = "backup_old"          // warn: the newest is older than a week; at (a time), days
	PagesRefused       CheckCode = "pages_refused"       // warn: pages were turned away in the last minutes; open, refused
	RecordingAway      CheckCode = "recording_away"      // bad: the folder is not there, or not this hall's; dir, fault
	RecordingFull      CheckCode = "recording_full"      // bad: no room, and nothing left that may be deleted; dir, free_bytes, total_bytes, floor_bytes, fault
	RecordingReadOnly  CheckCode = "recording_read_only" // bad: the folder or its disk cannot be written; dir, fault
	RecordingRefuses   CheckCode = "recording_refuses"   // bad: the disk fails otherwise; dir, fault
	RecordingSlow      CheckCode = "recording_slow"      // warn: something on the disk took longer than 2 s; dir, seconds
	RecordingShort     CheckCode = "recording_short"     // warn: footage was deleted for want of room, younger than it should get; hours, wanted_hours
	RecordingAgreeing  CheckCode = "recording_agreeing"  // ok: the files are compared with the index; days, done_days
)

// VisionHealth is how picture analysis is.
type VisionHealth struct {
	Off         bool                `json:"off"`       // by the settings
	Instances   int                 `json:"instances"` // that there should be
	Up          int                 `json:"up"`        // that answer
	Network     string              `json:"network"`   // that finds people and vehicles; "" = none
	Missing     []string            `json:"missing"`   // sentences on what cannot be done and why
	Probation   []string            `json:"probation"` // cameras that ended a worker and are looked at by one of their own
	Quarantined []QuarantinedCamera `json:"quarantined"`
}

// QuarantinedCamera is a camera that is not looked at because three workers ended while they looked at it.
type QuarantinedCamera struct {
	Camera string `json:"camera"`
	Until  Time   `json:"until"` // then it is tried again
}
