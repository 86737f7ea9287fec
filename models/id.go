package models

import (
	"crypto/rand"
	"encoding/binary"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewID returns a ULID (github.com/ulid/spec): 26 characters, the first ten the milliseconds of now, so that ids sort by
// the time of their making, the rest 80 random bits.
func NewID(now time.Time) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	rand.Read(b[6:]) // never fails: see crypto/rand
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	var s [26]byte
	for i := 25; i >= 0; i-- {
		s[i] = crockford[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(s[:])
}

// MaxID bounds the identifiers that come from outside (areas, cameras, sensors, zones), in bytes.
const MaxID = 64

// ValidID tells whether s is usable as an identifier: 1 to MaxID of a-z A-Z 0-9 . _ -, not starting with a dot.
func ValidID(s string) bool {
	if s == "" || len(s) > MaxID || s[0] == '.' {
		return false
	}
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}

// ValidName tells whether s is usable as the name of a zone or line: 1 to MaxID bytes of printable UTF-8 without blanks at
// the ends, so that a wall can show it as it is written.
func ValidName(s string) bool {
	return s != "" && len(s) <= MaxID && utf8.ValidString(s) && s == strings.TrimSpace(s) &&
		strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}
