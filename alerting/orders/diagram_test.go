package orders

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryPageDrawsTheMachine holds the state diagrams of the repository's pages to the machine.
func TestEveryPageDrawsTheMachine(t *testing.T) {
	pages, err := filepath.Glob("../../*.md")
	require.NoError(t, err)
	drawn := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		if strings.Contains(string(text), "stateDiagram-v2") {
			drawn++
			require.Contains(t, string(text), Diagram(), "%s: the diagram of orders is stale, put this one", page)
		}
	}
	require.Equal(t, 2, drawn, "both READMEs draw the states of orders")
}
