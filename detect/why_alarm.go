package detect

import (
	"cmp"
	"fmt"
	"strconv"

	"zhihui/models"
)

// reportedZh says what a camera reports by itself, and that it does.
func reportedZh(k models.EventKind, f models.Facts) string {
	what, rule := cmp.Or(labelZh(f.Label), "目标"), ""
	if f.Zone != "" {
		rule = "（规则「" + f.Zone + "」）"
	}
	switch k {
	case models.LineCrossing:
		return fmt.Sprintf("摄像机自行报告：%s越线%s", what, rule)
	case models.Loitering:
		return fmt.Sprintf("摄像机自行报告：%s徘徊%s，已持续 %s", what, rule, spanZh(f.ForMs))
	}
	return fmt.Sprintf("摄像机自行报告：%s闯入%s，已持续 %s", what, rule, spanZh(f.ForMs))
}

// reportedEn says the same in English.
func reportedEn(k models.EventKind, f models.Facts) string {
	what, rule := cmp.Or(labelEn(f.Label), "something"), ""
	if f.Zone != "" {
		rule = " (rule " + strconv.Quote(f.Zone) + ")"
	}
	switch k {
	case models.LineCrossing:
		return fmt.Sprintf("reported by the camera itself: %s crossed a line%s", what, rule)
	case models.Loitering:
		return fmt.Sprintf("reported by the camera itself: %s loiters%s, for %s", what, rule, spanEn(f.ForMs))
	}
	return fmt.Sprintf("reported by the camera itself: %s intruded%s, for %s", what, rule, spanEn(f.ForMs))
}
