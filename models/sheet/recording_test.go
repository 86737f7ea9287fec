package sheet

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestHowCamerasAreRecorded(t *testing.T) {
	for _, header := range []string{"编号,录像,录像时段,保存天数,保存容量GB,不录声音", "id,record,record_hours,keep_days,keep_gb,silent"} {
		c, err := ReadCameras([]byte(header + "\n" +
			"a,时段,周一至周五 08：00－18：00；周六、周日00:00-24:00,30,1.5,是\n" +
			"b,hours,\"Mon-Fri 08:00-18:00; 22:00-06:00\",0,0,no\n" +
			"c,全天,,,,\n" +
			"d,,每天 22:00-06:00;,7,,\n" +
			"e,自动,,,,\n"))
		require.NoError(t, err)
		kept := models.Recording{Mode: models.RecordHours, Schedule: []string{"Sun 00:00-24:00"}, KeepDays: 3, KeepBytes: 5e9, Silent: true}
		for i, want := range []models.Recording{
			{Mode: models.RecordHours, Schedule: []string{"Mon-Fri 08:00-18:00", "Sat,Sun 00:00-24:00"}, KeepDays: 30, KeepBytes: 1_500_000_000, Silent: true},
			{Mode: models.RecordHours, Schedule: []string{"Mon-Fri 08:00-18:00", "22:00-06:00"}},
			{Mode: models.RecordAlways, Schedule: kept.Schedule, KeepDays: 3, KeepBytes: 5e9, Silent: true},
			{Mode: models.RecordHours, Schedule: []string{"22:00-06:00"}, KeepDays: 7, KeepBytes: 5e9, Silent: true},
			{KeepDays: 3, KeepBytes: 5e9, Silent: true},
		} {
			require.Empty(t, c.Edits[i].Faults)
			camera := models.Camera{Record: kept}
			c.Edits[i].Put(&camera)
			require.Equal(t, want, camera.Record, "%s, row %d", header, i)
		}
	}
}

func TestHowCamerasAreNotRecorded(t *testing.T) {
	for _, c := range []struct{ header, cell, field, says string }{
		{"录像", "有时", "record.mode", "write 自动, 事件, 全天, 时段 or 不录"},
		{"录像时段", "周一 8:00-9:00", "record.schedule", "write hours such as"},
		{"录像时段", ";", "record.schedule", "write hours such as"},
		{"录像时段", "工作日", "record.schedule", "write hours such as"},
		{"保存天数", "1.5", "record.keep_days", "write whole days"},
		{"保存天数", "3651", "record.keep_days", "write whole days"},
		{"保存容量GB", "NaN", "record.keep_bytes", "write GB"},
		{"保存容量GB", "0.01", "record.keep_bytes", "write GB"},
		{"不录声音", "?", "record.silent", "write 是 or 否"},
	} {
		s, err := ReadCameras([]byte("编号," + c.header + "\na,\"" + c.cell + "\"\n"))
		require.NoError(t, err)
		require.Len(t, s.Edits[0].Faults, 1, c.cell)
		f := s.Edits[0].Faults[0]
		require.Equal(t, c.field, f.Field)
		require.Contains(t, f.Message, c.says)
	}
}

func TestASheetTakesTheWordsOfTheForm(t *testing.T) {
	for word, mode := range map[string]models.RecordMode{
		"自动": models.RecordAuto, "按事件": models.RecordEvents, "全天": models.RecordAlways, "按时段": models.RecordHours, "不录": models.RecordNever,
	} {
		s, err := ReadCameras([]byte("编号,录像\na," + word + "\n"))
		require.NoError(t, err)
		require.Empty(t, s.Edits[0].Faults, word)
		camera := models.Camera{}
		s.Edits[0].Put(&camera)
		require.Equal(t, mode, camera.Record.Mode, word)
	}
}
