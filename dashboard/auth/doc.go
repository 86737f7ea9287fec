// Package auth answers two questions of every request: who is this, and may they. Sessions are cookies whose content is
// in the store; what a role may do stands in one table (permission.go), and which permission a route needs in another
// (route.go).
//
// People come in by login.go, where a password is checked (hash.go; what may be one: password.go), or by an OpenID Connect
// provider (oidc.go, provider.go), screens by wall.go; session.go knows all of them again. tries.go slows down who guesses,
// pace.go who asks too often.
package auth
