// Package detect finds situations: it makes Observations of a camera's AccessUnits and a sensor's Readings, and Events
// of those. eyes.go is a unit's way to its Result: package coding reads what it tells undecoded, level.go whether that stands
// out and wakes the camera, kept.go keeps what the decoder would need, gate.go decides what is decoded, compared and looked
// at, load.go shares the time when there is too much to do, budget.go the looks of the network. zhihui-vision does it
// (vision.go), track.go follows what it found, package rules judges, event.go opens, updates and closes, outbox.go hands over.
// glances.go has a key picture of every camera looked at now and then, appearance.go and view.go hold it against what the
// camera usually shows. measure.go tells how much of it is done for each camera, replay.go does all of it for a clip.
//
// What was last seen stands until something newer says otherwise: a camera that cannot be seen, or whose analysis is
// down, opens no event of its pictures and closes none. Blind is not clear, and blindness has events of its own.
package detect
