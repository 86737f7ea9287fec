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
