//go:build cgo

package infer

import (
	"bytes"
	"image"
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

// scaled decodes the first picture of a clip and scales it as the network wants it.
func scaled(t testing.TB, n *Network, clip, filter string) Picture {
	units := clips.Units(t, clip, "a", models.H264, "1", filter)
	d, err := decode.Open(models.H264)
	require.NoError(t, err)
	defer d.Close()
	_, err = d.Decode(visionpb.AnnexB(units[0].NALUs), true)
	require.NoError(t, err)
	size := n.Fit(d.Size())
	p := Picture{Pixels: make([]byte, 3*size.X*size.Y), Size: size}
	require.NoError(t, d.BGR(p.Pixels, 3*size.X, size.X, size.Y))
	return p
}

// find looks at the whole of a picture.
func find(t testing.TB, n *Network, p Picture) []models.Object {
	found, err := n.Find(p, []image.Rectangle{{Max: p.Size}})
	require.NoError(t, err)
	require.False(t, found.Cut, "a whole picture has no inner edges")
	return found.Objects
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
	p := scaled(t, n, "vtest.avi", "")
	found := find(t, n, p)
	t.Log(found)
	require.GreaterOrEqual(t, count(found)["person"], 3)
	for _, o := range found {
		require.True(t, o.Box.X >= 0 && o.Box.X+o.Box.W <= 1.0001 && o.Box.Y+o.Box.H <= 1.0001 && o.Score >= 0.45 && o.Score <= 1)
	}
	white := Picture{Pixels: bytes.Repeat([]byte{255}, 3*340*256), Size: image.Pt(340, 256)}
	require.Empty(t, find(t, n, white))
	require.Equal(t, found, find(t, n, p), "another shape in between leaves nothing behind")
}

func TestYoloxIsPreferredWhereItLies(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"nanodet_g.yml", "nanodet_g.onnx", "yolox_nano.yml"} {
		require.NoError(t, os.Symlink(filepath.Join(weights(), name), filepath.Join(dir, name)))
	}
	require.NoError(t, os.Symlink(clips.Path(t, "yolox_nano.onnx"), filepath.Join(dir, "yolox_nano.onnx")))
	n := network(t, dir)
	require.Equal(t, "yolox_nano", n.Name())
	found := find(t, n, scaled(t, n, "vtest.avi", ""))
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
	p := scaled(b, n, "vtest.avi", "")
	for b.Loop() {
		find(b, n, p)
	}
}
