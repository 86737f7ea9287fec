package recording

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// rings is the subfolder of the rings; no camera's id begins with a dot.
const rings = ".rings"

// disk is what tells whether the folder takes anything; Disk is the real one.
type disk interface {
	Ready() error
	Fault() Fault
	Do(f func() error) error
	Ours() error
	Turn() uint64
}

// folder is that of the recordings. Every operation on it goes through the disk's Do.
type folder struct {
	root  string
	disk  disk
	rings string // where the rings of this process lie in it
}

func (f folder) path(name string) string { return filepath.Join(f.root, filepath.FromSlash(name)) }

// create makes a new file with the folders that it lies in, once it is certain that the disk is there.
func (f folder) create(name string) (file *os.File, err error) {
	if err := f.disk.Ours(); err != nil {
		return nil, err
	}
	err = f.disk.Do(func() error { return os.MkdirAll(filepath.Dir(f.path(name)), 0o750) })
	if err != nil {
		return nil, fmt.Errorf("make a folder for footage: %w", err)
	}
	err = f.disk.Do(func() (err error) {
		file, err = os.OpenFile(f.path(name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o640)
		return err
	})
	return file, err
}

// resume opens a file of which size bytes are good, and cuts off what lies behind them.
func (f folder) resume(name string, size int64) (file *os.File, err error) {
	err = f.disk.Do(func() (err error) {
		file, err = os.OpenFile(f.path(name), os.O_RDWR, 0)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = f.disk.Do(func() error { return cut(file, size) })
	if err != nil {
		_ = file.Close() // nothing was written
		return nil, err
	}
	return file, nil
}

// cut takes off what lies behind the good bytes of a file; with fewer it is not the file that was written.
func cut(file *os.File, size int64) error {
	is, err := file.Stat()
	switch {
	case err != nil:
		return err
	case is.Size() < size:
		return fmt.Errorf("%s has %d bytes, not %d: %w", file.Name(), is.Size(), size, fs.ErrNotExist)
	case is.Size() == size:
		return nil
	}
	return file.Truncate(size)
}

// settle brings a file to the disk, and then the folders from its own up to that of the recordings: a row may follow.
func (f folder) settle(file *os.File, name string) error {
	if err := f.disk.Do(file.Sync); err != nil {
		return fmt.Errorf("bring footage to the disk: %w", err)
	}
	for dir := filepath.Dir(filepath.FromSlash(name)); ; dir = filepath.Dir(dir) {
		if err := f.syncFolder(filepath.Join(f.root, dir)); err != nil {
			return fmt.Errorf("bring a folder to the disk: %w", err)
		}
		if dir == "." {
			return nil
		}
	}
}

func (f folder) syncFolder(path string) error {
	return f.disk.Do(func() error {
		dir, err := os.Open(path)
		if err != nil {
			return err
		}
		defer dir.Close()
		return dir.Sync()
	})
}

// remove deletes a file; that it is gone already is no error.
func (f folder) remove(name string) error {
	err := f.disk.Do(func() error { return os.Remove(f.path(name)) })
	if os.IsNotExist(err) {
		return nil
	}
	return err
}

// there tells whether there is such a file.
func (f folder) there(name string) (bool, error) {
	err := f.disk.Do(func() error {
		_, err := os.Lstat(f.path(name))
		return err
	})
	if os.IsNotExist(err) {
		return false, nil
	}
	return err == nil, err
}

// list is what lies in a subfolder; nothing where that is not there.
func (f folder) list(name string) (entries []os.DirEntry, err error) {
	err = f.disk.Do(func() (err error) {
		entries, err = os.ReadDir(f.path(name))
		return err
	})
	if os.IsNotExist(err) {
		return nil, nil
	}
	return entries, err
}
