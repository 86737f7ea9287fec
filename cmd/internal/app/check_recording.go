package app

import (
	"strconv"
	"time"

	"zhihui/ingest/recording"
	"zhihui/models"
)

// footageState is how the recording is.
type footageState struct {
	dir        string
	fault      recording.Fault
	room       recording.Room
	short      recording.Short
	done, days int // of the comparison of files and index after the start; equal when it is over
}

func recordingChecks(f footageState) (all []models.Check) {
	bytes := func(n int64) string { return strconv.FormatInt(n, 10) }
	room := []string{"dir", f.dir, "free_bytes", bytes(f.room.Free), "total_bytes", bytes(f.room.Total), "floor_bytes", bytes(f.room.Floor)}
	switch f.fault.Code {
	case "":
	case models.RecordingSlow:
		seconds := strconv.Itoa(int(f.fault.Took.Round(time.Second).Seconds()))
		all = append(all, ill(models.PartRecording, f.fault.Code, models.GradeWarn, append(room, "seconds", seconds)...))
	default:
		if f.fault.Err != nil {
			room = append(room, "fault", f.fault.Err.Error())
		}
		all = append(all, ill(models.PartRecording, f.fault.Code, models.GradeBad, room...))
	}
	for i := range all {
		all[i].Since = f.fault.Since
	}
	if f.short.At != 0 {
		all = append(all, ill(models.PartRecording, models.RecordingShort, models.GradeWarn,
			"hours", hours(f.short.Age), "wanted_hours", hours(f.short.Wanted)))
	}
	if all != nil {
		return all
	}
	c := well(models.PartRecording, room...)
	if f.done < f.days {
		c.Code = models.RecordingAgreeing
		c.Facts["days"], c.Facts["done_days"] = strconv.Itoa(f.days), strconv.Itoa(f.done)
	}
	return []models.Check{c}
}

func hours(d time.Duration) string { return strconv.Itoa(int(d.Hours())) }
