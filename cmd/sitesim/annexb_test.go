package main

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	testSPS = []byte{0x67, 0x4d, 0x40, 0x1e, 0xec, 0xa0, 0x50, 0x17, 0xfc, 0xb8, 0x08, 0x80, 0x00, 0x00, 0x03, 0x00, 0x80, 0x00, 0x00, 0x0a, 0x07, 0x8b, 0x16, 0xcb}
	testPPS = []byte{0x68, 0xee, 0x3c, 0x80}
)

func annexB(nalus ...[]byte) []byte {
	var out []byte
	for _, n := range nalus {
		out = append(append(out, 0, 0, 0, 1), n...)
	}
	return out
}

func TestSplitNALUs(t *testing.T) {
	for _, tc := range []struct {
		name string
		text []byte
		want [][]byte
	}{
		{"empty", nil, nil},
		{"no start code", []byte{1, 2, 3, 4}, nil},
		{"a start code alone", []byte{0, 0, 1}, nil},
		{"long and short start codes", []byte{0, 0, 0, 1, 0x65, 9, 0, 0, 1, 0x41}, [][]byte{{0x65, 9}, {0x41}}},
		{"zeros at the end are no part of it", []byte{0, 0, 1, 0x65, 9, 0, 0, 0, 0, 1, 0x41, 0, 0}, [][]byte{{0x65, 9}, {0x41}}},
		{"rubbish before the first", []byte{7, 7, 0, 0, 1, 0x41, 5}, [][]byte{{0x41, 5}}},
	} {
		t.Run(tc.name, func(t *testing.T) { require.Equal(t, tc.want, splitNALUs(tc.text)) })
	}
}

func TestParseFootage(t *testing.T) {
	sei, aud := []byte{6, 5, 1, 1, 0x80}, []byte{9, 0xf0}
	idr, idr2 := []byte{0x65, 0x88, 1}, []byte{0x65, 0x08, 2} // the second one starts not at macroblock 0
	p1, p2 := []byte{0x41, 0x9a, 1}, []byte{0x41, 0x9a, 2}
	f, err := parseFootage(CodecH264, annexB(aud, testSPS, testPPS, sei, idr, idr2, aud, p1, p2, testSPS, testPPS, idr, p1))
	require.NoError(t, err)
	require.Equal(t, [][]byte{testSPS, testPPS}, f.params)
	require.Equal(t, []unit{
		{params: [][]byte{testSPS, testPPS}, slices: [][]byte{idr, idr2}, key: true},
		{slices: [][]byte{p1}},
		{slices: [][]byte{p2}},
		{params: [][]byte{testSPS, testPPS}, slices: [][]byte{idr}, key: true},
		{slices: [][]byte{p1}},
	}, f.units)
	for i, want := range []int{0, 0, 0, 3, 3} {
		require.Equal(t, want, f.keyBefore(i), i)
	}
}

func TestParseFootageRefuses(t *testing.T) {
	idr, p := []byte{0x65, 0x88}, []byte{0x41, 0x9a}
	for name, text := range map[string][]byte{
		"nothing":                nil,
		"text":                   []byte("this is no video"),
		"no keyframe first":      annexB(testSPS, testPPS, p, idr),
		"no picture parameters":  annexB(testSPS, idr),
		"no sequence parameters": annexB(testPPS, idr),
		"parameters only":        annexB(testSPS, testPPS),
	} {
		_, err := parseFootage(CodecH264, text)
		require.Error(t, err, name)
	}
}

func FuzzParseFootage(f *testing.F) {
	f.Add(annexB(testSPS, testPPS, []byte{0x65, 0x88}, []byte{0x41, 0x9a}))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := parseFootage(CodecH264, text)
		if err != nil {
			return
		}
		require.True(t, got.units[0].key)
		require.False(t, slices.ContainsFunc(got.units, func(u unit) bool { return len(u.slices) == 0 }))
	})
}
