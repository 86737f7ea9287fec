package store

import "strings"

// SiteItem names one thing of a site: Kind is site, area, camera or sensor.
type SiteItem struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// SiteDiff is what applying a site file does, or would do.
type SiteDiff struct {
	Added   []SiteItem `json:"added"`
	Changed []SiteItem `json:"changed"`
	Removed []SiteItem `json:"removed"`
}

// Empty tells whether nothing differs.
func (d SiteDiff) Empty() bool { return len(d.Added)+len(d.Changed)+len(d.Removed) == 0 }

// String writes one line a thing: + added, ~ changed, - removed.
func (d SiteDiff) String() string {
	if d.Empty() {
		return "nothing differs"
	}
	var lines []string
	for _, part := range []struct {
		sign  string
		items []SiteItem
	}{{"+ ", d.Added}, {"~ ", d.Changed}, {"- ", d.Removed}} {
		for _, item := range part.items {
			lines = append(lines, part.sign+item.Kind+" "+item.ID)
		}
	}
	return strings.Join(lines, "\n")
}

// outcome is what writing one thing did.
type outcome int

const (
	same outcome = iota
	added
	changed
)

func outcomeOf(known bool) outcome {
	if known {
		return changed
	}
	return added
}

// progress is a SiteDiff that grows.
type progress struct {
	SiteDiff
	done, all int
	tell      func(done, all int)
}

// put notes what came of one thing of the file.
func (p *progress) put(kind, id string, did outcome) {
	p.note(kind, id, did)
	p.done++
	p.tell(p.done, p.all)
}

func (d *SiteDiff) note(kind, id string, did outcome) {
	switch did {
	case added:
		d.Added = append(d.Added, SiteItem{kind, id})
	case changed:
		d.Changed = append(d.Changed, SiteItem{kind, id})
	}
}
