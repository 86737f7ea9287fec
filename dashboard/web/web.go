// Package web holds the pages of the hall: the wall, the console and the login, built by `npm run build` into dist and
// embedded, so that one binary serves everything without a file beside it.
package web

import (
	"embed"
	"io/fs"
)

// The prefix all: takes dist/.gitkeep too, so that the package compiles before the pages are built.
//
//go:embed all:dist
var dist embed.FS

// Files returns what `npm run build` left: index.html and assets/, whose names carry a hash of their content and may be
// cached for ever. Before a build it holds no index.html; see Built.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil { // only a misspelt path, which the compiler's embed would have refused
		panic(err)
	}
	return files
}

// Built tells whether the pages were built into this binary.
func Built() bool {
	_, err := fs.Stat(dist, "dist/index.html")
	return err == nil
}
