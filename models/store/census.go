package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/uptrace/bun"

	"zhihui/models"
)

// Census is what the store knows of how the hall is, for the health page.
type Census struct {
	Bytes      int64                      // of the database and what waits to be put into it
	Begun      models.Time                // when the first thing was noted here, 0 = nothing yet
	LastBackup models.Time                // 0 = none
	Cameras    map[models.CameraState]int // disabled ones included
	Areas      map[string]models.AreaLoad // of each area with cameras of its own, these alone
	Reasons    map[string]int             // of the cameras that should be online and are not, by code
	Sensors    map[models.SensorState]int // disabled ones included
	Unreadable []string                   // sensors whose payloads cannot be read, by id
	Waiting    []Backlog                  // a channel each that has undelivered messages
}

// Backlog are the messages of one channel that nobody outside has taken yet.
type Backlog struct {
	Channel  string
	Messages int
	Oldest   models.Time
	Fault    string // of the newest try of the oldest, "" = none
}

// Census looks at everything at once.
func (s *Store) Census(ctx context.Context) (c Census, err error) {
	c = Census{Cameras: map[models.CameraState]int{}, Areas: map[string]models.AreaLoad{}, Reasons: map[string]int{}, Sensors: map[models.SensorState]int{}}
	for _, name := range []string{databaseFile, databaseFile + "-wal"} {
		switch info, err := os.Stat(filepath.Join(s.cfg.Dir, name)); {
		case err == nil:
			c.Bytes += info.Size()
		case !errors.Is(err, fs.ErrNotExist):
			return c, err
		}
	}
	if c.LastBackup, err = s.LastBackup(ctx); err != nil {
		return c, err
	}
	return c, s.read.RunInTx(ctx, nil, func(ctx context.Context, db bun.Tx) error {
		q := counter{ctx: ctx, db: db}
		q.scan(&c.Begun, "SELECT coalesce(min(at), 0) FROM ledger WHERE id = (SELECT min(id) FROM ledger)")
		q.cameras(&c)
		for _, t := range q.tallies("SELECT code AS name, count(*) AS n FROM cameras WHERE state IN ('connecting', 'degraded', 'auth_refused', 'offline') AND code <> '' GROUP BY code") {
			c.Reasons[t.Name] = t.N
		}
		for _, t := range q.tallies("SELECT state AS name, count(*) AS n FROM sensors GROUP BY state") {
			c.Sensors[models.SensorState(t.Name)] = t.N
		}
		q.scan(&c.Unreadable, "SELECT id FROM sensors WHERE last_fault <> '' AND state NOT IN ('ok', 'disabled') ORDER BY id LIMIT 1000")
		c.Waiting = q.waiting()
		return wrap("look how the hall is", q.err)
	})
}

func (c *counter) cameras(found *Census) {
	for _, t := range c.tallies("SELECT area AS place, state AS name, count(*) AS n FROM cameras GROUP BY area, state") {
		found.Cameras[models.CameraState(t.Name)] += t.N
		load := found.Areas[t.Place]
		countCameras(&load, models.CameraState(t.Name), t.N)
		found.Areas[t.Place] = load
	}
	for _, t := range c.tallies("SELECT area AS place, count(*) AS n FROM cameras WHERE " + soundCamera + " GROUP BY area") {
		load := found.Areas[t.Place]
		load.CamerasSound = t.N
		found.Areas[t.Place] = load
	}
}

func (c *counter) waiting() (all []Backlog) {
	var rows []struct {
		Channel, Oldest, Fault string
		N                      int
	}
	// A key begins with the time of its message. SQLite gives the other columns of the row that min() was found in.
	c.scan(&rows, "SELECT channel, min(key) AS oldest, fault, count(*) AS n FROM notifications WHERE done_at = 0 GROUP BY channel ORDER BY channel")
	for _, r := range rows {
		at, _ := timeOf(r.Oldest) // no time in a key that another program has made
		all = append(all, Backlog{Channel: r.Channel, Messages: r.N, Oldest: models.At(at), Fault: r.Fault})
	}
	return all
}
