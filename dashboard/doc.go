// Package dashboard is what people see of the hall: the API (api), who may do what (auth), the live streams of changes and
// pictures (live) and the pages (web), in one HTTP server. routes.go puts them together.
package dashboard
