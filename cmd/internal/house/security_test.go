package house

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the page about security says is held by a test is held by one that is there.
func TestThePageAboutSecurityIsTrue(t *testing.T) {
	there := map[string]bool{}
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && s.test() {
				there[f.Name.Name] = true
			}
		}
	}
	walk(t, func(path string) { there[filepath.Base(path)] = true })
	page, err := os.ReadFile(filepath.Join(root, ".github/SECURITY.md"))
	require.NoError(t, err)
	named := regexp.MustCompile("`((?:Test|Fuzz)\\w+|[\\w./-]+\\.(?:go|ts|sh))`").FindAllStringSubmatch(string(page), -1)
	require.Greater(t, len(named), 50)
	for _, m := range named {
		name := m[1]
		if strings.Contains(name, "/") {
			_, err := os.Stat(filepath.Join(root, name))
			there[name] = err == nil
		}
		if !there[name] {
			t.Errorf("%s is gone, and the page about security names it", name)
		}
	}
}
