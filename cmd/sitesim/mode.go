package main

import (
	"slices"
	"strings"
	"time"
)

// Mode is what a camera does.
type Mode string

// The modes. ModePlay is the empty word too.
const (
	ModePlay    Mode = "play"
	ModeDrop    Mode = "drop"    // sessions are closed, and whoever asks for the camera is hung up on
	ModeSilent  Mode = "silent"  // sessions stay or come, and no unit does
	ModeGarbage Mode = "garbage" // units come whose slices are noise

	ModeRefuse    Mode = "refuse"    // sessions are closed, and so is the camera's own port
	ModeBlackhole Mode = "blackhole" // nothing comes any more, and its own port swallows whoever dials
	ModeBabble    Mode = "babble"    // bytes come that are no RTSP, to who asks and to who plays
	ModeMute      Mode = "mute"      // connections are taken, and nothing is ever answered or sent
	ModeTrickle   Mode = "trickle"   // answers come one byte a second, and no unit does
	ModeDeaf      Mode = "deaf"      // units come, and who plays is never answered again, not even a keep-alive
	ModeResize    Mode = "resize"    // every changePeriod the pictures are of another size, within the session
	ModeRecode    Mode = "recode"    // every second changePeriod the pictures are of another codec, see stepAfter
	ModeStall     Mode = "stall"     // in the middle of a GOP units end, the last one half sent; sessions stay

	ModeFreeze  Mode = "freeze"  // the encoder is given the same picture again and again
	ModeThin    Mode = "thin"    // of each GOP only the first third is sent
	ModeLeak    Mode = "leak"    // some units are lost on the way
	ModeKeyless Mode = "keyless" // after the first one, no keyframe is sent
	ModeSkew    Mode = "skew"    // the camera's clock is skewedBy fast

	ModeBlack Mode = "black" // no light comes through the lens
	ModeCover Mode = "cover" // something is held before most of the lens
	ModeBlur  Mode = "blur"  // the lens is out of focus
	ModeTurn  Mode = "turn"  // the camera looks elsewhere
)

func modes() []Mode {
	return []Mode{ModePlay, ModeDrop, ModeSilent, ModeGarbage, ModeRefuse, ModeBlackhole, ModeBabble, ModeMute, ModeTrickle,
		ModeDeaf, ModeResize, ModeRecode, ModeStall, ModeFreeze, ModeThin, ModeLeak, ModeKeyless, ModeSkew,
		ModeBlack, ModeCover, ModeBlur, ModeTurn}
}

// modeNames lists the modes for a person.
func modeNames() string {
	var names []string
	for _, m := range modes() {
		names = append(names, string(m))
	}
	return strings.Join(names, ", ")
}

func (m Mode) valid() bool { return m == "" || slices.Contains(modes(), m) }

// sends tells whether a camera gives anything to who plays.
func (m Mode) sends() bool {
	return slices.Contains([]Mode{ModePlay, ModeGarbage, ModeBabble, ModeDeaf, ModeResize, ModeRecode, ModeStall,
		ModeFreeze, ModeThin, ModeLeak, ModeKeyless, ModeSkew, ModeBlack, ModeCover, ModeBlur, ModeTurn}, m)
}

// hangsUp tells whether a camera closes its connections, the new ones included.
func (m Mode) hangsUp() bool { return m == ModeDrop || m == ModeRefuse }

// breaks tells whether a mode leaves connections that can serve no more: when it ends, they end.
func (m Mode) breaks() bool {
	return slices.Contains([]Mode{ModeBlackhole, ModeBabble, ModeMute, ModeTrickle}, m)
}

// ownPort tells whether a mode is one of a listener, which must be the camera's own.
func (m Mode) ownPort() bool { return m == ModeRefuse || m == ModeBlackhole }

// changePeriod is how long a camera that changes stays as it is.
const changePeriod = 5 * time.Second

// variant is one of the ways in which a camera encodes the same pictures.
type variant uint8

const (
	plain   variant = iota
	small           // of another size
	recoded         // by the other codec
	frozen          // of the first picture alone
	black           // of no light
	covered         // with something before most of it
	blurred         // out of focus
	turned          // of something else
)

// variants returns those of which a mode is made, beside the plain one.
func (m Mode) variants() []variant {
	switch m {
	case ModeResize:
		return []variant{small}
	case ModeRecode:
		return []variant{recoded}
	}
	if v := m.shows(); v != plain {
		return []variant{v}
	}
	return nil
}

// encoding returns how a camera encodes a variant.
func (v variant) encoding(e Encoding) Encoding {
	switch v {
	case small:
		e.small = true
	case recoded:
		return e.turned()
	case frozen:
		e.frozen = true
		if e.QP == 0 {
			e.QP, e.Rate = finest, 0
		}
	case black, covered, blurred, turned:
		e.spoilt = v
	}
	return e
}

// stepAfter returns what a camera describes to new sessions and what it sends, so long after its mode began.
//
// Who changes the codec of a real camera sees it go on in the running session with the new one, under the old description;
// then it notices, closes the sessions and describes what it sends. Here each of the two takes a changePeriod, and then
// the same happens the other way round.
func (m Mode) stepAfter(gone time.Duration) (described, sent variant) {
	step := int(max(0, gone) / changePeriod)
	switch m {
	case ModeResize:
		return plain, []variant{plain, small}[step%2]
	case ModeRecode:
		return []variant{plain, plain, recoded, recoded}[step%4], []variant{plain, recoded, recoded, plain}[step%4]
	}
	return plain, m.shows()
}
