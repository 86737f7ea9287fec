package app

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"zhihui/models"
)

// Lock makes sure that one hall alone runs on the folder: the store could be shared, but two brokers on the same files
// would lose events to each other. The lock goes with the process, however that ends.
func Lock(dir string) (unlock func() error, err error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		err = models.Errorf(models.Conflict, "another zhihui runs on %s already: stop it, or give this one a store.dir of its own", dir)
		return nil, errors.Join(err, f.Close())
	case err != nil:
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}
