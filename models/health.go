package models

// Health is how the hall itself is, for people who keep it running.
type Health struct {
	At             Time         `json:"at"`
	Version        string       `json:"version"`
	Vision         VisionHealth `json:"vision"`
	RejectedEvents uint64       `json:"rejected_events"` // messages since the start that could never become an alert; they are kept on the bus
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
