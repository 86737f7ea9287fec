package models

// PTZ is what a person may know of a camera that can be turned.
type PTZ struct {
	Camera  string   `json:"camera"`
	Presets []Preset `json:"presets"` // as the camera orders them, 256 at most
	Lock    *PTZLock `json:"lock"`    // who turns it now; nil = nobody
}

// Preset is a view that the camera knows by name.
type Preset struct {
	Token string `json:"token"` // 64 bytes at most
	Name  string `json:"name"`
}

// PTZLock says whose camera it is for the moment. A person with a higher priority takes it over; nobody else does before Until.
type PTZLock struct {
	Username string `json:"username"`
	Name     string `json:"name"`
	Priority int    `json:"priority"` // by role: who may take the camera from whom
	Since    Time   `json:"since"`
	Until    Time   `json:"until"` // moves on with each act
}
