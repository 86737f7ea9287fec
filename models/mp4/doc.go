// Package mp4 lays access units down as fragmented MP4 and finds them again, without decoding anything. A Film (film.go) turns
// the units of one camera into samples and says where a new beginning is; AppendPart (part.go) writes samples as a part, a
// moof and its mdat, the sound's behind the video's; Walk (walk.go) reads the parts of a file by their boxes alone and says
// how far a file that was torn is whole. Video is track 1 in Ticks, sound is track 2 in its own rate.
//
// In the file of a models.Segment time 0 is the segment's From, and times are those of decoding: that is the order in which
// units come, so the receipt of the first is its decode time. A picture is shown Offset after it is decoded.
package mp4
