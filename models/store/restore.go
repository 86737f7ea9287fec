package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"zhihui/models"
)

// VerifyBackup reads the whole of a backup: the sum of each member, the database's own check, and whether its tables and
// its key are such as this program can use. It needs room for the database in the temporary folder.
func VerifyBackup(ctx context.Context, file string) (m Manifest, err error) {
	work, err := os.MkdirTemp("", "zhihui-verify-*")
	if err != nil {
		return m, fmt.Errorf("make a folder to look at the backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	return unpack(ctx, file, work, false)
}

// Restore puts a backup into the empty or missing folder cfg.Dir. With force, what lies there is moved into a folder of its
// own inside, and nothing is deleted; no hall may run on it. Everything is verified before anything that was there is touched.
// What is named in stays is left as it is, there or not. It returns the folder with what was moved aside, "" = nothing was there.
func Restore(ctx context.Context, cfg Config, file string, force bool, stays ...string) (m Manifest, aside string, err error) {
	if err := os.MkdirAll(cfg.Dir, 0o750); err != nil {
		return m, "", fmt.Errorf("make the store's folder: %w", err)
	}
	there, err := os.ReadDir(cfg.Dir)
	if err != nil {
		return m, "", fmt.Errorf("look into the store's folder: %w", err)
	}
	there = slices.DeleteFunc(there, func(e os.DirEntry) bool { return slices.Contains(stays, e.Name()) })
	if len(there) > 0 && !force {
		return m, "", models.Errorf(models.Conflict, "%s is not empty: name another store.dir, or --force, which moves aside what is there", cfg.Dir)
	}
	work, err := os.MkdirTemp(cfg.Dir, ".restore-*") // inside: the folder itself may be a mount
	if err != nil {
		return m, "", fmt.Errorf("make a folder to restore into: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	if m, err = unpack(ctx, file, work, true); err != nil {
		return m, "", err
	}
	if len(there) > 0 {
		aside = filepath.Join(cfg.Dir, "before-restore-"+time.Now().UTC().Format("20060102T150405.000"))
		if err := os.Mkdir(aside, 0o700); err != nil {
			return m, "", fmt.Errorf("move aside what is there: %w", err)
		}
		for _, e := range there {
			if err := os.Rename(filepath.Join(cfg.Dir, e.Name()), filepath.Join(aside, e.Name())); err != nil {
				return m, aside, fmt.Errorf("move aside what is there: %w", err)
			}
		}
	}
	for _, name := range []string{snapshotFolder, keyFile, databaseFile} { // the database last: without it there is no store
		if err := os.Rename(filepath.Join(work, name), filepath.Join(cfg.Dir, name)); err != nil {
			return m, aside, fmt.Errorf("put %s in its place: %w", name, err)
		}
	}
	return m, aside, wrap("put the backup in its place", syncDir(cfg.Dir))
}

// usable tells whether this program could work on what was unpacked.
func usable(ctx context.Context, dir string, m Manifest) (err error) {
	db, err := plain(filepath.Join(dir, databaseFile))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil || verdict != "ok" {
		return broken("its database is damaged (%s%v)", verdict, err)
	}
	schema, err := schemaOf(ctx, db)
	if err != nil {
		return err
	}
	p, err := migrations(db, 0) // to ask, not to run
	if err != nil {
		return err
	}
	if newest := newestSchema(p); schema > newest {
		return models.Errorf(models.Unavailable, "the backup was made by a newer program (%.40s, tables %d; this one knows %d): install that program",
			m.Version, schema, newest)
	}
	key, err := keyFor(ctx, db, dir)
	if err == nil && key == nil {
		return broken("its key belongs to another database")
	}
	return err
}
