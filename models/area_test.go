package models

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestWhatLiesWhere(t *testing.T) {
	tree := TreeOf([]Area{{ID: "street"}, {ID: "a", Parent: "street"}, {ID: "b", Parent: "street"}, {ID: "a1", Parent: "a"}, {ID: "a2", Parent: "a"}})
	set := func(ids ...string) map[string]bool {
		s := map[string]bool{}
		for _, id := range ids {
			s[id] = true
		}
		return s
	}
	require.Equal(t, set("a", "a1", "a2"), tree.Below("a"))
	require.Equal(t, set("street", "a", "b", "a1", "a2"), tree.Below("street"))
	require.Equal(t, set("gone"), tree.Below("gone"), "an area that is no more still holds its own history")
	require.Equal(t, set("a", "street"), tree.Above("a2"))
	require.Empty(t, tree.Above("street"))
	require.Empty(t, tree.Above("gone"))
}

// An area lies below another exactly when the other lies above it, in whatever tree; and a circle, which no site has, ends.
func TestBelowIsTheOtherSideOfAbove(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "areas")
		tree := Tree{}
		for i := range n {
			parent := ""
			if p := rapid.IntRange(-1, n-1).Draw(t, "parent"); p >= 0 {
				parent = strconv.Itoa(p)
			}
			tree[strconv.Itoa(i)] = parent
		}
		for a := range tree {
			below := tree.Below(a)
			for b := range tree {
				if a != b {
					require.Equal(t, tree.Above(b)[a], below[b], "%s below %s in %v", b, a, tree)
				}
			}
		}
	})
}
