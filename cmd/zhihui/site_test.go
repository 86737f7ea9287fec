package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPatientlyTellsOnceASecond(t *testing.T) {
	var out strings.Builder
	at := time.Unix(0, 0)
	tell := patiently(&out, func() time.Time { return at })
	for done := range 26 {
		tell(done, 25)
		at = at.Add(100 * time.Millisecond)
	}
	require.Equal(t, "10 of 25\n20 of 25\n", out.String())
}
