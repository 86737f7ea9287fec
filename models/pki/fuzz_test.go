package pki

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever the files hold: an error that names one of them, or a certificate that can be shown.
func FuzzFiles(f *testing.F) {
	ca, made := authority(f, noon)
	leaf, err := ca.Server([]string{"hall.lan"}, noon)
	require.NoError(f, err)
	f.Add(leaf.Cert, leaf.Key, made.Cert)
	f.Add(made.Cert, made.Key, made.Cert)
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"), leaf.Key, []byte{})
	f.Fuzz(func(t *testing.T, cert, key, pool []byte) {
		dir := t.TempDir()
		files := Files{Cert: filepath.Join(dir, "c.pem"), Key: filepath.Join(dir, "c.key"), CA: filepath.Join(dir, "ca.pem")}
		for name, text := range map[string][]byte{files.Cert: cert, files.Key: key, files.CA: pool} {
			require.NoError(t, os.WriteFile(name, text, 0o600))
		}
		p, err := files.read()
		if err != nil {
			require.Contains(t, err.Error(), dir)
		} else {
			require.NotNil(t, p.cert.Leaf)
			_ = p.timely(noon)
		}
		if a, err := ReadCA(cert, key); err == nil {
			_, err = a.Client("probe", noon)
			_ = err // a foreign authority may be confined or too old
		}
	})
}
