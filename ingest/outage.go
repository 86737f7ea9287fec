package ingest

import (
	"time"

	"zhihui/ingest/rtsp"
)

// steady is how long a stream must have lasted for its end to begin a new outage. A camera that gives a picture and hangs
// up, again and again, is tried no more often, and logged no more, than one that gives none.
const steady = 10 * time.Second

// shortsMost is how many short streams in a row make a camera an unsteady one: it is degraded then for as long as its
// pictures come, instead of online and offline by turns.
const shortsMost = 3

// An outage tells a new reason at once, but only so often: a camera behind a broken link gives another one every second,
// and each is a line in the log, a row in the store and a message to every page.
const (
	tellsMost  = 3
	tellsEvery = time.Minute
)

// outage is a row of tries that gave no steady stream.
type outage struct {
	failures int
	told     rtsp.Reason
	tells    int
	at       time.Time // of the newest tell
}

// fail notes a failure. The reason to tell of it is in told; fresh tells that it is another one than before.
func (o *outage) fail(reason rtsp.Reason, now time.Time) (fresh bool) {
	o.failures++
	weighs := stateOf(reason) != stateOf(o.told) // refused credentials need somebody now
	if reason == o.told || !weighs && o.tells >= tellsMost && now.Sub(o.at) < tellsEvery {
		return false
	}
	o.told, o.at = reason, now
	o.tells++
	return true
}
