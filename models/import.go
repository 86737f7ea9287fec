package models

import "fmt"

// CameraEdit is what one row of a sheet says of a camera.
type CameraEdit struct {
	Row    int           // as the sheet counts, from 1
	Camera string        // its id
	Area   string        // the area's id, or the name that it alone has; "" = as it is
	Edit   func(*Camera) // puts what else the row gives, and leaves the rest as it is
	Faults []CellFault   // what of the row cannot be read; then nothing of it is put
}

// CellFault is what is wrong with one cell of a sheet, or with what is to be undone.
type CellFault struct {
	Row     int    `json:"row"`    // 0 = of no row
	Column  string `json:"column"` // as the sheet names it, such as "D 地址"; "" = the row has no such column
	Camera  string `json:"camera"` // its id, as the row gives it
	Field   string `json:"field"`  // what is at fault, as in Error.Field
	Message string `json:"message"`
}

func (f CellFault) String() string {
	switch {
	case f.Row > 0 && f.Column != "":
		return fmt.Sprintf("row %d, column %s: %s", f.Row, f.Column, f.Message)
	case f.Row > 0:
		return fmt.Sprintf("row %d, %s: %s", f.Row, f.Field, f.Message)
	case f.Camera != "":
		return "camera " + f.Camera + ": " + f.Message
	}
	return f.Message
}

// CameraImport is what an import of cameras has done, or its undoing, or what it would do.
type CameraImport struct {
	ID        string      `json:"id"` // by which it can be undone; "" = nothing was changed
	Added     []string    `json:"added"`
	Changed   []string    `json:"changed"`
	Removed   []string    `json:"removed"` // by undoing alone
	Unchanged int         `json:"unchanged"`
	Faults    []CellFault `json:"faults"` // the rows that have one are left out; unless that was asked for, nothing is done then
}
