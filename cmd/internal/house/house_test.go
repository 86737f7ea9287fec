// Package house holds the rules of the house that a machine can check: who may import whom, which folders there are,
// how long a file may be, which words are not used.
package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../../.."

// source is one Go file: its path from the root, its imports, its syntax.
type source struct {
	path    string
	imports []string
	file    *ast.File
	lines   int
}

func (s source) test() bool      { return strings.HasSuffix(s.path, "_test.go") }
func (s source) generated() bool { return ast.IsGenerated(s.file) }
func (s source) in(dir string) bool {
	return strings.HasPrefix(filepath.Dir(s.path)+"/", dir+"/")
}

// walk calls f with each tracked-looking file below the root: no dot-folders, no installed packages.
func walk(t *testing.T, f func(path string)) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && rel != "." && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "dist" || rel == "bin") {
			return filepath.SkipDir
		}
		if !d.IsDir() {
			f(rel)
		}
		return nil
	}))
}

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	set := token.NewFileSet()
	walk(t, func(path string) {
		if !strings.HasSuffix(path, ".go") {
			return
		}
		file, err := parser.ParseFile(set, filepath.Join(root, path), nil, parser.ParseComments)
		require.NoError(t, err)
		s := source{path: path, file: file, lines: set.File(file.Pos()).LineCount()}
		for _, i := range file.Imports {
			s.imports = append(s.imports, strings.Trim(i.Path.Value, `"`))
		}
		all = append(all, s)
	})
	require.NotEmpty(t, all)
	return all
}

// below tells whether the import path is pkg or a package below it.
func below(path, pkg string) bool { return path == pkg || strings.HasPrefix(path, pkg+"/") }

func TestSiblingsDoNotImportEachOther(t *testing.T) {
	siblings := []string{"ingest", "detect", "alerting", "dashboard"}
	for _, s := range sources(t) {
		for _, own := range siblings {
			if !s.in(own) {
				continue
			}
			for _, i := range s.imports {
				for _, other := range append([]string{"configs", "cmd"}, siblings...) {
					if other != own && below(i, "zhihui/"+other) {
						t.Errorf("%s imports %s: only cmd wires the siblings together", s.path, i)
					}
				}
			}
		}
	}
}

func TestModelsStandAlone(t *testing.T) {
	for _, s := range sources(t) {
		if !s.in("models") {
			continue
		}
		for _, i := range s.imports {
			outside := strings.Contains(strings.SplitN(i, "/", 2)[0], ".")
			if filepath.Dir(s.path) == "models" && !s.test() && (outside || strings.HasPrefix(i, "zhihui")) {
				t.Errorf("%s imports %s: the language uses the standard library only", s.path, i)
			}
			if strings.HasPrefix(i, "zhihui/") && !below(i, "zhihui/models") {
				t.Errorf("%s imports %s: models know nothing of who uses them", s.path, i)
			}
		}
	}
}

func TestConfigsAreReadByCmdAlone(t *testing.T) {
	for _, s := range sources(t) {
		for _, i := range s.imports {
			if below(i, "zhihui/configs") && !s.in("cmd") && !s.in("configs") {
				t.Errorf("%s imports %s: each package owns its own Config", s.path, i)
			}
		}
	}
}

// TestOneImporter keeps each outside world behind one door; tests are free, and so are the simulated site, which is another
// world, and the benchmarks, to which a library is a peer.
func TestOneImporter(t *testing.T) {
	doors := map[string]string{
		"github.com/bluenviron/gortsplib":     "ingest/rtsp",
		"github.com/eclipse/paho.mqtt.golang": "ingest/mqtt",
		"gocv.io/x/gocv":                      "detect/vision/cv",
		"github.com/yalue/onnxruntime_go":     "detect/vision/infer",
		"github.com/nats-io":                  "models/bus",
		"github.com/uptrace/bun":              "models/store",
		"modernc.org/sqlite":                  "models/store",
		"github.com/gin-gonic/gin":            "dashboard",
	}
	for _, s := range sources(t) {
		if s.test() || s.in("cmd/sitesim") || s.in("cmd/bench") {
			continue
		}
		for _, i := range s.imports {
			for lib, door := range doors {
				if below(i, lib) && !s.in(door) {
					t.Errorf("%s imports %s: only %s does", s.path, i, door)
				}
			}
		}
	}
}

func TestTopLevelNamesAreFixed(t *testing.T) {
	want := map[string]bool{}
	for _, n := range strings.Fields("cmd ingest detect alerting dashboard models configs bin Makefile LICENSE README.md README.zh-CN.md go.mod go.sum") {
		want[n] = true
	}
	entries, err := os.ReadDir(root)
	require.NoError(t, err)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !want[e.Name()] {
			t.Errorf("%s: the top-level names are fixed", e.Name())
		}
	}
}

func TestFilesStayReadable(t *testing.T) {
	for _, s := range sources(t) {
		if s.lines > 500 && !s.generated() {
			t.Errorf("%s has %d lines, more than 500: it is two things in one room", s.path, s.lines)
		}
	}
}

// TestWords refuses type names that say nothing.
func TestWords(t *testing.T) {
	empty := regexp.MustCompile(`(Manager|Helper|Util|Utils|Common|Info|Data)$`)
	for _, s := range sources(t) {
		if s.generated() {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if d, ok := n.(*ast.TypeSpec); ok && empty.MatchString(d.Name.Name) {
				t.Errorf("%s: type %s: say what it is", s.path, d.Name.Name)
			}
			return true
		})
	}
}

// TestPackagesSayWhatLiesWhere holds that each package says what it is, and that the files it points to are there.
func TestPackagesSayWhatLiesWhere(t *testing.T) {
	said := map[string]bool{}
	named := regexp.MustCompile(`[a-z0-9_./]*[a-z0-9_]\.go\b`)
	for _, s := range sources(t) {
		dir := filepath.Dir(s.path)
		if said[dir] = said[dir] || s.file.Doc != nil; s.file.Doc == nil || s.generated() {
			continue
		}
		for _, name := range named.FindAllString(s.file.Doc.Text(), -1) {
			from := filepath.Join(root, dir)
			if strings.Contains(name, "/") {
				from = root
			}
			_, err := os.Stat(filepath.Join(from, name))
			require.NoError(t, err, "%s says that there is %s", s.path, name)
		}
	}
	for dir, ok := range said {
		require.True(t, ok, "%s: what is this package?", dir)
	}
}
