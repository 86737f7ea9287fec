package models

// Role is what a user may do; see the permission table in package dashboard/auth.
type Role string

// The six roles.
const (
	Admin      Role = "admin"
	Integrator Role = "integrator"
	Dispatcher Role = "dispatcher"
	Operator   Role = "operator"
	GridWorker Role = "grid"
	Viewer     Role = "viewer"
)

// Wall is what a screen is that shows the wall: it looks and does nothing. No person has this role.
const Wall Role = "wall"

// The names under which the hall itself acts and shows: no person has them.
const (
	SystemName = "system" // who did what no person did
	GuestName  = "wall"   // this machine's own wall
)

// Valid tells whether r is one of the six that people have.
func (r Role) Valid() bool {
	switch r {
	case Admin, Integrator, Dispatcher, Operator, GridWorker, Viewer:
		return true
	}
	return false
}

// User is a person who can log in. PasswordHash is argon2id in its encoded form and never leaves the process.
type User struct {
	Username     string `json:"username"`
	Name         string `json:"name"`
	Role         Role   `json:"role"`
	Area         string `json:"area"` // what lies in this area and below is all there is for this person; "" = the whole site
	PasswordHash string `json:"-"`
	MustChange   bool   `json:"must_change"` // the password was given by somebody else: nothing goes before it is changed
	Subject      string `json:"subject"`     // of the OIDC provider, "" = logs in by password
	Disabled     bool   `json:"disabled"`
}
