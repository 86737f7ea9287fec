// Package api is the HTTP interface of the hall: openapi.yml is the contract, gen.go is made from it, and each resource has
// one file that answers for it. Every request passes the same gates in the same order: bounded body, same origin, who is
// it, may they, does it fit the contract.
package api

//go:generate go tool -modfile=../../.tools/go.mod oapi-codegen -config oapi.yml openapi.yml
