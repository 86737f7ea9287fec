package models

// Presence says who is looking at an alert right now.
type Presence struct {
	Alert  string    `json:"alert"`
	People []Looking `json:"people"` // by since
}

// Looking is one person who looks at something.
type Looking struct {
	Username string `json:"username"`
	Name     string `json:"name"`
	Since    Time   `json:"since"`
}
