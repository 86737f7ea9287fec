// Package ingest turns cameras into access units: one supervised worker a camera, and a hub that hands its units to any
// number of readers. Its parts: rtsp plays one camera once, or only knocks (its Probe), worker.go keeps it playing,
// supervisor.go keeps the workers those of the site, hub.go and reader.go hand its units on. health.go judges a stream and
// notices a dead one; retry.go says when to try again, places.go how many are greeted at the same time, outage.go how much
// of it is told.
//
// meter.go counts what comes and how far the camera's clock is off, vital.go tells what that says of the camera's health,
// still.go since when nothing in the units is new; whether that is an event is judged in detect/rules/stream.go. Two things keep
// cameras from being blamed for us: skew.go knows when our own clock is wrong, busy.go when this process has too little
// processor. probe.go is something else: it looks at a camera for a person who adds it. onvif finds cameras that are not there
// yet, turns those that turn and hears what they report by themselves; digest tells both kinds who we are. mqtt hears sensors. recording is
// a reader of the hub: it keeps units as footage.
//
// Overflow: a reader that is too slow loses its oldest units, up to the next key unit, and they are counted; no camera and no
// other reader waits for it.
package ingest
