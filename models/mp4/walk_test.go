package mp4

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzWalk holds that a file, whatever it says, costs no more than it is long, and that what is called whole is.
func FuzzWalk(f *testing.F) {
	file := film(f)
	f.Add(file)
	f.Add(file[:len(file)-3])
	header, err := Open(bytes.NewReader(file), int64(len(file)))
	require.NoError(f, err)
	f.Add(file[header.Whole:]) // what has no header gets a good one
	f.Fuzz(func(t *testing.T, b []byte) {
		if !bytes.Contains(b, []byte("moov")) {
			b = append(bytes.Clone(header.Header.Init), b...)
		}
		w, err := Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		end := w.Whole
		for w.Next() {
			require.Equal(t, end, w.Part.Offset)
			require.NotEmpty(t, w.Part.Entries)
			require.LessOrEqual(t, cap(w.Part.Entries), len(b))
			end += w.Part.Size
		}
		require.Equal(t, end, w.Whole)
		require.LessOrEqual(t, end, int64(len(b)))
		require.Equal(t, end == int64(len(b)), w.Err() == nil)
	})
}

// film is a file of two key units and what hangs on them, in two parts.
func film(t testing.TB) []byte {
	var m Film
	var file []byte
	for i := range uint64(2) {
		var part []Sample
		for j := range uint64(3) {
			s, ok, err := m.Add(unit(3*i+j+1, 1, j == 0))
			require.NoError(t, err)
			require.True(t, ok)
			part = append(part, s)
		}
		if file == nil {
			file = bytes.Clone(m.Header().Init)
		}
		file = m.Header().AppendPart(file, uint32(2*i), 9000, part)
	}
	return file
}

// A file that was torn at any byte is whole up to the part that was torn, and says why it ends.
func TestATornFile(t *testing.T) {
	file := film(t)
	w, err := Open(bytes.NewReader(file), int64(len(file)))
	require.NoError(t, err)
	ends := []int64{w.Whole}
	for w.Next() {
		ends = append(ends, w.Whole)
	}
	require.NoError(t, w.Err())
	require.Len(t, ends, 3)
	for n := range int64(len(file)) {
		w, err := Open(bytes.NewReader(file[:n]), n)
		if n < ends[0] {
			require.Error(t, err)
			continue
		}
		require.NoError(t, err)
		for w.Next() {
		}
		whole := ends[0]
		for _, e := range ends {
			if e <= n {
				whole = e
			}
		}
		require.Equal(t, whole, w.Whole)
		require.Equal(t, whole == n, w.Err() == nil, "%d: %v", n, w.Err())
	}
}
