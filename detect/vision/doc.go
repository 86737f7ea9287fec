// Package vision is the inside of zhihui-vision: it answers the protocol of package visionpb by decoding units
// (decode), looking for motion (cv) and for people and vehicles (infer). One goroutine looks at all pictures, so that a
// worker takes no more than one core and a death has one name in the black box; more cores are used by more workers.
// glance.go tells how one key picture of any camera is, and keeps nothing of it.
// What is kept of a camera follows what it does: its background always, a decoder only while more than key units come.
package vision
