package store

import (
	"context"
	"slices"

	"zhihui/models"
)

// PutSegment notes a segment whose file is on the disk. One of the same camera and beginning is replaced: again is no fault.
func (s *Store) PutSegment(ctx context.Context, x models.Segment) error {
	return s.PutSegments(ctx, []models.Segment{x})
}

// PutSegments is PutSegment of many, some hundred in each write: when one fails, those of the writes before are there.
func (s *Store) PutSegments(ctx context.Context, segments []models.Segment) error {
	for _, x := range segments {
		if err := validateSegment(x); err != nil {
			return err
		}
	}
	return s.inSteps(ctx, segments, (*Tx).putSegment)
}

func validateSegment(x models.Segment) error {
	var f faults
	f.id("camera", x.Camera)
	f.Add(x.From > 0, "from", "a segment begins after 1970")
	f.Add(x.To > x.From && x.To-x.From <= longest, "to", "a segment ends after its beginning, and within an hour")
	f.Add(x.Bytes > 0 && x.Units > 0, "bytes", "a segment has bytes and units")
	f.Add(x.MIME != "" && len(x.MIME) <= maxMIME, "mime", "a segment has a MIME type of %d bytes at most", maxMIME)
	return f.Err()
}

func (tx *Tx) putSegment(x models.Segment) error {
	if _, err := tx.dropSegment(x, ""); err != nil {
		return err
	}
	for _, intern := range []struct{ insert, name string }{
		{"INSERT INTO footage (camera, bytes, loose) VALUES (?, 0, 0) ON CONFLICT DO NOTHING", x.Camera},
		{"INSERT INTO mimes (mime) VALUES (?) ON CONFLICT DO NOTHING", x.MIME},
	} {
		if _, err := tx.db.NewRaw(intern.insert, intern.name).Exec(tx.ctx); err != nil {
			return wrap("give a segment's names their numbers", err)
		}
	}
	_, err := tx.db.NewRaw("INSERT INTO segments VALUES ("+ofCamera+", ?, ?, ?, ?, (SELECT number FROM mimes WHERE mime = ?), FALSE)",
		x.Camera, x.From, x.To-x.From, x.Bytes, x.Units, x.MIME).Exec(tx.ctx)
	if err != nil {
		return wrap("write a segment", err)
	}
	if err := tx.addFootage(x.Camera, x.Bytes, x.Bytes); err != nil {
		return err
	}
	return tx.settleSegments(x.Camera, x.From, x.From+1)
}

// DropSegments removes the rows of segments whose files are gone, kept or not. One without a row is no fault.
func (s *Store) DropSegments(ctx context.Context, segments []models.Segment) error {
	return s.inSteps(ctx, segments, func(tx *Tx, x models.Segment) error {
		_, err := tx.dropSegment(x, "")
		return err
	})
}

// DropLoose removes the rows of those of the segments that neither a clip nor a hold covers at that moment, and returns them:
// their files may go. What it returns beside an error is gone, too.
func (s *Store) DropLoose(ctx context.Context, segments []models.Segment) (dropped []models.Segment, err error) {
	for step := range slices.Chunk(segments, segmentsAtOnce) {
		var gone []models.Segment
		err := s.inSteps(ctx, step, func(tx *Tx, x models.Segment) error {
			err := tx.settleSegments(x.Camera, x.From, x.From+1)
			if err != nil {
				return err
			}
			did, err := tx.dropSegment(x, " AND NOT kept")
			if did {
				gone = append(gone, x)
			}
			return err
		})
		if err != nil {
			return dropped, err
		}
		dropped = append(dropped, gone...)
	}
	return dropped, nil
}

// dropSegment removes a segment's row where there is one that meets the condition, and takes it off the totals.
func (tx *Tx) dropSegment(x models.Segment, condition string) (did bool, err error) {
	bytes, kept, err := tx.flipped("DELETE FROM segments WHERE camera = "+ofCamera+" AND begins = ?"+condition+" RETURNING bytes, kept", x.Camera, x.From)
	if err != nil || len(bytes) == 0 {
		return false, wrap("remove a segment", err)
	}
	loose := -bytes[0]
	if kept[0] {
		loose = 0
	}
	return true, tx.addFootage(x.Camera, -bytes[0], loose)
}

// covered is whether a clip or a hold covers the segment s of the camera ?0.
const covered = `(EXISTS (SELECT 1 FROM clips AS c WHERE c.camera = ?0 AND c.begins > s.begins - ?1 AND c.begins < s.begins + s.lasts AND c.ends > s.begins)
	OR EXISTS (SELECT 1 FROM holds AS h WHERE h.camera = ?0 AND NOT h.lifted AND h.ends > s.begins AND h.begins < s.begins + s.lasts))`

// settleSegments sets right whether they are kept of a camera's segments that overlap [from, to), after what covers them was changed.
func (tx *Tx) settleSegments(camera string, from, to models.Time) error {
	bytes, kept, err := tx.flipped(`UPDATE segments AS s SET kept = NOT kept WHERE s.camera = (SELECT number FROM footage WHERE camera = ?0)
		AND s.begins > ?2 - ?1 AND s.begins < ?3 AND s.begins + s.lasts > ?2 AND s.kept <> `+covered+" RETURNING bytes, kept", camera, longest, from, to)
	if err != nil || len(bytes) == 0 {
		return wrap("note what is kept of a camera's footage", err)
	}
	var loose int64
	for i, n := range bytes {
		if kept[i] {
			n = -n
		}
		loose += n
	}
	return tx.addFootage(camera, 0, loose)
}

func (tx *Tx) flipped(query string, args ...any) (bytes []int64, kept []bool, err error) {
	err = tx.db.NewRaw(query, args...).Scan(tx.ctx, &bytes, &kept)
	return bytes, kept, err
}

func (tx *Tx) addFootage(camera string, bytes, loose int64) error {
	_, err := tx.db.NewRaw("UPDATE footage SET bytes = bytes + ?, loose = loose + ? WHERE camera = ?", bytes, loose, camera).Exec(tx.ctx)
	return wrap("add up a camera's footage", err)
}
