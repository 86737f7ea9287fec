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

// Valid tells whether r is one of the six.
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
	PasswordHash string `json:"-"`
	Disabled     bool   `json:"disabled"`
}
