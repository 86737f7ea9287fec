package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"zhihui/models"
)

const (
	maxDays = 3650
	maxGB   = 1_000_000
)

// recordMode takes how a camera is recorded, also in the words of its form. Auto is as if nothing was ever said of it, its hours included.
func recordMode(cell string) (func(*models.Camera), string) {
	var mode models.RecordMode
	switch strings.ToLower(strings.TrimSpace(cell)) {
	case "自动", "auto":
		return func(c *models.Camera) { c.Record.Mode, c.Record.Schedule = models.RecordAuto, nil }, ""
	case "事件", "按事件", "事件录像", "events":
		mode = models.RecordEvents
	case "全天", "连续", "一直", "always":
		mode = models.RecordAlways
	case "时段", "按时段", "定时", "hours":
		mode = models.RecordHours
	case "不录", "不录像", "never":
		mode = models.RecordNever
	default:
		return nil, "write 自动, 事件, 全天, 时段 or 不录 (auto, events, always, hours or never)"
	}
	return func(c *models.Camera) { c.Record.Mode = mode }, ""
}

// schedule takes the hours of a week, one after the other between semicolons.
func schedule(cell string) (func(*models.Camera), string) {
	var lines []string
	for line := range strings.SplitSeq(inEnglish(cell), ";") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if _, err := models.ParseSchedule(lines, time.UTC); err != nil || len(lines) == 0 {
		return nil, "write hours such as 周一-周五 08:00-18:00; 22:00-06:00 (or Mon-Fri 08:00-18:00; 22:00-06:00), 14 at most"
	}
	return func(c *models.Camera) { c.Record.Schedule = lines }, ""
}

// inEnglish writes hours as models.ParseSchedule reads them, with a blank between days and hours.
func inEnglish(cell string) string {
	cell = strings.NewReplacer("每天", "", "周一", "Mon", "周二", "Tue", "周三", "Wed", "周四", "Thu", "周五", "Fri", "周六", "Sat", "周日", "Sun", "周天", "Sun",
		"至", "-", "到", "-", "—", "-", "－", "-", "～", "-", "~", "-", "：", ":", "，", ",", "、", ",", "；", ";", "\u3000", " ").Replace(cell)
	var b strings.Builder
	letter := false
	for _, r := range cell {
		if letter && unicode.IsDigit(r) {
			b.WriteByte(' ')
		}
		letter = unicode.IsLetter(r)
		b.WriteRune(r)
	}
	return b.String()
}

func keepDays(cell string) (func(*models.Camera), string) {
	days, err := strconv.Atoi(strings.TrimSpace(cell))
	if err != nil || days < 0 || days > maxDays {
		return nil, "write whole days, 0 to 3650; 0 is as long as the settings say"
	}
	return func(c *models.Camera) { c.Record.KeepDays = days }, ""
}

func keepGB(cell string) (func(*models.Camera), string) {
	gb, err := strconv.ParseFloat(strings.TrimSpace(cell), 64)
	if err != nil || !(gb == 0 || gb >= 0.1 && gb <= maxGB) { // which NaN is not
		return nil, "write GB, 0.1 to 1000000; 0 is as much as the settings say"
	}
	return func(c *models.Camera) { c.Record.KeepBytes = int64(math.Round(gb * 1e9)) }, ""
}
