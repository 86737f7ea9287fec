package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"zhihui/models"
)

// Whole is the scope of who may see the whole site.
const Whole = ""

// Scope reads and edits what lies in one area and below, and nothing else: what lies outside is NotFound, as if it did not
// exist. Everything that a person may see is read through a Scope and through nothing else, so that it cannot be forgotten;
// the methods of Store itself are for the hall's own work. Where a thing was when it happened counts, not where its camera is
// now; history of an area that the site no longer has is seen by those who see the whole site alone.
type Scope struct {
	store *Store
	area  string
	areas string // those within, as JSON, where they were read already
	many  *many  // where many things are put in one change set
}

// many is what was read once for all that is put in one change set: the way down through the areas of a district, and all its
// sensors, cost more than all else of a row.
type many struct {
	within map[string]bool
	topics map[string]bool // of the sensors outside of the scope, nil = not read yet
}

// forMany returns the scope for putting many things in tx, which changes no area.
func (v Scope) forMany(tx *Tx) (Scope, error) {
	if v.area == Whole {
		return v, nil
	}
	all, err := documents[models.Area](tx.ctx, tx.db.NewSelect().Table("areas"))
	v.many = &many{within: models.TreeOf(all).Below(v.area)}
	return v, err
}

// In returns the scope of an area, see models.User.Area; Whole is the whole site.
func (s *Store) In(area string) Scope { return Scope{store: s, area: area} }

// settled returns the scope with its areas read: for those who ask many questions of one instant. The way down through the 3,000
// areas of a district costs more than most answers.
func (v Scope) settled(ctx context.Context, db bun.IDB) (Scope, error) {
	if v.area == Whole {
		return v, nil
	}
	err := db.NewRaw("SELECT json_group_array(id) FROM "+below, v.area).Scan(ctx, &v.areas)
	return v, wrap("read the areas of a scope", err)
}

// below is the ids of an area and of all areas below it. The area itself counts even when the site no longer has it. UNION,
// not UNION ALL: it ends even on a circle.
const below = `(WITH RECURSIVE below(id) AS (SELECT CAST(? AS TEXT) UNION
	SELECT areas.id FROM areas JOIN below ON areas.parent = below.id) SELECT id FROM below)`

// lying is the condition that column names an area within the scope.
func (v Scope) lying(column string) any {
	if v.area == Whole {
		return bun.Safe("TRUE")
	}
	if v.areas != "" {
		return bun.SafeQuery("? IN (SELECT value FROM json_each(?))", bun.Ident(column), v.areas)
	}
	return bun.SafeQuery("? IN "+below, bun.Ident(column), v.area)
}

// passing is lying where another index than that of the areas leads to the rows: the plus keeps SQLite from reading all that has
// ever happened in a wide scope.
func (v Scope) passing(column string) any { return bun.SafeQuery("+?", v.lying(column)) }

// from begins a query of what lies within the scope.
func (v Scope) from(table string) *bun.SelectQuery {
	return v.store.read.NewSelect().Table(table).Where("?", v.lying("area"))
}

// rows is from for a query whose model names its table.
func (v Scope) rows() *bun.SelectQuery {
	return v.store.read.NewSelect().Where("?", v.lying("area"))
}

// Holds tells whether the area lies within the scope.
func (v Scope) Holds(ctx context.Context, area string) (bool, error) {
	return v.holds(ctx, v.store.read, area)
}

func (v Scope) holds(ctx context.Context, db bun.IDB, area string) (ok bool, err error) {
	if v.area == Whole {
		return true, nil
	}
	if v.many != nil {
		return v.many.within[area], nil
	}
	err = db.NewRaw("SELECT ? IN "+below, area, v.area).Scan(ctx, &ok)
	return ok, wrap("look for an area", err)
}

// mayPut returns an Invalid error unless something can be put into the area: it is there and within the scope.
func (v Scope) mayPut(tx *Tx, area string) error {
	ok, err := v.holds(tx.ctx, tx.db, area)
	if err != nil {
		return err
	}
	if !ok {
		return models.FieldError("area", "area %.64q does not lie in what you look after, which is area %s and below", area, v.area)
	}
	known, err := tx.db.NewSelect().Table("areas").Where("id = ?", area).Exists(tx.ctx)
	if err == nil && !known {
		err = models.FieldError("area", "there is no area %.64q, add it to the site first", area)
	}
	return wrap("look for an area", err)
}

// mustHold returns a NotFound error unless the area of a thing lies within the scope.
func (v Scope) mustHold(tx *Tx, area, what, id string) error {
	ok, err := v.holds(tx.ctx, tx.db, area)
	if err == nil && !ok {
		err = notFound(what, id)
	}
	return err
}

// CameraIDs returns those of the ids that belong to a camera within the scope.
func (v Scope) CameraIDs(ctx context.Context, of []string) (map[string]bool, error) {
	if len(of) == 0 {
		return nil, nil
	}
	return ids(ctx, "cameras", v.store.read.NewSelect().Where("? AND id IN (?)", v.passing("area"), bun.List(of)))
}

// SensorIDs returns the ids of all sensors within the scope.
func (v Scope) SensorIDs(ctx context.Context) (map[string]bool, error) {
	return ids(ctx, "sensors", v.rows())
}

func ids(ctx context.Context, table string, q *bun.SelectQuery) (map[string]bool, error) {
	var found []string
	if err := q.Table(table).Column("id").Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("read the ids of %s: %w", table, err)
	}
	set := make(map[string]bool, len(found))
	for _, id := range found {
		set[id] = true
	}
	return set, nil
}

// around returns those of all areas that lie within the scope, and those above it without their boundaries.
func (v Scope) around(all []models.Area) []models.Area {
	if v.area == Whole {
		return all
	}
	above := models.TreeOf(all).Above(v.area)
	some := v.inside(all)
	for _, a := range all {
		if above[a.ID] {
			a.Boundary = nil
			some = append(some, a)
		}
	}
	slices.SortFunc(some, func(a, b models.Area) int { return strings.Compare(a.ID, b.ID) })
	return some
}

// inside returns those of all areas that lie within the scope.
func (v Scope) inside(all []models.Area) []models.Area {
	if v.area == Whole {
		return all
	}
	within := models.TreeOf(all).Below(v.area)
	return slices.DeleteFunc(slices.Clone(all), func(a models.Area) bool { return !within[a.ID] })
}
