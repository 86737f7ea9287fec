package recording

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"zhihui/models"
	"zhihui/models/store"
)

// markerFile lies in the folder of the recordings and names the store that its files belong to: a mount point whose disk is not
// mounted has none, and another hall's another.
const markerFile = ".zhihui.json" // which no camera's folder can be called

const maxMarker = 4 << 10 // bytes

// marker is what the file holds.
type marker struct {
	Store string      `json:"store"`
	Made  models.Time `json:"made"`
}

// contents is what was found in a folder: its marker, nil = none, and whether there is anything in it beside that.
type contents struct {
	marker *marker
	empty  bool
}

// claim is what is to be done with a folder.
type claim string

const (
	claimOurs    claim = "ours"
	claimBegin   claim = "begin"   // the first: it is to be marked
	claimOther   claim = "other"   // of another hall
	claimMissing claim = "missing" // there was one, and this is not it: mostly a disk that is not mounted
	claimStrange claim = "strange" // there was none yet, and this one holds files of which nobody knows whose they are
)

// claimOf tells whose a folder is.
func claimOf(f contents, known store.FootageFolder) claim {
	switch {
	case f.marker != nil && f.marker.Store == known.Store:
		return claimOurs
	case f.marker != nil:
		return claimOther
	case known.Begun:
		return claimMissing
	case !f.empty:
		return claimStrange
	}
	return claimBegin
}

// fault is the sentence of a folder that is not to be written.
func (c claim) fault(dir string) error {
	switch c {
	case claimOther:
		return models.Errorf(models.Conflict, "%s belongs to another hall: set recording.dir to a folder of its own, or take it over by zhihui recording adopt --force", dir)
	case claimMissing:
		return models.Errorf(models.NotFound, "%s is not the folder that footage was written into: mount its disk, or take this one by zhihui recording adopt", dir)
	case claimStrange:
		return models.Errorf(models.Conflict, "%s holds other files: set recording.dir to an empty folder, or take it as it is by zhihui recording adopt", dir)
	}
	return nil
}

// readFolder finds out what is in a folder; one that is not there is empty.
func readFolder(dir string) (f contents, err error) {
	f.marker, err = readMarker(filepath.Join(dir, markerFile))
	if err != nil {
		return f, err
	}
	d, err := os.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return contents{empty: true}, nil
	}
	if err != nil {
		return f, err
	}
	names, err := d.Readdirnames(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return f, errors.Join(err, d.Close())
	}
	f.empty = len(names) == 0 || len(names) == 1 && names[0] == "lost+found" // of a new file system
	return f, d.Close()
}

// readMarker returns nil when there is none. One that cannot be read as such is nobody's.
func readMarker(file string) (*marker, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, maxMarker))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	m := &marker{}
	if json.Unmarshal(b, m) != nil {
		*m = marker{}
	}
	return m, nil
}

// writeMarker makes a folder the store's, and makes it when it is not there. It is whole or not there at all.
func writeMarker(dir string, m marker) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	part := filepath.Join(dir, markerFile+".part")
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(part, filepath.Join(dir, markerFile)); err != nil {
		return err
	}
	return syncFolder(dir)
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// lockMarker opens the marker and keeps every other hall out until it is closed: two halls, one of them started on a copy of the
// other's store, would each delete the other's files.
func lockMarker(dir string) (*os.File, error) {
	f, err := os.Open(filepath.Join(dir, markerFile))
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(models.Errorf(models.Conflict, "another hall records into %s: set recording.dir to a folder of its own", dir), f.Close())
	}
	return f, nil // a file system that has no locks is written without
}
