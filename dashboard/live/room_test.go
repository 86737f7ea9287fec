package live

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models/mp4"
)

// picture is a fragment that a test can tell from others.
func picture(n int) *fragment { return &fragment{bytes: []byte{byte(n)}, length: 1} }

func newRoom() *room { return &room{bell: make(chan struct{})} }

// all reads what there is at the cursor.
func all(t *testing.T, r *room, c *cursor) (seen []byte, skips int) {
	t.Helper()
	for {
		part, skipped, wait, err := r.next(c)
		require.NoError(t, err)
		if skipped {
			skips++
		}
		if part == nil {
			require.NotNil(t, wait)
			return seen, skips
		}
		seen = append(seen, part.bytes[0])
	}
}

func TestASlowViewerLosesWholeGroups(t *testing.T) {
	r, h := newRoom(), &mp4.Header{}
	var c cursor
	seen, _ := all(t, r, &c)
	require.Empty(t, seen)
	for n := range 4 {
		r.push(h, picture(n), n == 0)
	}
	seen, _ = all(t, r, &c)
	require.Equal(t, []byte{0, 1, 2, 3}, seen)
	for n := 4; n < 16; n++ { // groups at 4, 8 and 12
		r.push(h, picture(n), n%4 == 0)
	}
	seen, skips := all(t, r, &c)
	require.Equal(t, []byte{12, 13, 14, 15}, seen, "it goes on at the newest key picture")
	require.Equal(t, 1, skips)
}

func TestAViewerInTheMiddleOfAGroupLosesNothing(t *testing.T) {
	r, h := newRoom(), &mp4.Header{}
	var c cursor
	r.push(h, picture(0), true)
	r.push(h, picture(1), false)
	part, _, _, _ := r.next(&c)
	require.Equal(t, byte(0), part.bytes[0])
	r.push(h, picture(2), true)
	seen, skips := all(t, r, &c)
	require.Equal(t, []byte{1, 2}, seen)
	require.Zero(t, skips)
}

func TestAGroupWithoutEndIsNotKept(t *testing.T) {
	r, h := newRoom(), &mp4.Header{}
	big := &fragment{bytes: make([]byte, maxGroup/4), length: 1}
	var quick cursor
	r.push(h, big, true)
	for range 20 {
		all(t, r, &quick)
		r.push(h, big, false)
	}
	var late cursor
	seen, _ := all(t, r, &late)
	require.Empty(t, seen, "nobody can begin in the middle")
	slow := cursor{group: &group{next: &group{next: r.newest}}}
	seen, skips := all(t, r, &slow)
	require.Empty(t, seen)
	require.Equal(t, 1, skips)
	r.push(h, picture(7), true)
	for _, c := range []*cursor{&late, &slow} {
		seen, _ = all(t, r, c)
		require.Equal(t, []byte{7}, seen)
	}
}

func TestTheEndIsToldAfterTheLastPicture(t *testing.T) {
	r := newRoom()
	var c cursor
	r.push(&mp4.Header{}, picture(0), true)
	r.end(errNoPicture)
	part, _, _, err := r.next(&c)
	require.NoError(t, err)
	require.NotNil(t, part)
	_, _, _, err = r.next(&c)
	require.ErrorIs(t, err, errNoPicture)
}
