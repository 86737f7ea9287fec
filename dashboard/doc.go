// Package dashboard is what people see of the hall: the API (api), who may do what (auth), the live streams of changes and
// pictures (live), footage (playback), who has looked at it all (watched) and the pages (web), in one HTTP server. routes.go puts them
// together.
package dashboard
