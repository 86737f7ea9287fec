// Package playback finds recorded footage and hands it out as it lies on the disk, neither decoded nor transcoded: when there is
// some (spans.go), a piece for a browser's Media Source Extensions (piece.go plans it by the boxes of the files, send.go writes
// it), and a span as one film that can be taken away (export.go). What is being written is part of it, up to what is in the
// file; a file that is deleted meanwhile is read to its end, as it was opened before.
package playback
