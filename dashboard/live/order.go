package live

import (
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"

	"zhihui/models"
)

// order finds out when a picture is decoded, which with B-frames is not when it is shown.
type order struct {
	extract func(au [][]byte, pts int64) (int64, error)
}

func newOrder(c models.Codec) order {
	if c == models.H265 {
		e := &h265.DTSExtractor{}
		e.Initialize()
		return order{e.Extract}
	}
	e := &h264.DTSExtractor{}
	e.Initialize()
	return order{e.Extract}
}

// decodeTime is pts where the order cannot be found out: such streams (picture order count type 1) are rare and have no
// B-frames in practice.
func (o order) decodeTime(au [][]byte, pts int64) int64 {
	dts, err := o.extract(au, pts)
	if err != nil || dts > pts || pts-dts > ticks {
		return pts
	}
	return dts
}
