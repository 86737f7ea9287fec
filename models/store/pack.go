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
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// pack writes the archive and brings it to the disk. The database was copied before the snapshots are listed, and a picture
// is on the disk before a row names it: so every picture of a row is in it.
func pack(ctx context.Context, work, snapshots, to string, m *Manifest, tell func(string)) (err error) {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("make the archive: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	p := packer{ctx: ctx, tar: tar.NewWriter(f), manifest: m, tell: tell, told: time.Now()}
	for _, name := range []string{databaseFile, keyFile} {
		if err := p.add(name, filepath.Join(work, name)); err != nil {
			return err
		}
	}
	if err := p.addSnapshots(snapshots); err != nil {
		return err
	}
	b, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	if err := p.header(manifestMember, int64(len(b))); err != nil {
		return err
	}
	if _, err := p.tar.Write(b); err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	return wrap("finish the archive", errors.Join(p.tar.Close(), f.Sync()))
}

type packer struct {
	ctx      context.Context
	tar      *tar.Writer
	manifest *Manifest
	tell     func(string)
	told     time.Time
}

func (p *packer) header(name string, size int64) error {
	h := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: p.manifest.MadeAt.Std(), Format: tar.FormatPAX}
	return wrap("write "+name, p.tar.WriteHeader(h))
}

func (p *packer) add(name, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("back up %s: %w", name, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("back up %s: %w", name, err)
	}
	if err := p.header(name, info.Size()); err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(p.tar, sum), f); err != nil {
		return fmt.Errorf("back up %s: %w", name, err)
	}
	p.manifest.Members = append(p.manifest.Members, Member{Name: name, Size: info.Size(), SHA256: hex.EncodeToString(sum.Sum(nil))})
	return nil
}

func (p *packer) addSnapshots(dir string) error {
	return filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err == nil {
			err = p.ctx.Err()
		}
		if errors.Is(err, fs.ErrNotExist) || err == nil && (d.IsDir() || !d.Type().IsRegular() || strings.HasPrefix(d.Name(), ".")) {
			return nil // a folder that was pruned meanwhile, or a picture that is not whole yet
		}
		if err != nil {
			return err
		}
		if time.Since(p.told) > time.Second {
			p.told = time.Now()
			p.tell(fmt.Sprintf("%d snapshots", len(p.manifest.Members)))
		}
		name := path.Join(snapshotFolder, filepath.Base(filepath.Dir(file)), d.Name())
		if _, ours := known(name); !ours {
			return nil // what somebody has left here would make the whole backup one that no restore takes
		}
		err = p.add(name, file)
		if errors.Is(err, fs.ErrNotExist) { // pruned meanwhile
			return nil
		}
		return err
	})
}
