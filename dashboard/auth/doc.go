// Package auth answers two questions of every request: who is this, and may they. Sessions are cookies whose content is
// in the store; what a role may do stands in one table, and which permission a route needs in another.
package auth
