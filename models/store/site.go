package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"zhihui/models"
)

// DefaultTimeZone is the time zone of a site that names none.
const DefaultTimeZone = "Asia/Shanghai"

const siteSetting = "site"

// Site returns the name, time zone and areas of the site; Cameras and Sensors are nil. Before the first ApplySite the name
// is empty. Of the areas above the scope it gives the names, without boundaries: a page says where its areas lie.
func (v Scope) Site(ctx context.Context) (models.Site, error) {
	site := models.Site{TimeZone: DefaultTimeZone}
	var values []string
	if err := v.store.read.NewSelect().Table("settings").Column("value").Where("name = ?", siteSetting).Scan(ctx, &values); err != nil {
		return site, fmt.Errorf("read the site: %w", err)
	}
	if len(values) > 0 {
		if err := json.Unmarshal([]byte(values[0]), &site); err != nil {
			return site, fmt.Errorf("read the site: %w", err)
		}
	}
	all, err := v.store.areas(ctx)
	site.Areas = v.around(all)
	return site, err
}

// ApplySite makes the site what the file declares: it adds, changes and removes areas, cameras and sensors, tells live pages
// and notes who did it, in one ledger row for each thing. A second time changes nothing. History stays. An empty password in
// the file keeps the stored one. All faults of the file come together, each an Invalid error with its place, such as
// cameras[3].zones.lane.
func (s *Store) ApplySite(ctx context.Context, site models.Site, by string) (SiteDiff, error) {
	return s.applySite(ctx, site, by, func(int, int) {}, nil)
}

// ApplySiteTelling is ApplySite that tells how many of all things are done. tell is called for each one and must not wait.
func (s *Store) ApplySiteTelling(ctx context.Context, site models.Site, by string, tell func(done, all int)) (SiteDiff, error) {
	return s.applySite(ctx, site, by, tell, nil)
}

// errDryRun takes a change set back that was only tried.
var errDryRun = errors.New("dry run")

// PlanSite returns what ApplySite would do. It is ApplySite, taken back, so the two cannot disagree.
func (s *Store) PlanSite(ctx context.Context, site models.Site, tell func(done, all int)) (SiteDiff, error) {
	diff, err := s.applySite(ctx, site, "", tell, errDryRun)
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return diff, err
}

func (s *Store) applySite(ctx context.Context, site models.Site, by string, tell func(done, all int), end error) (SiteDiff, error) {
	if site.TimeZone == "" {
		site.TimeZone = DefaultTimeZone
	}
	if err := ValidateSite(site); err != nil {
		return SiteDiff{}, err
	}
	did := progress{tell: tell, all: len(site.Areas) + len(site.Cameras) + len(site.Sensors)}
	err := s.Write(ctx, func(tx *Tx) error {
		if err := errors.Join(tx.putSite(site, by, &did), tx.removeOthers(site, by, &did.SiteDiff)); err != nil {
			return err
		}
		if did.Empty() {
			return end
		}
		return errors.Join(tx.siteChanged(models.WholeSite), end)
	})
	return did.SiteDiff, err
}

// putSite writes what the file declares: an area after its parent, a camera after its area, a sensor after its camera.
func (tx *Tx) putSite(site models.Site, by string, so *progress) error {
	if err := tx.putName(site, by, &so.SiteDiff); err != nil {
		return err
	}
	for _, a := range parentsFirst(site.Areas) {
		did, err := tx.putArea(a, by)
		if err != nil {
			return err
		}
		so.put("area", a.ID, did)
	}
	for _, c := range site.Cameras {
		did, err := tx.putCamera(c, by)
		if err != nil {
			return err
		}
		so.put("camera", c.ID, did)
	}
	for _, x := range site.Sensors {
		did, err := tx.putSensor(x, by)
		if err != nil {
			return err
		}
		so.put("sensor", x.ID, did)
	}
	return nil
}

func (tx *Tx) putName(site models.Site, by string, diff *SiteDiff) error {
	doc, err := document(map[string]string{"name": site.Name, "time_zone": site.TimeZone})
	if err != nil {
		return err
	}
	old, known, err := tx.setting(siteSetting)
	if err != nil || old == doc {
		return err
	}
	diff.note("site", siteSetting, outcomeOf(known))
	var before any
	if known {
		before = json.RawMessage(old)
	}
	return errors.Join(
		tx.putSetting(siteSetting, doc),
		tx.Ledger(by, "site.put", siteSetting, before, json.RawMessage(doc)))
}

// removeOthers removes what the file does not name, in the opposite order.
func (tx *Tx) removeOthers(site models.Site, by string, diff *SiteDiff) error {
	for _, part := range []struct {
		kind   string
		keep   map[string]bool
		remove func(id, by string) error
	}{
		{"sensor", idsOf(site.Sensors, func(x models.Sensor) string { return x.ID }), tx.removeSensor},
		{"camera", idsOf(site.Cameras, func(c models.Camera) string { return c.ID }), tx.removeCamera},
	} {
		gone, err := tx.missing(part.kind, part.keep, diff)
		if err != nil {
			return err
		}
		for _, id := range gone {
			if err := part.remove(id, by); err != nil {
				return err
			}
		}
	}
	gone, err := tx.missing("area", idsOf(site.Areas, func(a models.Area) string { return a.ID }), diff)
	if err != nil {
		return err
	}
	return tx.removeAreas(gone, by)
}

func idsOf[T any](items []T, id func(T) string) map[string]bool {
	set := make(map[string]bool, len(items))
	for _, item := range items {
		set[id(item)] = true
	}
	return set
}

// missing returns the stored things of a kind that are not in keep, and notes them as removed.
func (tx *Tx) missing(kind string, keep map[string]bool, diff *SiteDiff) (gone []string, err error) {
	var known []string
	if err := tx.db.NewSelect().Table(kind+"s").Column("id").OrderExpr("id").Scan(tx.ctx, &known); err != nil {
		return nil, fmt.Errorf("read the ids of each %s: %w", kind, err)
	}
	for _, id := range known {
		if !keep[id] {
			gone = append(gone, id)
			diff.Removed = append(diff.Removed, SiteItem{kind, id})
		}
	}
	return gone, nil
}

// parentsFirst orders the areas of a valid tree so that each comes after its parent.
func parentsFirst(areas []models.Area) []models.Area {
	parent := make(map[string]string, len(areas))
	for _, a := range areas {
		parent[a.ID] = a.Parent
	}
	depth := func(a models.Area) (n int) {
		for p := a.Parent; p != ""; p = parent[p] {
			n++
		}
		return n
	}
	sorted := slices.Clone(areas)
	slices.SortStableFunc(sorted, func(a, b models.Area) int { return depth(a) - depth(b) })
	return sorted
}

// siteChanged tells whoever works from the lists of areas, cameras and sensors what has changed in them.
func (tx *Tx) siteChanged(what string) error {
	return tx.change(models.TopicSite, what, "", "null")
}

// left tells pages that see where a thing was, and not where it is, that it is gone; others hear next where it is.
func (tx *Tx) left(topic models.Topic, entity, from, to string) error {
	if from == "" || from == to {
		return nil
	}
	return tx.change(topic, entity, from, "null")
}
