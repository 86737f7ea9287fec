package web

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFilesBeginInsideDist(t *testing.T) {
	entries, err := fs.ReadDir(Files(), ".")
	require.NoError(t, err)
	require.NotEmpty(t, entries)
	for _, e := range entries {
		require.NotEqual(t, "dist", e.Name())
	}
}

func TestBuiltPagesNeedNoInlineScript(t *testing.T) {
	if !Built() {
		t.Skip("the pages are not built: npm run build")
	}
	page, err := fs.ReadFile(Files(), "index.html")
	require.NoError(t, err)
	for _, tag := range strings.Split(string(page), "<script")[1:] {
		head, body, _ := strings.Cut(tag, ">")
		require.Contains(t, head, " src=", "a content security policy without unsafe-inline refuses this script")
		require.True(t, strings.HasPrefix(body, "</script>"), "no code may stand inside the page")
	}
}
