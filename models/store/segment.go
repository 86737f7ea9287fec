package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"zhihui/models"
)

// A segment and a clip last an hour at most, so that what overlaps an instant is found beside it.
const longest = models.Time(60 * 60 * 1000)

const (
	maxMIME        = 256    // bytes
	segmentsAtOnce = 200    // that one write changes one by one
	segmentsMost   = 50_000 // that one question is answered with: a month by the minute
)

// Footage is how much of a camera's footage there is.
type Footage struct {
	Bytes  int64
	Loose  int64       // bytes of what neither a clip nor a hold covers
	Oldest models.Time // where it begins
}

type segmentRow struct {
	Camera string
	Begins models.Time
	Lasts  models.Time
	Bytes  int64
	Units  int
	Mime   string
}

func (r segmentRow) segment() models.Segment {
	return models.Segment{Camera: r.Camera, From: r.Begins, To: r.Begins + r.Lasts, Bytes: r.Bytes, Units: r.Units, MIME: r.Mime}
}

// selectSegments begins a query for segments; scalar queries into the two small tables leave the choice of an index to the rest.
const selectSegments = `SELECT (SELECT camera FROM footage WHERE number = s.camera) AS camera, begins, lasts, bytes, units,
	(SELECT mime FROM mimes WHERE number = s.mime) AS mime FROM segments AS s `

// ofCamera is the number of a camera in segments.
const ofCamera = "(SELECT number FROM footage WHERE camera = ?)"

// Segments returns a camera's segments that overlap [from, to), oldest first, limit at most (50,000 when ≤ 0, and never more).
func (s *Store) Segments(ctx context.Context, camera string, from, to models.Time, limit int) ([]models.Segment, error) {
	return s.segments(ctx, limit, "WHERE camera = "+ofCamera+" AND begins > ? AND begins < ? AND begins + lasts > ? ORDER BY begins",
		camera, from-longest-1, to, from)
}

// NextSegment returns a camera's first segment that begins at or after an instant, and false when there is none.
func (s *Store) NextSegment(ctx context.Context, camera string, at models.Time) (models.Segment, bool, error) {
	found, err := s.segments(ctx, 1, "WHERE camera = "+ofCamera+" AND begins >= ? ORDER BY begins", camera, at)
	if err != nil || len(found) == 0 {
		return models.Segment{}, false, err
	}
	return found[0], true, nil
}

// LooseSegments returns what neither a clip nor a hold covers and had ended by an instant, of a camera or ("") of all, oldest
// first, limit at most. DropLoose has the last word on what is loose.
func (s *Store) LooseSegments(ctx context.Context, camera string, before models.Time, limit int) ([]models.Segment, error) {
	if camera == "" {
		return s.segments(ctx, limit, "WHERE NOT kept AND begins < ? AND begins + lasts <= ? ORDER BY begins", before, before)
	}
	return s.segments(ctx, limit, "WHERE camera = "+ofCamera+" AND begins < ? AND begins + lasts <= ? AND NOT +kept ORDER BY begins", camera, before, before)
}

func (s *Store) segments(ctx context.Context, limit int, where string, args ...any) ([]models.Segment, error) {
	if limit <= 0 || limit > segmentsMost {
		limit = segmentsMost
	}
	var rows []segmentRow
	if err := s.read.NewRaw(selectSegments+where+" LIMIT ?", append(args, limit)...).Scan(ctx, &rows); err != nil {
		return nil, wrap("read segments", err)
	}
	segments := make([]models.Segment, len(rows))
	for i, r := range rows {
		segments[i] = r.segment()
	}
	return segments, nil
}

// dayLong is a UTC day in milliseconds: the folders of the recordings are by such days.
const dayLong = 24 * 60 * 60 * 1000

// SegmentDays returns the beginnings of the UTC days in which segments of a camera begin, newest first.
func (s *Store) SegmentDays(ctx context.Context, camera string) (days []models.Time, err error) {
	err = s.read.NewRaw(`WITH RECURSIVE newest(at) AS (
			SELECT max(begins) FROM segments WHERE camera = `+ofCamera+`
			UNION ALL SELECT (SELECT max(begins) FROM segments WHERE camera = `+ofCamera+` AND begins < at - at % ?) FROM newest WHERE at IS NOT NULL)
		SELECT at - at % ? FROM newest WHERE at IS NOT NULL`, camera, camera, dayLong, dayLong).Scan(ctx, &days)
	return days, wrap("read the days of a camera's footage", err)
}

// SegmentsOfDay returns a camera's segments that begin in the UTC day that begins at day, oldest first.
func (s *Store) SegmentsOfDay(ctx context.Context, camera string, day models.Time) ([]models.Segment, error) {
	return s.segments(ctx, 0, "WHERE camera = "+ofCamera+" AND begins >= ? AND begins < ? ORDER BY begins", camera, day, day+dayLong)
}

type footageRow struct {
	Camera string
	Bytes  int64
	Loose  int64
	Oldest models.Time
}

const selectFootage = `SELECT camera, bytes, loose, (SELECT coalesce(min(begins), 0) FROM segments WHERE segments.camera = number) AS oldest
	FROM footage WHERE bytes > 0`

// Recorded returns how much there is of each camera that has footage, those that the site no longer has among them. It reads
// totals, whatever the number of segments.
func (s *Store) Recorded(ctx context.Context) (map[string]Footage, error) {
	return recorded(ctx, s.read.NewRaw(selectFootage))
}

// RecordedOf returns how much there is of one camera.
func (s *Store) RecordedOf(ctx context.Context, camera string) (Footage, error) {
	all, err := recorded(ctx, s.read.NewRaw(selectFootage+" AND camera = ?", camera))
	return all[camera], err
}

func recorded(ctx context.Context, q *bun.RawQuery) (map[string]Footage, error) {
	var rows []footageRow
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, wrap("read how much is recorded", err)
	}
	of := make(map[string]Footage, len(rows))
	for _, r := range rows {
		of[r.Camera] = Footage{Bytes: r.Bytes, Loose: r.Loose, Oldest: r.Oldest}
	}
	return of, nil
}

// inSteps runs do on the segments, a bounded number of them in each write.
func (s *Store) inSteps(ctx context.Context, segments []models.Segment, do func(*Tx, models.Segment) error) error {
	for step := range slices.Chunk(segments, segmentsAtOnce) {
		err := s.Write(ctx, func(tx *Tx) error {
			for _, x := range step {
				if err := do(tx, x); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
