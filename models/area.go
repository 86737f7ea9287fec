package models

// AreaKind is the level of an area.
type AreaKind string

// The levels, from the widest to the narrowest (区–街道–社区–网格).
const (
	District  AreaKind = "district"
	Street    AreaKind = "street"
	Community AreaKind = "community"
	Grid      AreaKind = "grid"
)

// Valid tells whether k is one of the four levels.
func (k AreaKind) Valid() bool {
	switch k {
	case District, Street, Community, Grid:
		return true
	}
	return false
}

// Area is a node of the tree district – street – community – grid.
type Area struct {
	ID       string       `json:"id" yaml:"id"`
	Name     string       `json:"name" yaml:"name"`
	Kind     AreaKind     `json:"kind" yaml:"kind"`
	Parent   string       `json:"parent" yaml:"parent,omitempty"`     // "" for a root
	Boundary [][2]float64 `json:"boundary" yaml:"boundary,omitempty"` // ring of WGS-84 [longitude, latitude]; may be empty
}

// Place is a point in WGS-84 degrees; the zero Place means "not placed".
type Place struct {
	Lon float64 `json:"lon" yaml:"lon"`
	Lat float64 `json:"lat" yaml:"lat"`
}

// Tree is how areas lie in each other: the parent of each area by its id.
type Tree map[string]string

// TreeOf returns the tree of the areas.
func TreeOf(areas []Area) Tree {
	t := make(Tree, len(areas))
	for _, a := range areas {
		t[a.ID] = a.Parent
	}
	return t
}

// Above returns the areas in which an area lies, without itself. It ends even on a circle.
func (t Tree) Above(id string) map[string]bool {
	above := map[string]bool{}
	for p := t[id]; p != "" && p != id && !above[p]; p = t[p] {
		above[p] = true
	}
	return above
}

// Below returns an area, also one that is not in the tree, and all areas that lie in it.
func (t Tree) Below(id string) map[string]bool {
	lies := map[string]bool{id: true} // of each area that was looked at
	for a := range t {
		var way []string
		for ; a != "" && len(way) <= len(t); a = t[a] {
			if _, known := lies[a]; known {
				break
			}
			way = append(way, a)
		}
		for _, w := range way {
			lies[w] = lies[a]
		}
	}
	for a, in := range lies {
		if !in {
			delete(lies, a)
		}
	}
	return lies
}
