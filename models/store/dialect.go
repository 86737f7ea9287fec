package store

import (
	"strings"

	"github.com/uptrace/bun/dialect/sqlitedialect"
)

// dialect is SQLite's, but a zero byte in a string, which SQL text cannot hold, becomes U+FFFD instead of a fault: strings
// come from cameras, payloads and requests, and none of them may keep a state from being written. Bytes that are not UTF-8
// become U+FFFD, too, by bun itself.
type dialect struct{ *sqlitedialect.Dialect }

func (d dialect) AppendString(b []byte, s string) []byte {
	return d.Dialect.AppendString(b, strings.ReplaceAll(s, "\x00", "\uFFFD"))
}
