package live

import "zhihui/models/mp4"

// lengths says how long each picture stands, before the next one has come: fragments then follow each other without gap or
// overlap, and drift from the camera's own times by less than a picture.
type lengths struct {
	last  int64 // decode time of the picture before
	usual int64 // distance of two pictures, smoothed
	ahead int64 // what was given out, less what has really passed
	runs  bool
}

const (
	firstGuess = mp4.Ticks / 10 // 10 pictures a second
	longest    = 3 * mp4.Ticks  // a longer distance is a pause, not a picture
)

// pause says that the next picture has nothing to do with the one before.
func (l *lengths) pause() { l.runs = false }

// next returns the length, in ticks, of the picture that is decoded at dts.
func (l *lengths) next(dts int64) int64 {
	passed := dts - l.last
	switch {
	case !l.runs || passed <= 0 || passed > longest:
		l.ahead = 0
	case l.usual == 0:
		l.usual = passed
		l.ahead -= passed
	default:
		l.usual += (passed - l.usual) / 8
		l.ahead -= passed
	}
	l.last, l.runs = dts, true
	usual := l.usual
	if usual <= 0 {
		usual = firstGuess
	}
	length := min(max(usual-l.ahead, usual/4+1), 4*usual)
	l.ahead += length
	return length
}
