package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFurtherPagesOfAList(t *testing.T) {
	require.Equal(t, "/events?after=01J%3D", further("/events", "01J="))
	require.Equal(t, "/cameras?limit=1000&after=c1", further("/cameras?limit=1000", "c1"))
}
