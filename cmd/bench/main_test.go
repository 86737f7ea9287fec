package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// TestMain is bare clients too: ingest starts itself for them.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "plain" {
		main()
	}
	goleak.VerifyTestMain(m)
}

// said runs the command and returns its exit code, its results and its notes.
func said(args ...string) (code int, out, notes string) {
	var o, e bytes.Buffer
	code = run(args, &o, &e)
	return code, o.String(), e.String()
}

func TestExitCodes(t *testing.T) {
	code, out, _ := said("--help")
	require.Equal(t, 0, code)
	require.Contains(t, out, "reconnect")
	require.NotContains(t, out, "plain", "it is ours alone")
	code, out, notes := said("fly")
	require.Equal(t, 2, code)
	require.Empty(t, out)
	require.Contains(t, notes, "fly")
	for _, name := range []string{"ingest", "relay", "reconnect", "scale", "growth"} {
		code, out, notes = said(name, "--json", "--bin", t.TempDir())
		require.Equal(t, 3, code, notes)
		require.Empty(t, out)
		require.Contains(t, notes, "is not", "%s names what is missing", name)
	}
}

func TestMissingPartsAreNamed(t *testing.T) {
	b := &bench{root: t.TempDir(), bin: t.TempDir()}
	t.Setenv("ZHIHUI_SHARED", t.TempDir())
	t.Setenv("PATH", t.TempDir())
	_, noBinary := b.binary("zhihui")
	_, noLibrary := b.onnxRuntime()
	_, noClip := b.footage("nothing.avi")
	_, noPeer := peer("motion")
	for _, err := range []error{noBinary, noLibrary, noClip, noPeer} {
		var m missing
		require.ErrorAs(t, err, &m)
		require.Regexp(t, `make|install`, string(m), "it says what to do")
	}
}

func TestPrint(t *testing.T) {
	var out bytes.Buffer
	b := &bench{out: &out, json: true}
	r := &relayed{Bench: "relay", Cameras: 2, Ours: 0.5}
	require.NoError(t, b.print(r))
	require.Equal(t, 1, bytes.Count(out.Bytes(), []byte("\n")), "one line")
	require.JSONEq(t, `{"bench":"relay","cameras":2,"cores_main":0.5,"cores_go2rtc":0,"cores_sim":0,"rss_mb":0,"rss_go2rtc_mb":0}`, out.String())
	out.Reset()
	b.json = false
	require.NoError(t, b.print(r))
	require.Regexp(t, `(?m)^cores +0\.5 +0 +0`, out.String())
}
