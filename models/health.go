package models

// Health is how the hall itself is, for people who keep it running.
type Health struct {
	At             Time         `json:"at"`
	Version        string       `json:"version"`
	Vision         VisionHealth `json:"vision"`
	RejectedEvents uint64       `json:"rejected_events"` // messages since the start that could never become an alert; they are kept on the bus
	Checks         []Check      `json:"checks"`          // by part, what is wrong first
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
	Part  string            `json:"part"` // store, disk, bus, vision, cameras, sensors, notify, tls, clock, backup, pages
	Code  string            `json:"code"` // such as disk_full or certificate_expires; "" for a part that is well
	Grade Grade             `json:"grade"`
	Since Time              `json:"since"` // 0 = not known
	Facts map[string]string `json:"facts"` // the figures and names of the sentence
}

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
