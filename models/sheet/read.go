package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"zhihui/models"
)

// The bounds of a sheet.
const (
	MaxBytes   = 5 << 20
	MaxRows    = 5000 // without the header
	MaxColumns = 64
	maxCell    = 4096     // bytes
	maxText    = 16 << 20 // bytes of all cells: a workbook keeps a text once that stands in many
)

// row is one that is not empty, with its number as people see it.
type row struct {
	number int
	cells  []string
}

// read takes a sheet apart, whatever kind it is.
func read(data []byte) ([]row, error) {
	switch {
	case len(data) > MaxBytes:
		return nil, models.Errorf(models.TooLarge, "the sheet is too big: %d MB are taken at most", MaxBytes>>20)
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return readXLSX(data)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return nil, models.Errorf(models.Invalid, "this is a sheet of the old kind (.xls), or one with a password: save it as .xlsx or CSV without a password")
	}
	s, err := decode(data)
	if err != nil {
		return nil, err
	}
	return readCSV(s)
}

// rows grows within the bounds.
type rows struct {
	all  []row
	text int // bytes
}

func (r *rows) add(number int, cells []string) error {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	switch {
	case len(cells) == 0:
		return nil
	case len(cells) > MaxColumns:
		return models.Errorf(models.TooLarge, "row %d has %d columns, %d are taken at most", number, len(cells), MaxColumns)
	case len(r.all) > MaxRows:
		return models.Errorf(models.TooLarge, "the sheet has more than %d rows: divide it", MaxRows)
	}
	for i, cell := range cells {
		if len(cell) > maxCell {
			return models.Errorf(models.TooLarge, "row %d, column %s: a cell has %d bytes at most", number, letter(i), maxCell)
		}
		r.text += len(cell)
	}
	if r.text > maxText {
		return models.Errorf(models.TooLarge, "the cells hold more than %d MB of text: divide the sheet", maxText>>20)
	}
	r.all = append(r.all, row{number, cells})
	return nil
}

// readCSV counts rows as Excel shows them: empty lines count, the further lines of a cell do not.
func readCSV(s string) ([]row, error) {
	comma := delimiter(s)
	if sep, rest, ok := strings.Cut(s, "\n"); ok && strings.HasPrefix(sep, "sep=") { // a line for Excel, which does not show it
		s = rest
	}
	r := csv.NewReader(strings.NewReader(s))
	r.Comma, r.FieldsPerRecord = comma, -1
	var found rows
	further := 0
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return found.all, nil
		}
		if fault, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, models.Errorf(models.Invalid, "line %d cannot be read as CSV: a quotation mark in a cell is written twice, and the cell between two", fault.Line)
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		if err := found.add(line-further, cells); err != nil {
			return nil, err
		}
		for _, cell := range cells {
			further += strings.Count(cell, "\n")
		}
	}
}

// delimiter is what parts the cells: what the header has most of.
func delimiter(s string) rune {
	header, _, _ := strings.Cut(strings.TrimLeft(s, "\r\n"), "\n")
	if sep, ok := strings.CutPrefix(header, "sep="); ok && strings.ContainsAny(sep[:min(len(sep), 1)], ";,\t") {
		return rune(sep[0])
	}
	best := ','
	for _, other := range ";\t" {
		if strings.Count(header, string(other)) > strings.Count(header, string(best)) {
			best = other
		}
	}
	return best
}
