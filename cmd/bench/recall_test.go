package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestVariantsAreTheMatrix(t *testing.T) {
	names := map[string]bool{}
	for _, v := range variants() {
		require.False(t, names[v.String()])
		names[v.String()] = true
	}
	for _, name := range []string{"h264-cbr384-gop1s", "h264-cbr384-gop8s-night", "h264-qp28-gop1s", "h264-qp28-gop8s-night", "h265-cbr384-gop2s"} {
		require.True(t, names[name], name)
	}
}

func TestUnitsComeByTheClock(t *testing.T) {
	v := variant{Codec: models.H264, GOP: time.Second}
	b := benchHere(t, io.Discard)
	source, err := b.footage("vtest.avi")
	skipMissing(t, err)
	film, err := v.film(t.Context(), t.TempDir(), recallClip{name: "vtest", file: "vtest.avi", length: 3}, source)
	skipMissing(t, err)
	n := 0
	for u := range units("c", v.Codec, film, recallBegin) {
		require.Equal(t, uint64(n+1), u.Seq)
		require.Equal(t, n%10 == 0, u.Key, "unit %d", n)
		require.Equal(t, recallBegin.Add(time.Duration(n)*100*time.Millisecond), u.ReceivedAt)
		n++
	}
	require.Equal(t, 30, n)
}

// With the real pixel worker and its network: what is found without a gate is found with it. The whole matrix is `bench recall`.
func TestTheGateLosesNothing(t *testing.T) {
	for _, only := range []recallCmd{
		{Clip: "vtest", Variant: "h264-cbr384-gop1s"},
		{Clip: "tree", Variant: "h264-qp28-gop8s"},
		{Clip: "car", Variant: "h264-cbr384-gop8s"},
	} {
		t.Run(only.Clip, func(t *testing.T) {
			var out bytes.Buffer
			b := benchHere(t, &out)
			err := only.Run(b)
			skipMissing(t, err)
			require.NoError(t, err)
			var last recallTotal
			for lines := bufio.NewScanner(&out); lines.Scan(); {
				last = recallTotal{}
				require.NoError(t, json.Unmarshal(lines.Bytes(), &last))
			}
			require.Equal(t, "recall", last.Bench)
			require.Positive(t, last.Clips)
			require.Zero(t, last.Missed)
			require.Equal(t, last.Expected, last.Found+last.MissedUntrue)
		})
	}
}

func benchHere(t *testing.T, out io.Writer) *bench {
	root, err := repository()
	require.NoError(t, err)
	return &bench{ctx: t.Context(), root: root, bin: root + "/bin", json: true, out: out, err: io.Discard}
}

func skipMissing(t *testing.T, err error) {
	t.Helper()
	var without missing
	if errors.As(err, &without) {
		t.Skip(err)
	}
}
