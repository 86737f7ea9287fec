package infer

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

const manifest = `name: NAME
file: NAME.onnx
sha256: SUM
decoder: nanodet
input: {name: input, width: 416, height: 256}
mean: [0, 0, 0]
scale: [1, 1, 1]
labels: {0: person}
threshold: 0.5
nms: 0.5
cost_ms: COST
`

// put writes a network of some bytes and its manifest; edit changes the manifest's text.
func put(t *testing.T, dir, name, cost string, edit ...string) {
	network := []byte("network " + name)
	text := strings.NewReplacer("NAME", name, "SUM", fmt.Sprintf("%x", sha256.Sum256(network)), "COST", cost).Replace(manifest)
	require.NoError(t, os.WriteFile(filepath.Join(dir, name+".onnx"), network, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, name+".yml"), []byte(strings.NewReplacer(edit...).Replace(text)), 0o600))
}

func TestChooseTakesTheCheapestThatIsThere(t *testing.T) {
	_, _, err := Choose("")
	require.ErrorContains(t, err, "no folder of networks", "and not whatever lies in the working folder")
	dir := t.TempDir()
	_, _, err = Choose(dir)
	require.Equal(t, models.Unavailable, models.CodeOf(err))
	put(t, dir, "slow", "50")
	put(t, dir, "fast", "20")
	put(t, dir, "absent", "1")
	require.NoError(t, os.Remove(filepath.Join(dir, "absent.onnx")))
	m, faults, err := Choose(dir)
	require.NoError(t, err)
	require.Empty(t, faults, "an absent network is no fault")
	require.Equal(t, "fast", m.Name)
}

func TestChooseNamesWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct{ old, new, says string }{
		"another file":      {"sha256: ", "sha256: 00", "sha256"},
		"changed network":   {"network", "network", "another file"},
		"unknown decoder":   {"nanodet", "ssd", "decoder"},
		"unknown key":       {"nms:", "nmss:", "nmss"},
		"not YAML":          {"name:", "\t{", "is not a manifest"},
		"a folder's escape": {"file: bad.onnx", "file: ../bad.onnx", "file"},
		"odd width":         {"416", "417", "input"},
		"huge width":        {"416", "41600", "input"},
		"no scale":          {"scale: [1, 1, 1]", "scale: [1, 0, 1]", "scale"},
		"not a label":       {"person", "suitcase", "labels"},
		"no labels":         {"{0: person}", "{}", "labels"},
		"threshold":         {"threshold: 0.5", "threshold: .nan", "threshold"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, "bad", "1", c.old, c.new)
			if name == "changed network" {
				require.NoError(t, os.WriteFile(filepath.Join(dir, "bad.onnx"), []byte("x"), 0o600))
			}
			_, faults, err := Choose(dir)
			require.Equal(t, models.Unavailable, models.CodeOf(err))
			require.Len(t, faults, 1)
			require.Contains(t, faults[0], c.says)
			put(t, dir, "good", "9")
			m, faults, err := Choose(dir)
			require.NoError(t, err, "a faulty one does not hide the others")
			require.Equal(t, "good", m.Name)
			require.Len(t, faults, 1)
		})
	}
}

func TestTheManifestsOfTheRepositoryAreValid(t *testing.T) {
	m, faults, err := Choose(filepath.Join("..", "..", "..", "models", "weights"))
	require.NoError(t, err)
	require.Empty(t, faults)
	require.Equal(t, "nanodet_g", m.Name)
}

func FuzzManifest(f *testing.F) {
	f.Add(manifest)
	f.Fuzz(func(t *testing.T, text string) {
		file := filepath.Join(t.TempDir(), "a.yml")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		if m, err := read(file); err == nil && m != nil {
			require.NoError(t, m.Validate())
		}
	})
}
