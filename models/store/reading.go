package store

import (
	"context"
	"fmt"
	"hash/crc32"
	"math"
	"sync"
	"time"

	"zhihui/models"
)

// shards is among how many parts of the log the sensors are spread, each with a moment of its own in a minute to be folded.
// Who changes it must fold the log first.
const shards = 16

func shardOf(sensor string) int { return int(crc32.ChecksumIEEE([]byte(sensor)) % shards) }

const (
	minuteLong = models.Time(time.Minute / time.Millisecond)
	hourLong   = 60 * minuteLong
)

// floor is when the step of that length begins in which t lies, also before 1970.
func floor(t, length models.Time) models.Time { return t - (t%length+length)%length }

// AppendReadings writes readings, all or none: once it has returned nil they survive a kill and a loss of power. Those of one
// sensor keep their order. It makes no change rows: pages that show values get them from ingest as they come.
func (s *Store) AppendReadings(ctx context.Context, readings []models.Reading) error {
	for _, r := range readings {
		if math.IsNaN(r.Value) || math.IsInf(r.Value, 0) {
			return models.Errorf(models.Invalid, "a reading of sensor %.64q is not a number", r.Sensor)
		}
	}
	if len(readings) == 0 {
		return nil
	}
	rows := logRows(readings)
	err := s.Write(ctx, func(tx *Tx) error {
		insert, err := tx.db.Tx.PrepareContext(tx.ctx, "INSERT INTO reading_log (shard, minute, packed) VALUES (?, ?, ?)")
		if err != nil {
			return fmt.Errorf("write readings: %w", err)
		}
		defer insert.Close()
		for part, packed := range rows {
			if _, err := insert.ExecContext(tx.ctx, part.shard, int64(part.minute), packed); err != nil {
				return fmt.Errorf("write readings: %w", err)
			}
		}
		return nil
	})
	if err == nil {
		s.latest.note(readings, models.At(s.now()))
		s.metrics.readings.Add(float64(len(readings)))
	}
	return err
}

// part names what is folded at once.
type part struct {
	shard  int
	minute models.Time
}

// logRows packs readings into one row of the log for each part.
func logRows(readings []models.Reading) map[part][]byte {
	type sensorMinute struct {
		sensor string
		minute models.Time
	}
	groups := map[sensorMinute][]models.Reading{}
	for _, r := range readings {
		at := sensorMinute{r.Sensor, floor(r.At, minuteLong)}
		groups[at] = append(groups[at], r)
	}
	rows := map[part][]byte{}
	for at, group := range groups {
		of := part{shardOf(at.sensor), at.minute}
		rows[of] = appendGroup(rows[of], at.sensor, appendPacked(nil, at.minute, group))
	}
	return rows
}

// latest is the newest reading of each sensor that has said something, so that a list of sensors need not look for it.
type latest struct {
	mu sync.RWMutex
	of map[string]models.Reading
}

// note takes readings in the order of their coming; of two of one instant the later one counts. One that lies a minute ahead,
// because our clock did when it came, counts less than any that does not: else nothing newer would show until then.
func (l *latest) note(readings []models.Reading, now models.Time) {
	now += minuteLong
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of == nil {
		l.of = map[string]models.Reading{}
	}
	for _, r := range readings {
		old, known := l.of[r.Sensor]
		if ahead, wasAhead := r.At > now, old.At > now; !known || ahead == wasAhead && r.At >= old.At || wasAhead && !ahead {
			l.of[r.Sensor] = r
		}
	}
}

func (l *latest) get(sensor string) (models.Reading, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	r, ok := l.of[sensor]
	return r, ok
}

// loadLatest finds the newest reading of each sensor of the site: in its newest hour, or in the log.
func (s *Store) loadLatest(ctx context.Context) error {
	var rows []models.Reading
	now := models.At(s.now())
	err := s.read.NewRaw(`SELECT sensors.id AS sensor, hours.last AS value, hours.last_at AS at FROM sensors JOIN reading_hours AS hours
		ON hours.sensor = sensors.id AND hours.at = coalesce((SELECT max(at) FROM reading_hours WHERE sensor = sensors.id AND at <= ?),
			(SELECT max(at) FROM reading_hours WHERE sensor = sensors.id))`, now).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("find the newest readings: %w", err)
	}
	s.latest.note(rows, now)
	parts, err := s.parts(ctx, math.MaxInt64)
	if err != nil {
		return err
	}
	for _, p := range parts {
		waiting, err := s.logged(ctx, p)
		if err != nil {
			return err
		}
		for _, readings := range waiting.of {
			s.latest.note(readings, now)
		}
	}
	return nil
}
