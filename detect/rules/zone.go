package rules

import (
	"slices"

	"zhihui/models"
)

// maxBoxes bounds the boxes that Facts carry.
const maxBoxes = 16

// inside returns the tracks that stand in the rule's zone and are tall enough, the longest known first. A rule without a
// zone watches the whole picture.
func (r Rule) inside(tracks []models.Track, wanted func(models.Track) bool) []models.Track {
	var in []models.Track
	for _, t := range tracks {
		if wanted(t) && t.Box.H >= r.MinSize && (r.zone == nil || r.zone.Contains(standsAt(t))) {
			in = append(in, t)
		}
	}
	slices.SortStableFunc(in, func(a, b models.Track) int { return int(a.First - b.First) })
	return in
}

// standsAt is where a track touches the ground. What motion alone found is seen from above as a rule, so its centre
// counts. A box that is cut off by the edge of the picture stands just inside of it: a zone that reaches the edge must
// hold it.
func standsAt(t models.Track) models.Point {
	p := t.Box.Foot()
	if t.Label == Motion {
		p = t.Box.Centre()
	}
	const inner = 0.999
	return models.Point{min(max(p[0], 1-inner), inner), min(max(p[1], 1-inner), inner)}
}

// seen are the facts of the tracks that made a condition true.
func (r Rule) seen(tracks []models.Track) models.Facts {
	f := models.Facts{Zone: r.Zone, Count: len(tracks), Track: tracks[0].ID, Label: tracks[0].Label, Score: tracks[0].Score}
	for _, t := range tracks[:min(len(tracks), maxBoxes)] {
		f.Boxes = append(f.Boxes, t.Box)
	}
	return f
}
