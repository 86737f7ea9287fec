package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"zhihui/models"
)

// DefaultZone is the time zone of a site that names none.
const DefaultZone = "Asia/Shanghai"

const siteSetting = "site"

// Site returns the name, time zone and areas of the site; Cameras and Sensors are nil. Before the first ApplySite the name
// is empty. Of the areas above the scope it gives the names, without boundaries: a page says where its areas lie.
func (v Scope) Site(ctx context.Context) (models.Site, error) {
	site := models.Site{Zone: DefaultZone}
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

// ApplySite makes the site what the file declares: it adds, changes and removes areas, cameras and sensors, tells live pages
// and notes who did it. A second time changes nothing. History stays. An empty password in the file keeps the stored one.
// All faults of the file come together, each an Invalid error with its place, such as cameras[3].zones.lane.
func (s *Store) ApplySite(ctx context.Context, site models.Site, by string) (SiteDiff, error) {
	return s.applySite(ctx, site, by, nil)
}

// errDryRun takes a change set back that was only tried.
var errDryRun = errors.New("dry run")

// PlanSite returns what ApplySite would do. It is ApplySite, taken back, so the two cannot disagree.
func (s *Store) PlanSite(ctx context.Context, site models.Site) (SiteDiff, error) {
	diff, err := s.applySite(ctx, site, "", errDryRun)
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return diff, err
}

func (s *Store) applySite(ctx context.Context, site models.Site, by string, end error) (diff SiteDiff, err error) {
	if site.Zone == "" {
		site.Zone = DefaultZone
	}
	if err := ValidateSite(site); err != nil {
		return diff, err
	}
	err = s.Write(ctx, func(tx *Tx) error {
		if err := errors.Join(tx.putSite(site, &diff), tx.removeOthers(site, &diff)); err != nil {
			return err
		}
		if diff.Empty() {
			return end
		}
		return errors.Join(
			tx.siteChanged(),
			tx.Ledger(LedgerRow{By: by, Action: "site.apply", Entity: siteSetting, After: diff}),
			end)
	})
	return diff, err
}

// putSite writes what the file declares: an area after its parent, a camera after its area, a sensor after its camera.
func (tx *Tx) putSite(site models.Site, diff *SiteDiff) error {
	if err := tx.putName(site, diff); err != nil {
		return err
	}
	for _, a := range parentsFirst(site.Areas) {
		did, err := tx.putArea(a)
		if err != nil {
			return err
		}
		diff.note("area", a.ID, did)
	}
	for _, c := range site.Cameras {
		did, err := tx.putCamera(c)
		if err != nil {
			return err
		}
		diff.note("camera", c.ID, did)
	}
	for _, x := range site.Sensors {
		did, err := tx.putSensor(x)
		if err != nil {
			return err
		}
		diff.note("sensor", x.ID, did)
	}
	return nil
}

func (tx *Tx) putName(site models.Site, diff *SiteDiff) error {
	doc, err := document(map[string]string{"name": site.Name, "time_zone": site.Zone})
	if err != nil {
		return err
	}
	old, known, err := tx.setting(siteSetting)
	if err != nil || old == doc {
		return err
	}
	diff.note("site", siteSetting, outcomeOf(known))
	return tx.putSetting(siteSetting, doc)
}

// removeOthers removes what the file does not name, in the opposite order.
func (tx *Tx) removeOthers(site models.Site, diff *SiteDiff) error {
	err := removeMissing(tx, "sensor", ids(site.Sensors, func(x models.Sensor) string { return x.ID }), diff, tx.removeSensor)
	if err != nil {
		return err
	}
	err = removeMissing(tx, "camera", ids(site.Cameras, func(c models.Camera) string { return c.ID }), diff, tx.removeCamera)
	if err != nil {
		return err
	}
	var gone []string
	err = removeMissing(tx, "area", ids(site.Areas, func(a models.Area) string { return a.ID }), diff, func(id, _ string) error {
		gone = append(gone, id)
		return nil
	})
	return errors.Join(err, tx.removeAreas(gone))
}

func ids[T any](items []T, id func(T) string) map[string]bool {
	set := make(map[string]bool, len(items))
	for _, item := range items {
		set[id(item)] = true
	}
	return set
}

// removeMissing calls remove for each stored thing of a kind that is not in keep.
func removeMissing(tx *Tx, kind string, keep map[string]bool, diff *SiteDiff, remove func(id, area string) error) error {
	area := "area"
	if kind == "area" {
		area = "id"
	}
	var known, areas []string
	if err := tx.db.NewSelect().Table(kind+"s").Column("id").ColumnExpr(area).OrderExpr("id").Scan(tx.ctx, &known, &areas); err != nil {
		return fmt.Errorf("read the ids of each %s: %w", kind, err)
	}
	for i, id := range known {
		if keep[id] {
			continue
		}
		if err := remove(id, areas[i]); err != nil {
			return err
		}
		diff.Removed = append(diff.Removed, SiteItem{kind, id})
	}
	return nil
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

// siteChanged tells whoever works from the lists of areas, cameras and sensors to read them again.
func (tx *Tx) siteChanged() error { return tx.change(models.TopicSite, siteSetting, "", "null") }
