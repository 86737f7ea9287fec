package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"zhihui/models"
)

// The members of a backup. The manifest comes last: an archive that ends before it was cut off.
const (
	databaseFile   = "zhihui.db"
	snapshotFolder = "snapshots"
	manifestMember = "manifest.json"
	backupFormat   = 1
	backupSetting  = "backup" // when the newest backup began
)

// Manifest says what a backup holds.
type Manifest struct {
	Format  int         `json:"format"`
	Version string      `json:"version"` // of the program that made it
	Schema  int64       `json:"schema"`  // number of the newest migration
	MadeAt  models.Time `json:"made_at"` // everything acknowledged before is in it
	Members []Member    `json:"members"`
}

// Member is one file of a backup.
type Member struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Bytes is the size of all members together.
func (m Manifest) Bytes() (n int64) {
	for _, member := range m.Members {
		n += member.Size
	}
	return n
}

// Backup writes the database, the key and the snapshots of the store in cfg.Dir into the new file out, mode 0600, beside a
// running hall or without one, and notes in the store that it has. The writer goes on meanwhile. Sessions are left out: who
// finds a backup is not logged in by it. It needs room for the database twice in out's folder. tell hears how far it is.
func Backup(ctx context.Context, cfg Config, version, out string, tell func(string)) (m Manifest, err error) {
	if _, err := os.Lstat(out); err == nil {
		return m, models.Errorf(models.Conflict, "%s is there already: name another file, or move it away", out)
	}
	source := filepath.Join(cfg.Dir, databaseFile)
	if !exists(source) {
		return m, models.Errorf(models.NotFound, "there is no database in %s: is store.dir of these settings right?", cfg.Dir)
	}
	work, err := os.MkdirTemp(filepath.Dir(out), ".backup-*") // 0700
	if err != nil {
		return m, fmt.Errorf("make a folder for the backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	m = Manifest{Format: backupFormat, Version: version, MadeAt: models.At(time.Now())}
	db, err := plain(source)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	copied := filepath.Join(work, databaseFile)
	if m.Schema, err = copyDatabase(ctx, db, copied, m.MadeAt); err != nil {
		return m, err
	}
	if err := copyKey(ctx, cfg.Dir, work); err != nil {
		return m, err
	}
	tell("the database is copied")
	archive := filepath.Join(work, "archive")
	if err := pack(ctx, work, filepath.Join(cfg.Dir, snapshotFolder), archive, &m, tell); err != nil {
		return m, err
	}
	if err := os.Rename(archive, out); err != nil {
		return m, fmt.Errorf("name the backup: %w", err)
	}
	if err := syncDir(filepath.Dir(out)); err != nil {
		return m, fmt.Errorf("name the backup: %w", err)
	}
	return m, wrap("the backup is whole, but the store could not be told so", noteBackup(ctx, db, m.MadeAt))
}

// plain opens a database as it is: it makes none and brings no tables up to date, for an older hall may be running on it.
func plain(file string) (*sql.DB, error) {
	dsn := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(file)}).EscapedPath(),
		RawQuery: "mode=rw&_pragma=busy_timeout(10000)&_pragma=secure_delete(1)"}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// copyDatabase makes a copy of one instant. It reads in one transaction, which lets the writer of a WAL go on.
func copyDatabase(ctx context.Context, db *sql.DB, to string, at models.Time) (schema int64, err error) {
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", to); err != nil {
		return 0, fmt.Errorf("copy the database: %w", err)
	}
	if err := os.Chmod(to, 0o600); err != nil {
		return 0, fmt.Errorf("copy the database: %w", err)
	}
	c, err := plain(to)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if _, err := c.ExecContext(ctx, "DELETE FROM sessions"); err != nil {
		return 0, fmt.Errorf("leave the sessions out: %w", err)
	}
	if err := noteBackup(ctx, c, at); err != nil {
		return 0, err
	}
	return schemaOf(ctx, c)
}

// copyKey copies the key of the copied database, which RotateKey may have changed since then.
func copyKey(ctx context.Context, dir, work string) (err error) {
	c, err := plain(filepath.Join(work, databaseFile))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	key, err := keyFor(ctx, c, dir)
	if err == nil && key == nil {
		err = models.Errorf(models.Conflict, "the key has just been changed, or belongs to another database: try again")
	}
	if err != nil {
		return err
	}
	return wrap("copy the key", os.WriteFile(filepath.Join(work, keyFile), key, 0o600))
}

// keyFor returns the key in dir that is the database's own, nil when there is none.
func keyFor(ctx context.Context, db *sql.DB, dir string) ([]byte, error) {
	var proof string
	if err := db.QueryRowContext(ctx, "SELECT value FROM settings WHERE name = ?", proofName).Scan(&proof); err != nil {
		return nil, fmt.Errorf("read which key is the database's: %w", err)
	}
	for _, name := range []string{keyFile, nextFile} {
		key, err := os.ReadFile(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the key: %w", err)
		}
		if aead, err := newAEAD(key); err == nil && proves(aead, proof) {
			return key, nil
		}
	}
	return nil, nil
}

func schemaOf(ctx context.Context, db *sql.DB) (version int64, err error) {
	err = db.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&version)
	return version, wrap("read the version of the tables", err)
}

func noteBackup(ctx context.Context, db *sql.DB, at models.Time) error {
	_, err := db.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, backupSetting, at.String())
	return wrap("note the backup", err)
}

// LastBackup tells when the newest backup began, 0 = there is none.
func (s *Store) LastBackup(ctx context.Context) (models.Time, error) {
	var values []string
	err := s.read.NewSelect().Table("settings").Column("value").Where("name = ?", backupSetting).Scan(ctx, &values)
	if err != nil || len(values) == 0 {
		return 0, wrap("read when the newest backup was", err)
	}
	t, err := time.Parse(time.RFC3339, values[0])
	return models.At(t), wrap("read when the newest backup was", err)
}
