// Package detect finds situations: it makes Observations of a camera's AccessUnits and a sensor's Readings, and Events
// of those. gate.go decides which units are worth decoding, by what they tell undecoded (package coding,
// energy.go) and what is kept (kept.go), and load.go when there are too many; zhihui-vision decodes and looks at them
// (vision.go), track.go follows what it found, package rules judges, event.go opens, updates and closes, outbox.go hands over.
//
// What was last seen stands until something newer says otherwise: a camera that cannot be seen, or whose analysis is
// down, opens no event of its pictures and closes none. Blind is not clear, and blindness has events of its own.
package detect
