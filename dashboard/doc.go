// Package dashboard is what people see of the hall: the API, the live streams and the pages, in one HTTP server.
package dashboard
