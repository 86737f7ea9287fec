// Package sheet reads cameras and sensors from sheets as people keep them: CSV in the encodings that Excel writes in China, and
// xlsx. read.go makes rows of a file (decode.go of text, xlsx.go of a workbook), column.go and sensors.go say what a cell of each
// column stands for, sheet.go makes edits and faults of the rows. What becomes of them is in models/store/import.go.
package sheet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"zhihui/models"
)

// Sheet is a sheet that was read, of models.Camera or models.Sensor.
type Sheet[T any] struct {
	Edits   []models.Edit[T]
	columns map[string]string // how the sheet names the column of a field, or how it could
}

// ReadCameras reads a sheet of cameras: its first row that is not empty names the columns, in Chinese or English, in any order;
// each further one is a camera. An empty cell leaves what is there. What is wrong with one cell is a fault of its row; an error is
// Invalid or TooLarge and means that the sheet as a whole cannot be used.
func ReadCameras(data []byte) (Sheet[models.Camera], error) {
	return readSheetOf(data, cameraColumns(), func(c *models.Camera) (id, area *string) { return &c.ID, &c.Area })
}

// readSheetOf reads a sheet of these columns; place points to what is not put by an edit.
func readSheetOf[T any](data []byte, of columns[T], place func(*T) (id, area *string)) (Sheet[T], error) {
	rows, err := read(data)
	if err != nil {
		return Sheet[T]{}, err
	}
	if len(rows) == 0 {
		return Sheet[T]{}, models.Errorf(models.Invalid, "the sheet is empty: write the names of the columns into its first row")
	}
	found, named, err := of.head(rows[0])
	if err != nil {
		return Sheet[T]{}, err
	}
	s := Sheet[T]{columns: named}
	for _, c := range of {
		if named[c.field] == "" {
			named[c.field] = c.names[0]
		}
	}
	for _, r := range rows[1:] {
		s.Edits = append(s.Edits, edit(r, found, place))
	}
	return s, nil
}

// Locate fills in the columns in which the faults of an import of this sheet lie, and puts those of a row into their order.
func (s Sheet[T]) Locate(faults []models.CellFault) {
	row := 0
	for i := range faults {
		if f := &faults[i]; f.Column == "" {
			f.Column = s.columns[f.Field]
		}
		if i+1 == len(faults) || faults[i+1].Row != faults[i].Row {
			slices.SortStableFunc(faults[row:i+1], byColumn)
			row = i + 1
		}
	}
}

// byColumn orders as a sheet does, Z before AA; what has no column comes last.
func byColumn(a, b models.CellFault) int {
	if a.Column == "" || b.Column == "" {
		return strings.Compare(b.Column, a.Column)
	}
	one, _, _ := strings.Cut(a.Column, " ")
	other, _, _ := strings.Cut(b.Column, " ")
	return cmp.Or(len(one)-len(other), strings.Compare(one, other))
}

// head finds the column of each cell of the header; nil = one that is for people alone.
func (cs columns[T]) head(r row) (all []*column[T], named map[string]string, err error) {
	var f models.Faults
	known, named := cs.byName(), map[string]string{}
	for i, cell := range r.cells {
		at := letter(i) + " " + fmt.Sprintf("%.40s", cell)
		found, ok := known[folded(cell)]
		if strings.TrimSpace(cell) == "" {
			all = append(all, nameless[T](i))
			continue
		}
		f.Add(ok, "column "+at, "there is no such column: write one of %s; columns of your own begin with #", strings.Join(cs.names(), ", "))
		if found != nil {
			f.Add(named[found.field] == "", "column "+at, "column %s says the same", named[found.field])
			named[found.field] = at
		}
		all = append(all, found)
	}
	f.Add(named["id"] != "", "", "the sheet has no column 编号 (or id): by it each is known again at the next import")
	return all, named, f.Err()
}

// edit makes of a row what it says of its thing.
func edit[T any](r row, columns []*column[T], place func(*T) (id, area *string)) models.Edit[T] {
	e := models.Edit[T]{Row: r.number}
	var puts []func(*T)
	for i, cell := range r.cells {
		of := nameless[T](i)
		if i < len(columns) {
			of = columns[i]
		}
		if of == nil || strings.TrimSpace(cell) == "" {
			continue
		}
		put, problem := of.parse(cell)
		reason := models.CellReason("")
		switch {
		case strings.ContainsFunc(cell, unicode.IsControl):
			problem, reason = "take the line break or other control character out", models.CellControl
		case len(of.names) == 0:
			reason = models.CellNameless
		}
		if problem != "" {
			e.Faults = append(e.Faults, models.CellFault{Row: r.number, Field: of.field, Message: problem, Reason: reason})
			continue
		}
		puts = append(puts, put)
	}
	var given T
	for _, put := range puts {
		put(&given)
	}
	id, area := place(&given)
	e.ID, e.Area = *id, *area
	for i := range e.Faults {
		e.Faults[i].ID = e.ID
	}
	e.Put = func(x *T) {
		id, area := place(x)
		i, a := *id, *area
		for _, put := range puts {
			put(x)
		}
		*id, *area = i, a
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
