package coding

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReader(t *testing.T) {
	r := reader{rest: []byte{0b1_010_011_0, 0b0100_0000}}
	require.Equal(t, uint32(0), r.ue())
	require.Equal(t, uint32(1), r.ue())
	require.Equal(t, uint32(2), r.ue())
	require.Equal(t, uint32(3), r.ue())
	require.False(t, r.short)

	r = reader{rest: []byte{0b1_010_011_0, 0b0100_0000}}
	require.Equal(t, []int32{0, 1, -1, 2}, []int32{r.se(), r.se(), r.se(), r.se()})
}

func TestReaderLeavesEmulationPreventionOut(t *testing.T) {
	r := reader{rest: []byte{0, 0, 3, 1, 0, 0, 3, 0, 0, 3, 5}}
	require.Equal(t, uint32(1), r.bits(24))
	require.Equal(t, uint32(0), r.bits(32))
	require.Equal(t, uint32(5), r.bits(8))
	require.False(t, r.short)
	r = reader{rest: []byte{0, 3, 0, 0, 0, 3}}
	require.Equal(t, uint32(0x0003), r.bits(16), "one zero byte protects nothing")
}

func TestReaderIsShortPastTheEnd(t *testing.T) {
	r := reader{rest: []byte{0xff, 0x01}}
	r.skip(15)
	require.Equal(t, uint32(0), r.ue(), "of the last bit")
	require.False(t, r.short)
	require.False(t, r.flag())
	require.True(t, r.short)

	for name, read := range map[string]func(*reader){
		"skip":                   func(r *reader) { r.skip(1000) },
		"a number of many zeros": func(r *reader) { r.ue() },
		"more than is allowed":   func(r *reader) { r.rest = []byte{0b0001_0000}; r.upTo(6) },
	} {
		r := reader{rest: make([]byte, 20)}
		read(&r)
		require.True(t, r.short, name)
	}
}
