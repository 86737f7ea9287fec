package store

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// packed is an archive of these members, in pairs of name and content.
func packed(t testing.TB, members ...string) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i+1 < len(members); i += 2 {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: members[i], Size: int64(len(members[i+1])), Mode: 0o600}))
		_, err := w.Write([]byte(members[i+1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// sparse is an archive of 3 kB with a database that says that it has a terabyte of nothing.
func sparse(t testing.TB) []byte {
	records := ""
	for _, r := range []string{"GNU.sparse.major=0", "GNU.sparse.minor=1", "GNU.sparse.name=" + databaseFile, "GNU.sparse.size=1099511627776", "GNU.sparse.numblocks=1", "GNU.sparse.map=0,1"} {
		n := len(r) + 3
		n += len(fmt.Sprint(n)) - 1
		records += fmt.Sprintf("%d %s\n", n, r)
	}
	b := packed(t, "PaxHeaders/x", records, databaseFile, "x")
	b[156] = tar.TypeXHeader
	copy(b[148:], "        ")
	sum := 0
	for _, c := range b[:512] {
		sum += int(c)
	}
	copy(b[148:], fmt.Sprintf("%06o\x00 ", sum))
	return b
}

// A small file does not fill the disk.
func TestABackupThatSaysItIsBig(t *testing.T) {
	h, err := tar.NewReader(bytes.NewReader(sparse(t))).Next()
	require.NoError(t, err)
	require.Equal(t, int64(1)<<40, h.Size)
	file := filepath.Join(t.TempDir(), "b.tar")
	require.NoError(t, os.WriteFile(file, sparse(t), 0o600))
	_, err = VerifyBackup(t.Context(), file)
	require.ErrorContains(t, err, "does not belong")
}

// Whatever an archive holds, nothing is written but what a backup has, and no bigger than it may be.
func FuzzUnpack(f *testing.F) {
	manifest := `{"format":1,"members":[]}`
	f.Add(packed(f, databaseFile, "x", keyFile, "y", manifestMember, manifest))
	f.Add(packed(f, "../../etc/passwd", "x", manifestMember, manifest))
	f.Add(packed(f, "/"+databaseFile, "x"))
	f.Add(packed(f, snapshotFolder+"/2026-05-01/01JT4Z9R00000000000000000A", "jpeg", manifestMember, "{"))
	f.Add(packed(f, snapshotFolder+"/../key", "x"))
	f.Add(sparse(f))
	f.Fuzz(func(t *testing.T, archive []byte) {
		top := t.TempDir()
		dir := filepath.Join(top, "in")
		require.NoError(t, os.Mkdir(dir, 0o700))
		u := unpacker{dir: dir, snapshots: true, most: int64(len(archive)), have: map[string]Member{}}
		m, err := u.all(t.Context(), tar.NewReader(bytes.NewReader(archive)))
		if err == nil {
			_ = u.compare(m)
		}
		require.NoError(t, filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			name, err := filepath.Rel(dir, path)
			require.NoError(t, err)
			_, ok := known(filepath.ToSlash(name))
			require.True(t, ok, name)
			require.True(t, d.Type().IsRegular())
			return nil
		}))
	})
}
