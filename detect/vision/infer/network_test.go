//go:build cgo

package infer

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/detect/vision/clips"
	"zhihui/detect/vision/decode"
	"zhihui/detect/visionpb"
	"zhihui/models"
)

// network opens the best network of dir, or skips where ONNX Runtime was not fetched.
func network(t testing.TB, dir string) *Network {
	library := filepath.Join(clips.Root(), ".cache", "onnxruntime", "libonnxruntime.so.1")
	if _, err := os.Stat(library); err != nil {
		t.Skip("ONNX Runtime is not there: models/weights/fetch-onnxruntime.sh fetches it")
	}
	require.NoError(t, Start(library))
	t.Cleanup(func() { require.NoError(t, Stop()) })
	m, _, err := Choose(dir)
	require.NoError(t, err)
	n, err := Open(m)
	require.NoError(t, err)
	t.Cleanup(n.Close)
	return n
}

func weights() string { return filepath.Join(clips.Root(), "models", "weights") }

// place decodes the first picture of a clip and puts it before the network.
func place(t testing.TB, n *Network, clip, filter string) {
	units := clips.Units(t, clip, "a", models.H264, "1", filter)
	d, err := decode.Open(models.H264)
	require.NoError(t, err)
	defer d.Close()
	_, err = d.Decode(visionpb.AnnexB(units[0].NALUs), true)
	require.NoError(t, err)
	pixels, stride, w, h := n.Place(d.Size())
	require.NoError(t, d.BGR(pixels, stride, w, h))
}

func count(list []models.Object) map[string]int {
	out := map[string]int{}
	for _, o := range list {
		out[o.Label]++
	}
	return out
}

func TestNanodetFindsThePeopleOfTheScene(t *testing.T) {
	n := network(t, weights())
	place(t, n, "vtest.avi", "")
	found, err := n.Find()
	require.NoError(t, err)
	t.Log(found)
	require.GreaterOrEqual(t, count(found)["person"], 3)
	for _, o := range found {
		require.True(t, o.Box.X >= 0 && o.Box.X+o.Box.W <= 1.0001 && o.Box.Y+o.Box.H <= 1.0001 && o.Score >= 0.45 && o.Score <= 1)
	}
	n.Place(640, 480)
	place(t, n, "vtest.avi", "")
	again, err := n.Find()
	require.NoError(t, err)
	require.Equal(t, found, again, "another shape in between leaves nothing behind")
}

func TestYoloxIsPreferredWhereItLies(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"nanodet_g.yml", "nanodet_g.onnx", "yolox_nano.yml"} {
		require.NoError(t, os.Symlink(filepath.Join(weights(), name), filepath.Join(dir, name)))
	}
	require.NoError(t, os.Symlink(clips.Path(t, "yolox_nano.onnx"), filepath.Join(dir, "yolox_nano.onnx")))
	n := network(t, dir)
	require.Equal(t, "yolox_nano", n.Name())
	place(t, n, "vtest.avi", "")
	found, err := n.Find()
	require.NoError(t, err)
	t.Log(found)
	require.GreaterOrEqual(t, count(found)["person"], 3)
}

func TestOpenRefusesANetworkThatIsNotAsItsManifestSays(t *testing.T) {
	network(t, weights())
	for name, edit := range map[string]func(*Manifest){
		"input":   func(m *Manifest) { m.Input.Name = "images" },
		"decoder": func(m *Manifest) { m.Decoder = "yolox" },
		"sha256":  func(m *Manifest) { m.SHA256 = "00" },
	} {
		m, _, err := Choose(weights())
		require.NoError(t, err)
		edit(m)
		_, err = Open(m)
		require.Equal(t, models.Invalid, models.CodeOf(err), name)
	}
}

func TestStartSaysWhatIsMissing(t *testing.T) {
	require.ErrorContains(t, Start(filepath.Join(t.TempDir(), "none.so")), "ONNX Runtime")
	junk := filepath.Join(t.TempDir(), "junk.so")
	require.NoError(t, os.WriteFile(junk, []byte("no library"), 0o600))
	require.ErrorContains(t, Start(junk), "ONNX Runtime")
}

func BenchmarkFind(b *testing.B) {
	n := network(b, weights())
	place(b, n, "vtest.avi", "")
	for b.Loop() {
		if _, err := n.Find(); err != nil {
			b.Fatal(err)
		}
	}
}
