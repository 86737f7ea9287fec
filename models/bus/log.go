package bus

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// A stranger who knocks at the MQTT listener all day must not fill the disk with what the broker says about it.
const (
	saidAMinute = 5   // lines of one kind
	maxKinds    = 256 // kinds that are told apart
	maxSaid     = 400 // bytes of a line
)

// brokerLog passes the server's words on, of each kind so many a minute; then how many were left out. What the server calls a
// notice is detail here; nothing it says ends the process.
type brokerLog struct {
	log *slog.Logger

	mu    sync.Mutex
	kinds map[string]*saying // by format
}

type saying struct {
	since   time.Time
	n       int
	leftOut int
}

func newBrokerLog(log *slog.Logger) *brokerLog {
	return &brokerLog{log: log, kinds: map[string]*saying{}}
}

// say passes a line on, unless its kind was said often enough in this minute.
func (l *brokerLog) say(level slog.Level, format string, v ...any) {
	leftOut, ok := l.turn(format, time.Now())
	if !ok {
		return
	}
	line := fmt.Sprintf(format, v...)
	var attributes []any
	if leftOut > 0 {
		attributes = []any{"left_out_before", leftOut}
	}
	l.log.Log(context.Background(), level, "broker: "+line[:min(len(line), maxSaid)], attributes...)
}

// turn tells whether a line of the kind may be said now, and how many were left out since the last one.
func (l *brokerLog) turn(kind string, now time.Time) (leftOut int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.kinds[kind]
	if s == nil {
		if len(l.kinds) >= maxKinds {
			clear(l.kinds)
		}
		s = &saying{since: now}
		l.kinds[kind] = s
	}
	if now.Sub(s.since) >= time.Minute {
		leftOut = s.leftOut
		*s = saying{since: now}
	}
	if s.n >= saidAMinute {
		s.leftOut++
		return 0, false
	}
	s.n++
	return leftOut, true
}

func (l *brokerLog) Noticef(format string, v ...any) { l.say(slog.LevelDebug, format, v...) }
func (l *brokerLog) Warnf(format string, v ...any)   { l.say(slog.LevelWarn, format, v...) }
func (l *brokerLog) Errorf(format string, v ...any)  { l.say(slog.LevelError, format, v...) }
func (l *brokerLog) Fatalf(format string, v ...any)  { l.say(slog.LevelError, format, v...) }
func (l *brokerLog) Debugf(string, ...any)           {}
func (l *brokerLog) Tracef(string, ...any)           {}
