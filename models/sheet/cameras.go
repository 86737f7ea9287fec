// Package sheet reads cameras from sheets as people keep them: CSV in the encodings that Excel writes in China, and xlsx.
// read.go makes rows of a file (decode.go of text, xlsx.go of a workbook), column.go says what a cell of each column stands for,
// cameras.go makes edits and faults of the rows. What becomes of them is in models/store/import.go.
package sheet

import (
	"fmt"
	"strings"
	"unicode"

	"zhihui/models"
)

// Cameras is a sheet that was read.
type Cameras struct {
	Edits   []models.CameraEdit
	columns map[string]string // how the sheet names the column of a field
}

// ReadCameras reads a sheet: its first row that is not empty names the columns, in Chinese or English, in any order; each
// further one is a camera. An empty cell leaves what is there. What is wrong with one cell is a fault of its row; an error is
// Invalid or TooLarge and means that the sheet as a whole cannot be used.
func ReadCameras(data []byte) (Cameras, error) {
	rows, err := read(data)
	if err != nil {
		return Cameras{}, err
	}
	if len(rows) == 0 {
		return Cameras{}, models.Errorf(models.Invalid, "the sheet is empty: write the names of the columns into its first row")
	}
	columns, named, err := head(rows[0])
	if err != nil {
		return Cameras{}, err
	}
	c := Cameras{columns: named}
	for _, r := range rows[1:] {
		c.Edits = append(c.Edits, edit(r, columns))
	}
	return c, nil
}

// Locate fills in the columns in which the faults of an import of these cameras lie.
func (c Cameras) Locate(faults []models.CellFault) {
	for i := range faults {
		if f := &faults[i]; f.Column == "" {
			f.Column = c.columns[f.Field]
		}
	}
}

// head finds the column of each cell of the header; nil = one that is for people alone.
func head(r row) (columns []*column, named map[string]string, err error) {
	var f models.Faults
	known, named := allColumns(), map[string]string{}
	for i, cell := range r.cells {
		at := letter(i) + " " + fmt.Sprintf("%.40s", cell)
		found, ok := known[folded(cell)]
		if strings.TrimSpace(cell) == "" {
			columns = append(columns, nameless(i))
			continue
		}
		f.Add(ok, "column "+at, "there is no such column: write one of %s; columns of your own begin with #", strings.Join(names(), ", "))
		if found != nil {
			f.Add(named[found.field] == "", "column "+at, "column %s says the same", named[found.field])
			named[found.field] = at
		}
		columns = append(columns, found)
	}
	f.Add(named["id"] != "", "", "the sheet has no column 编号 (or id): by it a camera is known again at the next import")
	return columns, named, f.Err()
}

// edit makes of a row what it says of its camera.
func edit(r row, columns []*column) models.CameraEdit {
	e := models.CameraEdit{Row: r.number}
	var puts []func(*models.Camera)
	for i, cell := range r.cells {
		of := nameless(i)
		if i < len(columns) {
			of = columns[i]
		}
		if of == nil || strings.TrimSpace(cell) == "" {
			continue
		}
		put, problem := of.parse(cell)
		if strings.ContainsFunc(cell, unicode.IsControl) {
			problem = "take the line break or other control character out"
		}
		if problem != "" {
			e.Faults = append(e.Faults, models.CellFault{Row: r.number, Field: of.field, Message: problem})
			continue
		}
		puts = append(puts, put)
	}
	var given models.Camera
	for _, put := range puts {
		put(&given)
	}
	e.Camera, e.Area = given.ID, given.Area
	for i := range e.Faults {
		e.Faults[i].Camera = given.ID
	}
	e.Edit = func(c *models.Camera) {
		id, area := c.ID, c.Area
		for _, put := range puts {
			put(c)
		}
		c.ID, c.Area = id, area
	}
	return e
}

// letter is how a sheet counts its columns: A … Z, AA …
func letter(i int) string {
	if i >= 26 {
		return letter(i/26-1) + letter(i%26)
	}
	return string(rune('A' + i))
}
