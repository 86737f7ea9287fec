package recording

import (
	"errors"
	"io/fs"

	"zhihui/models"
	"zhihui/models/mp4"
)

// begin begins a segment. Others see that it is in hand before its file is there.
func (t *tape) begin(h *mp4.Header, from models.Time, zero int64) {
	t.segment = newSegment(t.rec.folder, &t.rec.buffers, t.clips.camera, from, h, zero)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.shown = append(t.shown, t.segment.row)
}

// endSegment ends what is being written, at an instant where what follows begins before its end; 0 = nothing follows yet. What
// cannot be written now is lost.
func (t *tape) endSegment(next models.Time) {
	if err := t.write(); err != nil {
		t.rec.log.Error("footage is lost: it cannot be written", "camera", t.clips.camera, "error", err)
	}
	s := t.segment
	if t.segment = nil; s == nil {
		return
	}
	s.drop(t.rec.metrics)
	if s.row.Units == 0 {
		s.close()
	}
	if !s.made {
		t.hide(s.row.From)
		return
	}
	if next > s.row.From && next < s.row.To {
		s.row.To = next
		t.show(s.row.From, s.row)
	}
	t.rec.finisher.add(&finishing{tape: t, row: s.row, file: s.file})
}

// abandon forgets a segment whose file is gone.
func (t *tape) abandon() {
	s := t.segment
	t.segment = nil
	s.drop(t.rec.metrics)
	s.close()
	t.hide(s.row.From)
}

// write writes what waits, and shows it.
func (t *tape) write() error {
	s := t.segment
	if s == nil {
		return nil
	}
	bytes, units, from := s.row.Bytes, s.row.Units, s.row.From
	err := s.write()
	t.show(from, s.row) // also after an error: the file may have another name
	switch {
	case errors.Is(err, fs.ErrNotExist): // it was taken away
		t.abandon()
		return err
	case err != nil:
		return err
	}
	t.rec.metrics.bytes.Add(float64(s.row.Bytes - bytes))
	t.rec.metrics.units.Add(float64(s.row.Units - units))
	return nil
}

// show replaces the segment that began at an instant.
func (t *tape) show(from models.Time, row models.Segment) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.shown {
		if t.shown[i].From == from {
			t.shown[i] = row
		}
	}
}

// hide forgets a segment that is in the index now, or nowhere.
func (t *tape) hide(from models.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.shown {
		if t.shown[i].From == from {
			t.shown = append(t.shown[:i:i], t.shown[i+1:]...)
			return
		}
	}
}
