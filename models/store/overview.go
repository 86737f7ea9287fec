package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"zhihui/models"
)

const hours = 24

// Overview counts what the cockpit shows of the scope. Midnight is that of the site's time zone.
func (v Scope) Overview(ctx context.Context, now time.Time) (models.Overview, error) {
	o := models.Overview{
		At:            models.At(now),
		OrdersByState: map[models.OrderState]int{},
		OrdersByLamp:  map[models.Lamp]int{},
		Alerts:        map[models.Severity]int{},
		Cameras:       map[models.CameraState]int{},
		Sensors:       map[models.SensorState]int{},
	}
	site, err := v.Site(ctx)
	if err != nil {
		return o, err
	}
	o.Site = site.Name
	midnight, err := midnightOf(now, site.TimeZone)
	if err != nil {
		return o, err
	}
	// One transaction: all figures are of the same instant.
	return o, v.store.read.RunInTx(ctx, nil, func(ctx context.Context, db bun.Tx) error {
		v, err := v.settled(ctx, db)
		if err != nil {
			return err
		}
		c := counter{ctx: ctx, db: db, within: v.lying("area")}
		in := loads(&o, v.inside(site.Areas))
		c.orders(&o, in, midnight)
		c.alerts(&o, in, midnight)
		c.things(&o, in)
		c.trend(&o)
		return wrap("count the overview", c.err)
	})
}

func midnightOf(now time.Time, zone string) (models.Time, error) {
	where, err := time.LoadLocation(zone)
	if err != nil {
		return 0, fmt.Errorf("find the site's midnight: %w", err)
	}
	y, m, d := now.In(where).Date()
	return models.At(time.Date(y, m, d, 0, 0, 0, 0, where)), nil
}

// counter runs count after count; after the first error it does nothing more.
type counter struct {
	ctx    context.Context
	db     bun.IDB
	within any // the condition of the scope
	err    error
}

// scan runs a query in which ?0 is the condition of the scope, ?1, ?2 … are args. A plus before ?0 (and before area where it is
// grouped by) leaves the index to what is live or when it was.
func (c *counter) scan(dest any, query string, args ...any) {
	if c.err == nil {
		c.err = c.db.NewRaw(query, append([]any{c.within}, args...)...).Scan(c.ctx, dest)
	}
}

// tally is one row of a GROUP BY.
type tally struct {
	Place string // an area
	Hour  int
	State string
	Name  string
	N     int
}

func (c *counter) tallies(query string, args ...any) (rows []tally) {
	c.scan(&rows, query, args...)
	return rows
}

const (
	liveAlert = "state IN ('open', 'acknowledged', 'shelved')"
	liveOrder = "state NOT IN ('closed', 'cancelled')"

	// Kinds that begin with camera_ are about a camera itself; few events are open at a time.
	soundCamera = "state = 'online' AND id NOT IN (SELECT source FROM events WHERE state = 'open' AND kind LIKE 'camera!_%' ESCAPE '!')"
)

// loads finds the load of an area; what lies in no area of the site any more has one that nobody sees, and counts in the totals.
func loads(o *models.Overview, areas []models.Area) func(area string) *models.AreaLoad {
	o.Areas = make([]models.AreaLoad, len(areas))
	at := make(map[string]*models.AreaLoad, len(areas))
	for i, a := range areas {
		o.Areas[i] = models.AreaLoad{Area: a.ID, Alerts: map[models.Severity]int{}}
		at[a.ID] = &o.Areas[i]
	}
	return func(area string) *models.AreaLoad {
		if load := at[area]; load != nil {
			return load
		}
		return &models.AreaLoad{Alerts: map[models.Severity]int{}}
	}
}

func (c *counter) orders(o *models.Overview, in func(area string) *models.AreaLoad, midnight models.Time) {
	for _, t := range c.tallies("SELECT +area AS place, state, lamp AS name, count(*) AS n FROM orders WHERE +?0 AND " + liveOrder + " GROUP BY 1, 2, 3") {
		o.OrdersByState[models.OrderState(t.State)] += t.N
		o.OrdersByLamp[models.Lamp(t.Name)] += t.N
		load := in(t.Place)
		load.Orders += t.N
		if models.Lamp(t.Name) == models.LampRed {
			load.Overdue += t.N
		}
	}
	c.scan(&o.OrdersOpened, "SELECT count(*) FROM orders WHERE +?0 AND created_at >= ?1", midnight)
	c.scan(&o.OrdersDone, "SELECT count(*) FROM orders WHERE +?0 AND done_at >= ?1 AND state = 'closed'", midnight)
	var inTime int
	c.scan(&inTime, "SELECT count(*) FROM orders WHERE +?0 AND done_at >= ?1 AND state = 'closed' AND (due_at = 0 OR done_at <= due_at)", midnight)
	if o.OrdersDone > 0 {
		share := float64(inTime) / float64(o.OrdersDone)
		o.OnTime = &share
	}
}

