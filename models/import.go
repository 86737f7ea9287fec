package models

import "fmt"

// Edit is what one row of a sheet says of a thing, a Camera or a Sensor.
type Edit[T any] struct {
	Row    int         // as the sheet counts, from 1
	ID     string      // of the thing
	Area   string      // the area's id, or the name that it alone has; "" = as it is
	Put    func(*T)    // puts what else the row gives, and leaves the rest as it is
	Faults []CellFault // what of the row cannot be read; then nothing of it is put
}

// CellFault is what is wrong with one cell of a sheet, or with what is to be undone.
type CellFault struct {
	Row     int    `json:"row"`    // 0 = of no row
	Column  string `json:"column"` // as the sheet names it, such as "D 地址", or as it could; "" = it is about no column
	ID      string `json:"id"`     // of the camera or sensor, as the row gives it
	Field   string `json:"field"`  // what is at fault, as in Error.Field
	Message string `json:"message"`
	// Reason is why, for pages that say it in their own words with Values; "" = what stands there cannot be a Field.
	Reason CellReason        `json:"reason"`
	Values map[string]string `json:"values,omitempty"`
}

// CellReason names why a cell, or the thing that it is about, cannot be taken.
type CellReason string

// The reasons, each with its values.
const (
	CellMissing   CellReason = "missing"    // there is nothing, neither in the row nor from before
	CellTwice     CellReason = "twice"      // row: an earlier one is about the same thing
	CellNoArea    CellReason = "no_area"    // value
	CellManyAreas CellReason = "many_areas" // value, n: so many have this name
	CellControl   CellReason = "control"    // a line break or other character that nobody sees
	CellNameless  CellReason = "nameless"   // its column has no name
	CellEdited    CellReason = "edited"     // the thing was edited since, or others need it: it is not undone
	CellMore      CellReason = "more"       // n: so many faults are not told
)

func (f CellFault) String() string {
	switch {
	case f.Row > 0 && f.Column != "":
		return fmt.Sprintf("row %d, column %s: %s", f.Row, f.Column, f.Message)
	case f.Row > 0:
		return fmt.Sprintf("row %d, %s: %s", f.Row, f.Field, f.Message)
	case f.ID != "":
		return f.ID + ": " + f.Message
	}
	return f.Message
}

// ImportKind is what an import is about.
type ImportKind string

// The kinds of imports.
const (
	ImportOfCameras ImportKind = "camera"
	ImportOfSensors ImportKind = "sensor"
)

// Import is what an import has done, or its undoing, or what it would do.
type Import struct {
	ID        string      `json:"id"` // by which it can be undone; "" = nothing was changed
	Kind      ImportKind  `json:"kind"`
	Added     []string    `json:"added"`
	Changed   []string    `json:"changed"`
	Removed   []string    `json:"removed"` // by undoing alone
	Unchanged int         `json:"unchanged"`
	Faults    []CellFault `json:"faults"` // the rows that have one are left out; unless that was asked for, nothing is done then
}

// PastImport is an import, or the undoing of one, that can be undone.
type PastImport struct {
	ID      string     `json:"id"`
	Kind    ImportKind `json:"kind"`
	At      Time       `json:"at"`
	By      string     `json:"by"`
	Added   int        `json:"added"`
	Changed int        `json:"changed"`
	Removed int        `json:"removed"`
	Undoes  string     `json:"undoes"` // the import that it took back, "" = none
}
