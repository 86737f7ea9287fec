package models

import "encoding/json"

// LedgerRow says what a person did to one thing. Before and After are the thing as the API shows it, null when there was
// or is none; they never hold a secret.
type LedgerRow struct {
	ID     int64           `json:"id"`
	At     Time            `json:"at"`
	By     string          `json:"by"`     // username
	Action string          `json:"action"` // such as "alert.acknowledge" or "camera.put"
	Entity string          `json:"entity"` // id of the thing
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}
