package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// shell runs commands of one installation in a folder of its own.
type shell struct {
	t   *testing.T
	dir string
}

func newShell(t *testing.T) shell {
	s := shell{t, t.TempDir()}
	s.file("zhihui.yml", "store: {dir: "+filepath.Join(s.dir, "data")+"}\n")
	return s
}

func (s shell) file(name, text string) string {
	name = filepath.Join(s.dir, name)
	require.NoError(s.t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

// run returns the exit code and what was printed, on both outputs.
func (s shell) run(in string, args ...string) (int, string) {
	var out bytes.Buffer
	code := run(args, world{strings.NewReader(in), &out, &out})
	return code, strings.ReplaceAll(out.String(), s.dir+"/", "")
}

func (s shell) config() string { return "--config=" + filepath.Join(s.dir, "zhihui.yml") }

const site = `name: s
areas: [{id: a, name: a, kind: street}]
cameras:
  - {id: gate, name: gate, area: a, url: "rtsp://192.0.2.1/live", username: u, password: top-secret}
`

func TestCheckNamesFaultsAndFails(t *testing.T) {
	s := newShell(t)
	good, bad := s.file("site.yml", site), s.file("bad.yml", "lissen: x\nstore: {dir: [1]}\n")
	code, said := s.run("", "check", good, bad, filepath.Join(s.dir, "none.yml"))
	require.Equal(t, 1, code)
	require.Equal(t, []string{
		"site.yml: ok",
		`bad.yml:1:1: unknown field "lissen": there is no such key here, remove it or mend its spelling`,
		"bad.yml:2:14: this is a list, write text",
		"cannot read stat none.yml: no such file or directory",
	}, strings.Split(strings.TrimSpace(said), "\n"))
	code, _ = s.run("", "check", good)
	require.Equal(t, 0, code)
}

func TestSiteApply(t *testing.T) {
	s := newShell(t)
	file := s.file("site.yml", site)
	for _, step := range []struct {
		args []string
		want string
	}{
		{[]string{"--dry-run"}, "+ site site\n+ area a\n+ camera gate\n"},
		{nil, "+ site site\n+ area a\n+ camera gate\n"}, // the dry run has written nothing
		{nil, "nothing differs\n"},
	} {
		code, said := s.run("", append([]string{"site", "apply", s.config(), file}, step.args...)...)
		require.Equal(t, 0, code, said)
		require.Equal(t, step.want, said)
	}
	less := s.file("less.yml", "name: other\nareas: [{id: a, name: b, kind: street}]\n")
	code, said := s.run("", "site", "apply", s.config(), less, "--dry-run")
	require.Equal(t, 0, code)
	require.Equal(t, "~ site site\n~ area a\n- camera gate\n", said)
	wrong := s.file("wrong.yml", strings.Replace(site, "192.0.2.1", "u:top-secret@192.0.2.1", 1))
	code, said = s.run("", "site", "apply", s.config(), wrong)
	require.Equal(t, 1, code)
	require.Contains(t, said, "cameras[0].url: ")
	require.NotContains(t, said, "top-secret")
}

func TestArgumentsThatAreNoCommand(t *testing.T) {
	s := newShell(t)
	code, _ := s.run("", "fly")
	require.Equal(t, 2, code)
	code, said := s.run("", "--version")
	require.Equal(t, 0, code)
	require.Equal(t, version+"\n", said)
	code, said = s.run("", "serve", "--config", s.file("typo.yml", "stroe: {}\n"))
	require.Equal(t, 1, code)
	require.Contains(t, said, `typo.yml:1:1: unknown field "stroe"`)
}
