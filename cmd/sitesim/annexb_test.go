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

// The parameter sets of H.265 of the same size.
var (
	testVPS265 = []byte{0x40, 0x01, 0x0c, 0x01, 0xff, 0xff, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00, 0x00, 0x03, 0x00, 0x00, 0x03, 0x00, 0x3f, 0xba, 0x02, 0x40}
	testSPS265 = []byte{0x42, 0x01, 0x01, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00, 0x00, 0x03, 0x00, 0x00, 0x03, 0x00, 0x3f, 0xa0, 0x05, 0x02, 0x01, 0x69, 0x65, 0xba, 0x92, 0x4c, 0xaf, 0x01, 0x6a, 0x02, 0x02, 0x02, 0x08, 0x00, 0x00, 0x03, 0x00, 0x08, 0x00, 0x00, 0x03, 0x00, 0x50, 0x40}
	testPPS265 = []byte{0x44, 0x01, 0xc1, 0x72, 0xb4, 0x22, 0x40}
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

func TestParseFootageH265(t *testing.T) {
	sei := encodeSEI(CodecH265, 7)
	idr, idr2, cra := []byte{40, 1, 0x80}, []byte{40, 1, 0x11}, []byte{42, 1, 0x81}
	p1, p2 := []byte{2, 1, 0x90}, []byte{0, 1, 0x91}
	f, err := parseFootage(CodecH265, annexB(testVPS265, testSPS265, testPPS265, sei, idr, idr2, p1, p2, cra, p1))
	require.NoError(t, err)
	require.Equal(t, [][]byte{testVPS265, testSPS265, testPPS265}, f.params)
	require.Equal(t, []unit{
		{params: f.params, slices: [][]byte{idr, idr2}, key: true},
		{slices: [][]byte{p1}},
		{slices: [][]byte{p2}},
		{slices: [][]byte{cra}, key: true},
		{slices: [][]byte{p1}},
	}, f.units)
	_, err = parseFootage(CodecH265, annexB(testSPS265, testPPS265, idr))
	require.Error(t, err, "no VPS")
	_, err = parseFootage(CodecH264, annexB(testVPS265, testSPS265, testPPS265, idr))
	require.Error(t, err, "another codec")
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
	f.Add(false, annexB(testSPS, testPPS, []byte{0x65, 0x88}, []byte{0x41, 0x9a}))
	f.Add(true, annexB(testVPS265, testSPS265, testPPS265, []byte{40, 1, 0x80}, []byte{2, 1, 0x80}))
	f.Fuzz(func(t *testing.T, h265 bool, text []byte) {
		codec := CodecH264
		if h265 {
			codec = CodecH265
		}
		got, err := parseFootage(codec, text)
		if err != nil {
			return
		}
		require.True(t, got.units[0].key)
		require.False(t, slices.ContainsFunc(got.units, func(u unit) bool { return len(u.slices) == 0 }))
	})
}
