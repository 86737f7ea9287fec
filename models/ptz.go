package models

// PTZ is what a person may know of a camera that can be turned.
type PTZ struct {
	Camera  string   `json:"camera"`
	Presets []Preset `json:"presets"` // as the camera orders them, 256 at most
	Lock    *PTZLock `json:"lock"`    // who turns it now; nil = nobody
	Code    string   `json:"code"`    // why it does not do what was asked, in one word; "" when it does
	Reason  string   `json:"reason"`  // a sentence for a person with what to do; "" like Code
}

// PTZAction is one thing that a camera's pan-tilt head can do.
type PTZAction string

// The actions.
const (
	PTZMove         PTZAction = "move" // goes on while it is said again; it ends by itself 1.5 s after it was said last
	PTZStop         PTZAction = "stop"
	PTZGoto         PTZAction = "goto"
	PTZHome         PTZAction = "home"
	PTZSetPreset    PTZAction = "set_preset"
	PTZRemovePreset PTZAction = "remove_preset"
)

// Turns tells whether the camera shows something else after the action.
func (a PTZAction) Turns() bool { return a == PTZMove || a == PTZGoto || a == PTZHome }

// PTZAct is what a person wants of a camera.
type PTZAct struct {
	Action PTZAction `json:"action"`
	Pan    float64   `json:"pan"`    // speed, −1 to 1 of the fastest; to the right above 0; of a move alone, like the next two
	Tilt   float64   `json:"tilt"`   // up above 0
	Zoom   float64   `json:"zoom"`   // closer above 0
	Preset string    `json:"preset"` // token, of goto, remove_preset, and of a set_preset that replaces one; 64 bytes at most
	Name   string    `json:"name"`   // of a set_preset, 64 bytes at most
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
