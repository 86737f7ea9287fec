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
