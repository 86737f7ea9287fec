package playback

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"

	"github.com/bluenviron/mediacommon/v2/pkg/formats/pmp4"

	"zhihui/models"
	"zhihui/models/mp4"
)

// trim says where the film begins and ends: with what was asked for, or with the first and the last picture. The picture that
// stands at its beginning is shown from there on, where players would leave it out for having begun before.
func (e *Export) trim() {
	first, start, end := e.video.Samples[0], int64(math.MinInt64), int64(0)
	at := e.video.begin
	for i, s := range e.video.Samples {
		shown := at + int64(s.PTSOffset)
		if i == 0 || shown <= 0 && shown > start {
			first, start = s, shown
		}
		at, end = at+int64(s.Duration), max(end, shown+int64(s.Duration))
	}
	if start < 0 {
		first.PTSOffset -= int32(start)
		start = 0
	}
	e.From = e.zero + models.Time(start*1000/mp4.Ticks)
	e.To = min(e.To, e.zero+models.Time(end*1000/mp4.Ticks))
	for _, t := range e.tracks() {
		t.TimeOffset = int32(t.begin - start*int64(t.TimeScale)/mp4.Ticks)
	}
}

func (e *Export) tracks() []*track {
	if len(e.sound.Samples) == 0 {
		return []*track{&e.video}
	}
	return []*track{&e.video, &e.sound}
}

// Write writes the film; before the first byte it tells begin how many there are.
func (e *Export) Write(w io.Writer, begin func(size int64)) error {
	film := pmp4.Presentation{}
	media := int64(8)
	for _, t := range e.tracks() {
		film.Tracks = append(film.Tracks, &t.Track)
		media += t.bytes
	}
	e.library.metrics.films.Inc()
	buf := bufio.NewWriterSize(&counter{w: w, sent: e.library.metrics.bytes}, 256<<10)
	if err := film.Marshal(&title{w: buf, e: e, begin: func(moov int) { begin(int64(moov) + media) }}); err != nil {
		return err
	}
	return buf.Flush()
}

// title mends the head of a film on its way: pmp4 writes it at once, and shows all that is decoded and not the span alone.
type title struct {
	w     io.Writer
	e     *Export
	begin func(size int)
	done  bool
}

func (t *title) Write(b []byte) (int, error) {
	if !t.done {
		t.done = true
		t.e.mend(mp4.ForSafari(b))
		t.begin(len(b))
	}
	return t.w.Write(b)
}

// mend writes into the boxes of head how long the film is, in ms, and which part of each track it shows.
func (e *Export) mend(head []byte) {
	whole := uint32(e.To - e.From)
	put := binary.BigEndian.PutUint32
	moov := mp4.Inside(head, "moov")
	put(mp4.Inside(moov, "mvhd")[16:], whole)
	tracks := e.tracks()
	for name, trak := range mp4.Boxes(moov) {
		if name != "trak" {
			continue
		}
		t := tracks[0]
		tracks = tracks[1:]
		length := t.last + int64(t.Samples[len(t.Samples)-1].Duration) - t.begin
		put(mp4.Inside(trak, "mdia", "mdhd")[16:], uint32(length))
		put(mp4.Inside(trak, "tkhd")[20:], whole)
		edits := mp4.Inside(trak, "edts", "elst")
		entry, pause := edits[8:], uint32(0)
		if t.TimeOffset > 0 {
			pause, entry = min(whole, binary.BigEndian.Uint32(entry)), entry[12:]
		}
		shows := whole - pause
		if t == &e.sound {
			shows = min(shows, uint32((length+int64(min(t.TimeOffset, 0)))*1000/int64(t.TimeScale)))
		}
		put(entry, shows)
	}
}
