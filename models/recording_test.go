package models

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhoIsRecorded(t *testing.T) {
	for mode, want := range map[RecordMode][2]bool{ // of one that is not analysed, of one that is
		RecordAuto: {false, true}, RecordNever: {false, false}, RecordAlways: {true, true}, RecordHours: {true, true}, RecordEvents: {true, true},
	} {
		for i, analysed := range []bool{false, true} {
			require.Equal(t, want[i], Camera{Analyse: analysed, Record: Recording{Mode: mode}}.Recorded(), "%q %v", mode, analysed)
		}
	}
}
