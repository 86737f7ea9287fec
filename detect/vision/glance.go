//go:build cgo

package vision

import (
	"time"

	"zhihui/detect/vision/blackbox"
	"zhihui/detect/vision/cv"
	"zhihui/detect/vision/decode"
	"zhihui/detect/visionpb"
	"zhihui/models"
)

// glance answers one Glance. Its decoder lives no longer than that: a camera that is only glanced at costs no memory.
func (e *eyes) glance(g *visionpb.Glance) *visionpb.Sight {
	s := &visionpb.Sight{Camera: g.GetCamera(), Request: g.GetRequest()}
	defer e.box.Leave()
	e.box.Enter(g.GetCamera(), g.GetRequest(), blackbox.Decode)
	begun := time.Now()
	if err := e.see(g, s); err != nil {
		s.Sentence = visionpb.Sentence(err.Error())
	}
	s.LookMs = since(begun)
	return s
}

func (e *eyes) see(g *visionpb.Glance, s *visionpb.Sight) error {
	d, err := decode.Open(codecOf(g.GetCodec()))
	if err != nil {
		return err
	}
	defer e.gone(d)
	if !g.GetJpeg() {
		d.Roughly()
	}
	if got, err := d.Decode(g.GetData(), true); err != nil {
		return err
	} else if !got {
		return models.Errorf(models.Invalid, "no picture comes of the key unit")
	}
	pixels := e.moving.Pixels()
	if err := d.Gray(pixels, cv.MotionWidth, cv.MotionHeight); err != nil {
		return err
	}
	s.Luma, s.Energy = cells(pixels)
	if g.GetJpeg() {
		e.box.Enter(g.GetCamera(), g.GetRequest(), blackbox.Draw)
		s.Jpeg, err = e.draw(d, d.BGR, nil, 0)
	}
	return err
}

// gone frees a decoder and gives back now and then what all have freed.
func (e *eyes) gone(d *decode.Decoder) {
	d.Close()
	e.rested()
}

// The pixels that a cell of a Sight is made of.
const (
	cellWidth  = cv.MotionWidth / visionpb.SightWidth
	cellHeight = cv.MotionHeight / visionpb.SightHeight
)

// cells returns what a Sight tells of a picture of MotionWidth×MotionHeight gray values: sums down the columns of each row of
// cells, then along it.
func cells(pixels []byte) (luma, energy []byte) {
	const w, h, area = cv.MotionWidth, cv.MotionHeight, cellWidth * cellHeight
	luma, energy = make([]byte, 0, visionpb.SightWidth*visionpb.SightHeight), make([]byte, 0, visionpb.SightWidth*visionpb.SightHeight)
	for top := 0; top < h; top += cellHeight {
		var bright, steps [w]int
		for y := top; y < top+cellHeight; y++ {
			row, below := (*[w]byte)(pixels[y*w:]), (*[w]byte)(pixels[min(y+1, h-1)*w:])
			for x := range w - 1 {
				bright[x] += int(row[x])
				steps[x] += apart(row[x], row[x+1]) + apart(row[x], below[x])
			}
			bright[w-1] += int(row[w-1])
			steps[w-1] += apart(row[w-1], below[w-1])
		}
		for x := 0; x < w; x += cellWidth {
			sum, all := 0, 0
			for i := x; i < x+cellWidth; i++ {
				sum, all = sum+bright[i], all+steps[i]
			}
			luma = append(luma, byte((sum+area/2)/area))
			energy = append(energy, byte(min((4*all+area/2)/area, 255)))
		}
	}
	return luma, energy
}

// apart is how far two gray values lie apart, without a branch that noise would make costly.
func apart(a, b byte) int {
	d := int(a) - int(b)
	sign := d >> 63
	return (d ^ sign) - sign
}
