package main

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"zhihui/models"
)

// Codec is how a camera compresses.
type Codec string

// The codecs. CodecH264 is the empty word too.
const (
	CodecH264 Codec = "h264"
	CodecH265 Codec = "h265"
)

// Encoding is how a camera encodes its pictures. What is left out is the script's, and there the usual: H.264, 480 kbit/s
// by rate control, a keyframe a second.
type Encoding struct {
	Codec Codec `yaml:"codec,omitempty"`
	Rate  int   `yaml:"rate,omitempty"`  // kbit/s, at most a quarter more over a second
	QP    int   `yaml:"qp,omitempty"`    // 1…51: constant quality, whatever rate it takes, instead of a rate
	GOP   Span  `yaml:"gop,omitempty"`   // from one keyframe to the next, a multiple of 100ms, at most 20s
	Night bool  `yaml:"night,omitempty"` // dark and flat, with the noise of the sensor, new in each picture

	small  bool // 480×272: what a camera that changes its resolution turns to
	frozen bool // the first picture again and again: what a camera does whose sensor hangs
	spoilt variant
}

// finest is the quantiser below which the encoders of cameras do not go, however little there is to say. One that holds a
// rate has come to it a second or two after its picture froze.
const finest = 24

const maxGOP = 20 * time.Second

// or returns e, and where e says nothing what other says. A rate and a quality exclude each other, so they go together.
func (e Encoding) or(other Encoding) Encoding {
	if e.Rate == 0 && e.QP == 0 {
		e.Rate, e.QP = other.Rate, other.QP
	}
	e.Codec, e.GOP = cmp.Or(e.Codec, other.Codec), cmp.Or(e.GOP, other.GOP)
	e.Night = e.Night || other.Night
	return e
}

// usualEncoding is what a camera does of which the script says nothing.
func usualEncoding() Encoding {
	return Encoding{Codec: CodecH264, Rate: 480, GOP: Span(time.Second)}
}

func (e Encoding) check(field string) error {
	if e.Codec != "" && e.Codec != CodecH264 && e.Codec != CodecH265 {
		return models.FieldError(field+".codec", "%q is not one of h264, h265", e.Codec)
	}
	if e.Rate != 0 && (e.Rate < 32 || e.Rate > 20000) {
		return models.FieldError(field+".rate", "%d lies outside 32…20000 kbit/s", e.Rate)
	}
	if e.QP < 0 || e.QP > 51 {
		return models.FieldError(field+".qp", "%d lies outside 1…51", e.QP)
	}
	if e.QP != 0 && e.Rate != 0 {
		return models.FieldError(field+".qp", "a camera has a rate or a constant quality, not both")
	}
	if e.GOP.Std()%unitPeriod != 0 || e.GOP.Std() > maxGOP {
		return models.FieldError(field+".gop", "%v must be a multiple of %v, at most %v", e.GOP, unitPeriod, maxGOP)
	}
	return nil
}

// turned is e with the other codec.
func (e Encoding) turned() Encoding {
	if e.Codec == CodecH265 {
		e.Codec = CodecH264
	} else {
		e.Codec = CodecH265
	}
	return e
}

// args is what ffmpeg is told of the output.
func (e Encoding) args() []string {
	keys := int(e.GOP.Std() / unitPeriod)
	control := fmt.Sprintf("-b:v %dk -maxrate %dk -bufsize %[2]dk", e.Rate, e.Rate*5/4)
	if e.QP > 0 {
		control = fmt.Sprintf("-qp %d", e.QP)
	}
	if e.Codec == CodecH265 {
		if e.QP > 0 {
			control = "" // libx265 knows it as a parameter alone
		}
		return strings.Fields(fmt.Sprintf("-an -c:v libx265 -preset veryfast -pix_fmt yuv420p -color_range tv -colorspace bt709 "+
			"-color_primaries bt709 -color_trc bt709 %s -x265-params %s -f hevc", control, e.x265(keys)))
	}
	return strings.Fields(fmt.Sprintf("-an -c:v libx264 -preset veryfast -profile:v main -pix_fmt yuv420p -threads 1 "+
		"-color_range tv -colorspace bt709 -color_primaries bt709 -color_trc bt709 %s -g %d -keyint_min %[2]d -sc_threshold 0 -bf 0 "+
		"-x264-params slices=1:sliced-threads=0:repeat-headers=1 -f h264", control, keys))
}

func (e Encoding) x265(keys int) string {
	all := fmt.Sprintf("slices=1:repeat-headers=1:info=0:keyint=%d:min-keyint=%[1]d:scenecut=0:bframes=0:open-gop=0:"+
		"pools=none:frame-threads=1:log-level=error", keys)
	if e.QP > 0 {
		all += fmt.Sprintf(":qp=%d", e.QP)
	}
	return all
}

// looks are the last steps of the filter: how the picture comes out of this camera's sensor.
func (e Encoding) looks() []string {
	var steps []string
	if e.Night {
		steps = append(steps, "eq=brightness=-0.22:contrast=0.45:saturation=0.25", "noise=c0s=14:c0f=t")
	}
	if f := e.spoilt.spoils(); f != "" {
		steps = append(steps, f)
	}
	if e.small {
		steps = append(steps, "scale=480:272")
	}
	if e.frozen {
		steps = append(steps, "split[live],trim=end_frame=1,loop=loop=-1:size=1,setpts=N/(10*TB)[still];[live][still]overlay=shortest=1:format=yuv420")
	}
	return steps
}

// end is the end of the name of a file of this codec.
func (e Encoding) end() string { return "." + string(cmp.Or(e.Codec, CodecH264)) }
