// Package ingest turns cameras into access units: one supervised worker a camera, and a hub that hands its units to any
// number of readers. Its parts: rtsp plays one camera once, worker.go keeps it playing, supervisor.go keeps the workers
// those of the site, health.go judges a stream, hub.go and reader.go hand its units on. Sensors are the whole of mqtt.
//
// Overflow: a reader that is too slow loses its oldest units, up to the next key unit, and they are counted; no camera and no
// other reader waits for it. In mqtt the oldest of 1,024 messages goes and is counted.
package ingest
