// Package recording keeps what cameras send: compressed units as they came, never decoded, in files of about a minute.
//
// A Recorder drains the hub's readers in rounds (writer.go). Each camera has a tape (tape*.go), which decides what is done with its
// units (want.go): as parts (strip.go) they go into the open segment (segment.go), or into the ring of the newest seconds (ring.go)
// until an event makes a clip (clip.go). When a segment ends, finish.go brings file and folder to the disk, and then its row into the
// index; clerk.go writes the rows of clips. folder.go says where files lie, agree.go makes the folder and the index agree after a
// crash, mend.go finds out what a file holds. keep*.go deletes what is old, disk*.go tells whether the disk takes
// anything, marker*.go whose folder it is.
//
// Times (clock.go): a segment begins at the receipt of its first unit by our clock, the camera's own clock gives the lengths inside.
// The next segment of the same session goes on where that one ended unless our clock says otherwise by more than half a second.
// When our clock is set, footage is where the clock is from the next key unit on: set back, it lies beside what was there.
package recording
