package mp4

import (
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"

	"zhihui/models"
)

// scale is d in ticks of which a second has rate. A product of the two would overflow within a day and a half.
func scale(d time.Duration, rate int64) int64 {
	return int64(d/time.Second)*rate + int64(d%time.Second)*rate/int64(time.Second)
}

// decodeOrder finds out when a picture is decoded, which with B-frames is not when it is shown.
type decodeOrder struct {
	extract func(au [][]byte, pts int64) (int64, error)
}

func newDecodeOrder(c models.Codec) decodeOrder {
	if c == models.H265 {
		e := &h265.DTSExtractor{}
		e.Initialize()
		return decodeOrder{e.Extract}
	}
	e := &h264.DTSExtractor{}
	e.Initialize()
	return decodeOrder{e.Extract}
}

// decodeTime is pts where the order cannot be found out: such streams (picture order count type 1) are rare and have no
// B-frames in practice.
func (o decodeOrder) decodeTime(au [][]byte, pts int64) int64 {
	dts, err := o.extract(au, pts)
	if err != nil || dts > pts || pts-dts > Ticks {
		return pts
	}
	return dts
}
