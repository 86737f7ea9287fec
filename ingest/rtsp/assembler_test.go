package rtsp

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestAssembler(t *testing.T) {
	var (
		aud, sei        = []byte{0x09, 0xF0}, []byte{0x06, 5, 1, 2}
		sps, pps, pps2  = []byte{0x67, 1}, []byte{0x68, 1}, []byte{0x68, 2}
		idr, p, tail    = []byte{0x65, 0x88, 1}, []byte{0x41, 0x9A, 1}, []byte{0x41, 0x1A, 2}
		list            = func(n ...[]byte) [][]byte { return n }
		known           = assembler{codec: models.H264, sps: list(sps), pps: list(pps)}
		hvps, hsps      = []byte{0x40, 1, 1}, []byte{0x42, 1, 1}
		hpps, cra, haud = []byte{0x44, 1, 1}, []byte{0x2A, 1, 0x80}, []byte{0x46, 1, 0x50}
	)
	tests := []struct {
		name  string
		start assembler
		in    [][]byte
		want  [][]byte
		key   bool
	}{
		{"parameter sets of the SDP in front", known, list(idr), list(sps, pps, idr), true},
		{"those in band win", known, list(sps, pps2, idr), list(sps, pps2, idr), true},
		{"a delimiter goes, SEI stays behind", known, list(aud, sei, sps, pps, idr), list(sps, pps, sei, idr), true},
		{"no parameter sets, no start", assembler{codec: models.H264}, list(idr), list(idr), false},
		{"a small picture is left alone", known, list(sei, p, tail), list(sei, p, tail), false},
		{"the head of the picture is lost", known, list(tail), nil, false},
		{"no picture", known, list(sps, sei), nil, false},
		{"empty NAL units", known, list(nil, []byte{}, []byte{0x65}), nil, false},
		{"H.265 wants its VPS", assembler{codec: models.H265, sps: list(hsps), pps: list(hpps)}, list(cra), list(cra), false},
		{"H.265", assembler{codec: models.H265}, list(haud, hvps, hsps, hpps, cra), list(hvps, hsps, hpps, cra), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, key := test.start.take(test.in)
			require.Equal(t, test.want, got)
			require.Equal(t, test.key, key)
		})
	}
}

func TestAssemblerRemembers(t *testing.T) {
	a := assembler{codec: models.H264}
	sps, pps, idr := []byte{0x67, 1}, []byte{0x68, 1}, []byte{0x65, 0x88}
	unit, _ := a.take([][]byte{sps, pps}) // on their own, ahead of the picture
	require.Nil(t, unit)
	unit, key := a.take([][]byte{idr})
	require.True(t, key)
	require.Equal(t, [][]byte{sps, pps, idr}, unit)
}
