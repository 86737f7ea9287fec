package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCompare(t *testing.T) {
	var notes bytes.Buffer
	d := &bed{bench: &bench{err: &notes}}
	given := map[string]int64{"a": 100, "b": 50, "c": 7}
	sent, accepted, lost, err := d.compare([]string{"a", "b"}, given, map[string]int64{"a": 100, "b": 48, "c": 1})
	require.NoError(t, err)
	require.Equal(t, []int64{150, 148, 2}, []int64{sent, accepted, lost}, "c does not count here")
	require.Equal(t, "bench: camera b: 2 of 50 units are lost\n", notes.String())
	_, _, _, err = d.compare([]string{"a"}, given, map[string]int64{"a": 101})
	require.ErrorContains(t, err, "camera a has sent 100 units and zhihui counts 101")
	_, _, lost, err = d.compare([]string{"a"}, given, nil)
	require.NoError(t, err)
	require.EqualValues(t, 100, lost, "a camera that was never counted has lost everything")
}

func TestReport(t *testing.T) {
	r := report{Started: 5000, Cameras: []cameraReport{{ID: "a", Sent: 3, Sessions: 1}, {ID: "b", Sent: 4, Sessions: 2}}}
	require.EqualValues(t, 5, r.start().Unix())
	require.Equal(t, map[string]int64{"a": 3, "b": 4}, r.sent())
	require.Equal(t, []int{2, 1}, []int{r.playing(1), r.playing(2)})
	require.EqualValues(t, 1, r.redials([]string{"a", "b"}, report{}), "b was called twice")
	require.Zero(t, r.redials([]string{"a"}, report{}))
	require.Zero(t, r.redials([]string{"a", "b"}, report{Cameras: []cameraReport{{ID: "b", Sessions: 1}}}), "somebody else before")
	before := report{Cameras: []cameraReport{{ID: "a", Sessions: 1}, {ID: "b", Sessions: 1}}}
	require.False(t, r.joined([]reading{{id: "a"}, {id: "b"}}, before))
	require.True(t, r.joined([]reading{{id: "b"}}, before))
}
