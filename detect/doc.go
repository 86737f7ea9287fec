// Package detect finds situations: it makes Observations of a camera's AccessUnits and a sensor's Readings, and Events
// of those. eyes.go is a unit's way to its Result: package coding reads what it tells undecoded, level.go whether that stands
// out and wakes the camera, kept.go keeps what the decoder would need, gate.go decides what is decoded, compared and looked
// at, load.go shares the time when there is too much to do, budget.go the looks of the network. zhihui-vision does it
// (vision.go), track.go follows what it found, package rules judges, event.go opens, updates and closes, outbox.go hands over.
// camera.go and sensor.go hold all of that for one source, watch.go for one rule at it; why*.go says it in words. measure.go
// tells how much is done for each camera, replay.go does all of it for a clip.
//
// What is wrong with a camera that plays is found in two ways: condition.go takes what its units tell each second; glances.go
// has a key picture of it glanced at each 40 s. appearance.go learns what it usually shows, its views (view.go), and holds each
// glance (sketch.go) against them: what is alike, covered or soft (likeness.go), and where what was there has gone (shift.go);
// views.go keeps them over a restart.
//
// What a camera reports by itself comes ready (alarm.go): it is only kept until it is over, judged and told like the rest.
//
// What was last seen stands until something newer says otherwise: a camera that cannot be seen, or whose analysis is
// down, opens no event of its pictures and closes none. Blind is not clear, and blindness has events of its own.
package detect
