package recording

import (
	"cmp"
	"errors"
	"io/fs"
	"os"

	"zhihui/models"
	"zhihui/models/mp4"
)

// errNothing says that nothing of a file is whole. It is never reassigned.
var errNothing = errors.New("nothing of the file is whole")

// mend finds out what a file holds of which nothing is known but its name, cuts off what a crash has torn, and brings it to the disk.
// Of one that holds nothing, errNothing, the file is removed.
func (f folder) mend(named models.Segment) (row models.Segment, err error) {
	var file *os.File
	err = f.disk.Do(func() (err error) {
		file, err = os.OpenFile(f.path(named.File()), os.O_RDWR, 0)
		return err
	})
	if err != nil {
		return row, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var nothing error
	err = f.disk.Do(func() (err error) {
		if row, err = survey(file, named); errors.Is(err, errNothing) {
			nothing, err = err, nil // that is not the disk's fault
		} else if err == nil {
			err = file.Truncate(row.Bytes)
		}
		return err
	})
	switch {
	case err != nil:
		return row, err
	case nothing != nil:
		return row, cmp.Or(f.remove(named.File()), nothing) // one that stays is looked through again
	}
	return row, f.settle(file, named.File())
}

// survey reads a file's boxes: what is whole of it is its row.
func survey(file *os.File, named models.Segment) (models.Segment, error) {
	is, err := file.Stat()
	if err != nil {
		return named, err
	}
	w, err := mp4.Open(file, is.Size())
	switch {
	case unread(err):
		return named, err
	case err != nil:
		return named, errors.Join(errNothing, err)
	}
	row := models.Segment{Camera: named.Camera, From: named.From, To: named.From, MIME: w.Header.MIME}
	for w.Next() {
		if p := w.Part; p.Track == mp4.Video {
			row.Units += len(p.Entries)
			row.To = max(named.From.Add(lasts(p.At+p.Length)), named.From+1)
		}
	}
	if unread(w.Err()) {
		return row, w.Err()
	}
	if row.Bytes = w.Whole; row.Units == 0 {
		return row, errNothing
	}
	return row, nil
}

// unread tells whether an error is that of a disk, and not of what is on it.
func unread(err error) bool {
	var refused *fs.PathError
	return errors.As(err, &refused)
}
