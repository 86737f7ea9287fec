package api

import (
	"bytes"
	"context"
	"net/http"
	"slices"

	"zhihui/models"
	"zhihui/models/store"
)

// GetSite shows the site's name, time zone and areas.
func (a *API) GetSite(ctx context.Context, _ GetSiteRequestObject) (GetSiteResponseObject, error) {
	site, err := a.seen(ctx).Site(ctx)
	if err != nil {
		return nil, err
	}
	return GetSite200JSONResponse{Name: site.Name, TimeZone: site.TimeZone, Areas: list(site.Areas)}, nil
}

// GetOverview shows the figures of the cockpit.
func (a *API) GetOverview(ctx context.Context, _ GetOverviewRequestObject) (GetOverviewResponseObject, error) {
	o, err := a.seen(ctx).Overview(ctx, a.Now())
	if err != nil {
		return nil, err
	}
	return GetOverview200JSONResponse(o), nil
}

// GetHealth shows how the hall itself is. Who looks after a part of the site hears of the cameras in it, and not how many
// there are down elsewhere.
func (a *API) GetHealth(ctx context.Context, _ GetHealthRequestObject) (GetHealthResponseObject, error) {
	h := a.Health()
	if caller(ctx).Area != store.Whole {
		named := slices.Clone(h.Vision.Probation)
		for _, q := range h.Vision.Quarantined {
			named = append(named, q.Camera)
		}
		mine, err := a.seen(ctx).CameraIDs(ctx, named)
		if err != nil {
			return nil, err
		}
		h = ofPart(h, mine)
	}
	h.Vision.Missing, h.Vision.Probation, h.Vision.Quarantined = list(h.Vision.Missing), list(h.Vision.Probation), list(h.Vision.Quarantined)
	h.Checks = list(h.Checks)
	return GetHealth200JSONResponse(h), nil
}

// ofPart leaves out what h says of cameras other than mine, and all that it counts over the whole site.
func ofPart(h models.Health, mine map[string]bool) models.Health {
	var checks []models.Check
	for _, c := range h.Checks {
		if c.Part != models.PartCameras && c.Part != models.PartSensors && c.Code != models.VisionQuarantined {
			checks = append(checks, c)
		}
	}
	var probation []string
	for _, id := range h.Vision.Probation {
		if mine[id] {
			probation = append(probation, id)
		}
	}
	var quarantined []models.QuarantinedCamera
	for _, q := range h.Vision.Quarantined {
		if mine[q.Camera] {
			quarantined = append(quarantined, q)
		}
	}
	h.Checks, h.Vision.Probation, h.Vision.Quarantined = checks, probation, quarantined
	return h
}

// GetBasemap sends the map as it was read at the start.
func (a *API) GetBasemap(context.Context, GetBasemapRequestObject) (GetBasemapResponseObject, error) {
	return basemap(a.Basemap), nil
}

// basemap is GeoJSON that goes out byte by byte, without being taken apart.
type basemap []byte

// VisitGetBasemapResponse writes the map.
func (b basemap) VisitGetBasemapResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/geo+json")
	_, err := bytes.NewReader(b).WriteTo(w)
	return err
}

// list is items, an empty list instead of null.
func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// value is *p, or zero when there is none.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
