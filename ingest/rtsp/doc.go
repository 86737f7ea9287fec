// Package rtsp plays one camera over RTSP, by TCP, UDP or multicast, and gives its access units. It is the only importer of
// gortsplib. There is no retry here: a stream runs once, and its end has a named Reason.
//
// source.go is what others call; transport.go says which ways are tried, playback.go is one stream by one of them, from the dial
// to its end. Packets become units in video.go (one decoder a coding) and assembler.go (what belongs to one picture, parameter
// sets in front), documents in metadata.go, sound in sound.go (coding.go unpacks it, soundline.go brings it in step with
// the pictures); loss.go counts the pictures that never came, clock.go reads the times that the camera gives. reason.go names
// each end, with its sentence. mend.go and signer.go make up for what cameras and the library do otherwise than the standards.
// probe.go only knocks, describe.go asks what else there is, format.go reads size and coding of a key unit.
package rtsp
