package store

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"zhihui/models"
)

// maxManifest bounds the manifest of a backup, in bytes: about two million snapshots.
const maxManifest = 256 << 20

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
// It returns the folder with what was moved aside, "" = nothing was there.
func Restore(ctx context.Context, cfg Config, file string, force bool) (m Manifest, aside string, err error) {
	if err := os.MkdirAll(cfg.Dir, 0o750); err != nil {
		return m, "", fmt.Errorf("make the store's folder: %w", err)
	}
	there, err := os.ReadDir(cfg.Dir)
	if err != nil {
		return m, "", fmt.Errorf("look into the store's folder: %w", err)
	}
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

// unpack reads the archive to its end and writes its members under dir; snapshots only if they are wanted.
func unpack(ctx context.Context, file, dir string, snapshots bool) (m Manifest, err error) {
	f, err := os.Open(file)
	if err != nil {
		return m, fmt.Errorf("open the backup: %w", err)
	}
	defer f.Close()
	if err := os.Mkdir(filepath.Join(dir, snapshotFolder), 0o750); err != nil {
		return m, fmt.Errorf("unpack the backup: %w", err)
	}
	at, err := f.Stat()
	if err != nil {
		return m, fmt.Errorf("open the backup: %w", err)
	}
	u := unpacker{dir: dir, snapshots: snapshots, most: at.Size(), have: map[string]Member{}}
	if m, err = u.all(ctx, tar.NewReader(f)); err != nil {
		return m, err
	}
	if err := u.compare(m); err != nil {
		return m, err
	}
	return m, usable(ctx, dir, m)
}

type unpacker struct {
	dir       string
	snapshots bool
	most      int64 // bytes of the archive: no member has more, though a sparse one says so
	have      map[string]Member
	day       string // folder of snapshots that was made last
}

func broken(format string, args ...any) error {
	return models.Errorf(models.Invalid, "this is no whole backup, take another one: "+format, args...)
}

func (u *unpacker) all(ctx context.Context, in *tar.Reader) (Manifest, error) {
	for {
		h, err := in.Next()
		if err != nil {
			return Manifest{}, broken("it ends too early or is damaged (%v)", err)
		}
		if err := ctx.Err(); err != nil {
			return Manifest{}, err
		}
		if h.Name == manifestMember {
			return readManifest(in, h)
		}
		if err := u.one(in, h); err != nil {
			return Manifest{}, err
		}
	}
}

func readManifest(in *tar.Reader, h *tar.Header) (m Manifest, err error) {
	if h.Size > maxManifest {
		return m, broken("its manifest has %d bytes", h.Size)
	}
	b, err := io.ReadAll(io.LimitReader(in, maxManifest))
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil {
		return m, broken("its manifest cannot be read (%v)", err)
	}
	if _, err := in.Next(); !errors.Is(err, io.EOF) {
		return m, broken("something comes after its end")
	}
	if m.Format != backupFormat {
		return m, models.Errorf(models.Unavailable, "the backup has the format %d, this program knows %d: install the newer program", m.Format, backupFormat)
	}
	return m, nil
}

// known tells whether a backup has members of that name, and how many bytes such a one may have. Nothing else is ever
// written, so no name leads out of the folder.
func known(name string) (limit int64, ok bool) {
	switch name {
	case databaseFile:
		return 1 << 50, true
	case keyFile:
		return keySize, true
	}
	parts := strings.Split(name, "/")
	if len(parts) != 3 || parts[0] != snapshotFolder {
		return 0, false
	}
	made, ok := timeOf(parts[2])
	return MaxSnapshot, ok && models.ValidID(parts[2]) && made.Format(time.DateOnly) == parts[1]
}

func (u *unpacker) one(in *tar.Reader, h *tar.Header) error {
	limit, ok := known(h.Name)
	_, twice := u.have[h.Name]
	if !ok || twice || h.Typeflag != tar.TypeReg || h.Size < 0 || h.Size > min(limit, u.most) {
		return broken("a member %.80q does not belong into it", h.Name)
	}
	sum := sha256.New()
	if err := u.write(h.Name, io.TeeReader(in, sum)); err != nil {
		return err
	}
	u.have[h.Name] = Member{Name: h.Name, Size: h.Size, SHA256: hex.EncodeToString(sum.Sum(nil))}
	return nil
}

// write brings one member to the disk, or only reads it.
func (u *unpacker) write(name string, in io.Reader) error {
	if strings.HasPrefix(name, snapshotFolder) && !u.snapshots {
		return u.copy(name, io.Discard, in)
	}
	mode := os.FileMode(0o600)
	if dir := path.Dir(name); dir != "." {
		mode = 0o640
		if dir != u.day {
			u.day = dir
			if err := os.MkdirAll(filepath.Join(u.dir, dir), 0o750); err != nil {
				return fmt.Errorf("unpack %s: %w", name, err)
			}
		}
	}
	f, err := os.OpenFile(filepath.Join(u.dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", name, err)
	}
	if err := u.copy(name, f, in); err != nil {
		return errors.Join(err, f.Close())
	}
	return wrap("unpack "+name, errors.Join(f.Sync(), f.Close()))
}

// copy tells a disk that is full from an archive that is damaged: the reader is the archive's.
func (u *unpacker) copy(name string, to io.Writer, in io.Reader) error {
	r := &noting{Reader: in}
	_, err := io.Copy(to, r)
	switch {
	case r.err != nil:
		return broken("%s cannot be read to its end (%v)", name, r.err)
	case err != nil:
		return fmt.Errorf("unpack %s: %w", name, err)
	}
	return nil
}

// noting remembers how reading failed.
type noting struct {
	io.Reader
	err error
}

func (n *noting) Read(b []byte) (int, error) {
	k, err := n.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		n.err = err
	}
	return k, err
}

// compare holds what was read against the manifest.
func (u *unpacker) compare(m Manifest) error {
	for _, member := range m.Members {
		if u.have[member.Name] != member {
			return broken("%.80s is not what the manifest says", member.Name)
		}
	}
	_, database := u.have[databaseFile]
	_, key := u.have[keyFile]
	if len(m.Members) != len(u.have) || !database || !key {
		return broken("the manifest says of %d members, there are %d", len(m.Members), len(u.have))
	}
	return nil
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
	p, err := migrations(db)
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
