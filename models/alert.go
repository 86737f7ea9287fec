package models

// AlertState is how far people are with an alert.
type AlertState string

// The states. Resolved: every event of it is closed. Rejected: a person found that it was not real.
const (
	AlertOpen         AlertState = "open"
	AlertAcknowledged AlertState = "acknowledged"
	AlertShelved      AlertState = "shelved"
	AlertResolved     AlertState = "resolved"
	AlertRejected     AlertState = "rejected"
)

// Live tells whether the alert still wants somebody.
func (s AlertState) Live() bool {
	return s == AlertOpen || s == AlertAcknowledged || s == AlertShelved
}

// Alert is what a person must look at. It gathers the events of one Fingerprint for as long as it is live.
type Alert struct {
	ID             string     `json:"id"`
	Kind           EventKind  `json:"kind"`
	Severity       Severity   `json:"severity"` // the gravest of its events
	State          AlertState `json:"state"`
	Area           string     `json:"area"`
	Source         string     `json:"source"`
	SourceType     SourceType `json:"source_type"`
	Fingerprint    string     `json:"fingerprint"`
	Why            string     `json:"why"`
	Facts          Facts      `json:"facts"`
	Event          string     `json:"event"`  // id of the newest event
	Events         int        `json:"events"` // how many it has gathered
	OpenEvents     int        `json:"open_events"`
	OpenedAt       Time       `json:"opened_at"`
	UpdatedAt      Time       `json:"updated_at"`
	ResolvedAt     Time       `json:"resolved_at"`
	CapturedAt     Time       `json:"captured_at"`
	Snapshot       string     `json:"snapshot"`
	AcknowledgedBy string     `json:"acknowledged_by"` // username
	AcknowledgedAt Time       `json:"acknowledged_at"`
	ConfirmedBy    string     `json:"confirmed_by"` // who found that it is real, "" = nobody yet
	ConfirmedAt    Time       `json:"confirmed_at"`
	DecidedBy      string     `json:"decided_by"` // who decided last: acknowledged, confirmed, rejected or ordered
	DecidedAt      Time       `json:"decided_at"`
	Note           string     `json:"note"`  // of the acknowledgement, the confirmation or the rejection
	Order          string     `json:"order"` // id of its work order, "" = none
}
