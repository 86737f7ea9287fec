package app

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/ingest/recording"
	"zhihui/models"
)

func TestRecordingChecks(t *testing.T) {
	fault := func(code models.CheckCode) recording.Fault {
		return recording.Fault{Code: code, Since: 7, Err: errors.New("EIO")}
	}
	short := recording.Short{At: 9, Age: 30 * time.Hour, Wanted: 720 * time.Hour}
	for name, c := range map[string]struct {
		state footageState
		want  []said
	}{
		"well":            {footageState{done: 3, days: 3}, []said{good}},
		"being compared":  {footageState{done: 1, days: 3}, []said{{models.RecordingAgreeing, models.GradeOK}}},
		"slow":            {footageState{fault: fault(models.RecordingSlow)}, []said{{models.RecordingSlow, models.GradeWarn}}},
		"away":            {footageState{fault: fault(models.RecordingAway)}, []said{{models.RecordingAway, models.GradeBad}}},
		"full and short":  {footageState{fault: fault(models.RecordingFull), short: short}, []said{{models.RecordingFull, models.GradeBad}, {models.RecordingShort, models.GradeWarn}}},
		"too little room": {footageState{short: short, done: 1, days: 3}, []said{{models.RecordingShort, models.GradeWarn}}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, saidBy(recordingChecks(c.state)...)) })
	}
}

func TestRecordingChecksTellFigures(t *testing.T) {
	room := recording.Room{Free: 1, Total: 3, Floor: 2}
	full := recordingChecks(footageState{dir: "/r", room: room, fault: recording.Fault{Code: models.RecordingFull, Since: 7, Err: errors.New("ENOSPC")}})[0]
	require.Equal(t, map[string]string{"dir": "/r", "free_bytes": "1", "total_bytes": "3", "floor_bytes": "2", "fault": "ENOSPC"}, full.Facts)
	require.EqualValues(t, 7, full.Since)
	slow := recordingChecks(footageState{fault: recording.Fault{Code: models.RecordingSlow, Took: 5300 * time.Millisecond}})[0]
	require.Equal(t, "5", slow.Facts["seconds"])
	short := recordingChecks(footageState{short: recording.Short{At: 1, Age: 30 * time.Hour, Wanted: 720 * time.Hour}})[0]
	require.Equal(t, map[string]string{"hours": "30", "wanted_hours": "720"}, short.Facts)
	agreeing := recordingChecks(footageState{done: 1, days: 3})[0]
	require.Equal(t, []string{"3", "1"}, []string{agreeing.Facts["days"], agreeing.Facts["done_days"]})
}
