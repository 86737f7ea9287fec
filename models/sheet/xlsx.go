package sheet

import (
	"bytes"
	"errors"

	"github.com/xuri/excelize/v2"

	"zhihui/models"
)

const (
	maxUnzipped = 16 << 20 // bytes of a sheet out of its archive, twice what 5,000 rows of people are; the worst takes 30 times as much of memory, and nothing goes to the disk
	maxDeep     = 50_000   // the last row that is looked at; those that are empty cost time, too
)

// readXLSX reads the first sheet that is shown. The library is for files of people; one that was made to harm may end it in a
// panic, and then is only a file that cannot be read.
func readXLSX(data []byte) (all []row, err error) {
	defer func() {
		if p := recover(); p != nil {
			all, err = nil, noXLSX()
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped, RawCellValue: true})
	if err != nil {
		return nil, noXLSX()
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for _, name := range f.GetSheetList() {
		if shown, err := f.GetSheetVisible(name); err == nil && shown {
			return readSheet(f, name)
		}
	}
	return nil, noXLSX()
}

func noXLSX() error {
	return models.Errorf(models.Invalid, "the file cannot be read as .xlsx, or is more than %d MB unpacked: save it again, or as CSV UTF-8", maxUnzipped>>20)
}

func readSheet(f *excelize.File, name string) ([]row, error) {
	from, err := f.Rows(name)
	if err != nil {
		return nil, noXLSX()
	}
	var found rows
	for number := 1; from.Next(); number++ {
		if number > maxDeep {
			return nil, models.Errorf(models.TooLarge, "the sheet goes on below row %d: delete the empty rows, or divide it", maxDeep)
		}
		cells, err := from.Columns()
		if err != nil {
			return nil, noXLSX()
		}
		if err := found.add(number, cells); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(from.Error(), from.Close()); err != nil {
		return nil, noXLSX()
	}
	return found.all, nil
}
