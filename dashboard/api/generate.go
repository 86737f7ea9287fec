// Package api is the HTTP interface of DESIGN: openapi.yml is the contract, gen.go is made from it, and each resource has
// one file that answers for it.
package api

//go:generate go tool -modfile=../../.tools/go.mod oapi-codegen -config oapi.yml openapi.yml
