package live

import (
	"context"

	"zhihui/models"
	"zhihui/models/store"
)

// layout is where areas and sensors lie, and what lies in each scope that a page has: found out once for all pages of a
// scope, and again only when the site is changed.
type layout struct {
	areas   models.Tree
	sensors map[string]string // area by id
	scopes  map[string]map[string]bool
}

func readLayout(ctx context.Context, st *store.Store) (layout, error) {
	areas, sensors, err := st.Layout(ctx)
	return layout{areas: areas, sensors: sensors, scopes: map[string]map[string]bool{}}, err
}

// sees returns what tells whether an area lies within the scope.
func (l layout) sees(scope string) func(area string) bool {
	if scope == store.Whole {
		return func(string) bool { return true }
	}
	within, known := l.scopes[scope]
	if !known {
		within = l.areas.Below(scope)
		l.scopes[scope] = within
	}
	return func(area string) bool { return within[area] }
}
