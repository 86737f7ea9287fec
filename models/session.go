package models

// SessionKind tells how somebody was let in.
type SessionKind string

// The kinds.
const (
	SessionPassword SessionKind = "password"
	SessionOIDC     SessionKind = "oidc"
	SessionWall     SessionKind = "wall"  // by a wall token
	SessionGuest    SessionKind = "guest" // this machine's own wall, see dashboard.wall_guest
)

// Session is one browser that is logged in, as a person sees it who may end it.
type Session struct {
	ID        string      `json:"id"` // names it; it is not the cookie and opens nothing
	Username  string      `json:"username"`
	Kind      SessionKind `json:"kind"`
	CreatedAt Time        `json:"created_at"`
	SeenAt    Time        `json:"seen_at"` // newest request, to the minute
	Address   string      `json:"address"` // where the newest request came from
	Agent     string      `json:"agent"`   // User-Agent, cut to 200 bytes
	Current   bool        `json:"current"` // the session that asks
}

// WallToken lets a screen show the wall of an area, and do nothing else, until it is revoked. The secret itself is shown
// once, when the token is made; only its hash is kept.
type WallToken struct {
	ID        string `json:"id"`
	Name      string `json:"name"` // of the screen
	Area      string `json:"area"` // "" = the whole site
	CreatedBy string `json:"created_by"`
	CreatedAt Time   `json:"created_at"`
	SeenAt    Time   `json:"seen_at"` // newest use, to the minute; 0 = never
}