func (c *counter) alerts(o *models.Overview, in func(area string) *models.AreaLoad, midnight models.Time) {
	for _, t := range c.tallies("SELECT +area AS place, state, severity AS name, count(*) AS n FROM alerts WHERE +?0 AND " + liveAlert + " GROUP BY 1, 2, 3") {
		o.Alerts[models.Severity(t.Name)] += t.N
		in(t.Place).Alerts[models.Severity(t.Name)] += t.N
		if models.AlertState(t.State) == models.AlertOpen {
			o.AlertsUnacked += t.N
		}
	}
	c.scan(&o.AlertsToday, "SELECT count(*) FROM alerts WHERE +?0 AND opened_at >= ?1", midnight)
	c.scan(&o.AlertsPer10m, "SELECT count(*) FROM alerts WHERE +?0 AND opened_at > ?1", o.At.Add(-10*time.Minute))
	var response []int64
	c.scan(&response, `SELECT CAST(avg(acknowledged_at - opened_at) AS BIGINT) FROM alerts
		WHERE +?0 AND acknowledged_at >= ?1 HAVING count(*) > 0`, midnight)
	if len(response) > 0 {
		o.ResponseMs = &response[0]
	}
}

func (c *counter) things(o *models.Overview, in func(area string) *models.AreaLoad) {
	for _, t := range c.tallies("SELECT area AS place, state, analyse AS name, count(*) AS n FROM cameras WHERE ?0 GROUP BY area, state, analyse") {
		state := models.CameraState(t.State)
		o.Cameras[state] += t.N
		countCameras(in(t.Place), state, t.N)
		if t.Name == "1" && state != models.CameraDisabled {
			o.Analysed += t.N
		}
	}
	for _, t := range c.tallies("SELECT area AS place, count(*) AS n FROM cameras WHERE ?0 AND " + soundCamera + " GROUP BY area") {
		in(t.Place).CamerasSound += t.N
	}
	for _, t := range c.tallies("SELECT state AS name, count(*) AS n FROM sensors WHERE ?0 GROUP BY state") {
		o.Sensors[models.SensorState(t.Name)] = t.N
	}
}

func countCameras(load *models.AreaLoad, state models.CameraState, n int) {
	load.Cameras += n
	if state == models.CameraDisabled {
		return
	}
	load.CamerasOn += n
	if state == models.CameraOnline || state == models.CameraDegraded {
		load.CamerasPlaying += n
	}
	if state != models.CameraOnline {
		load.CamerasDown += n
	}
}

// trend fills the last 24 hours, the running one last.
func (c *counter) trend(o *models.Overview) {
	const hour = models.Time(time.Hour / time.Millisecond)
	first := o.At - o.At%hour - (hours-1)*hour
	o.Hours = make([]models.HourLoad, hours)
	for i := range o.Hours {
		o.Hours[i] = models.HourLoad{From: first + models.Time(i)*hour, Alerts: map[models.Severity]int{}}
	}
	each := func(put func(*models.HourLoad, tally), query string) {
		for _, t := range c.tallies(query, first, hour, first+hours*hour) {
			put(&o.Hours[t.Hour], t)
		}
	}
	each(func(h *models.HourLoad, t tally) { h.Alerts[models.Severity(t.Name)] = t.N },
		"SELECT (opened_at - ?1) / ?2 AS hour, severity AS name, count(*) AS n FROM alerts WHERE +?0 AND opened_at >= ?1 AND opened_at < ?3 GROUP BY 1, 2")
	each(func(h *models.HourLoad, t tally) { h.OrdersOpened = t.N },
		"SELECT (created_at - ?1) / ?2 AS hour, count(*) AS n FROM orders WHERE +?0 AND created_at >= ?1 AND created_at < ?3 GROUP BY 1")
	each(func(h *models.HourLoad, t tally) { h.OrdersDone = t.N },
		"SELECT (done_at - ?1) / ?2 AS hour, count(*) AS n FROM orders WHERE +?0 AND done_at >= ?1 AND done_at < ?3 AND state = 'closed' GROUP BY 1")
}
