// Package api is the HTTP interface of the hall: openapi.yml is the contract, gen.go is made from it, and each resource has
// one file that answers for it. Every request passes the same gates in the same order: bounded body, same origin, who is
// it, may they (gate.go), does it fit the contract (contract.go).
//
// A new operation is written in openapi.yml first; then `go generate` makes its types, dashboard/auth/route.go says who may,
// and the file of its resource answers. Tests walk all operations and fail where one of these is missing.
package api

//go:generate go tool -modfile=../../.tools/go.mod oapi-codegen -config oapi.yml openapi.yml
