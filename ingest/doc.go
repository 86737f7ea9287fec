// Package ingest turns cameras into access units: one supervised worker a camera, and a hub that hands its units to any
// number of readers. Its parts: rtsp plays one camera once, or only knocks (its Probe), worker.go keeps it playing,
// supervisor.go keeps the workers those of the site, hub.go and reader.go hand its units on. health.go judges a stream and
// notices a dead one; retry.go says when to try again, places.go how many are greeted at the same time, outage.go how much
// of it is told. vital.go tells what the units say of a camera's health, still.go whether anything in them is new. probe.go is
// something else: it looks at a camera for a person who adds it. Sensors are the whole of mqtt. onvif finds cameras that are
// not there yet.
//
// Overflow: a reader that is too slow loses its oldest units, up to the next key unit, and they are counted; no camera and no
// other reader waits for it. In mqtt the oldest of 1,024 messages goes and is counted.
package ingest
