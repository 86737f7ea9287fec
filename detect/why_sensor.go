package detect

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhihui/detect/rules"
	"zhihui/models"
)

// rateZh says by how much a value has changed, and how fast that may be.
func rateZh(f models.Facts) string {
	way := "上升"
	if f.Measured < 0 {
		way = "下降"
	}
	reached := "达到"
	if within(f) {
		reached = "曾达到"
	}
	limit := "上升 "
	if f.Reason == string(rules.Below) {
		limit = "下降 "
	}
	return fmt.Sprintf("%s %s内%s %s，%s%s%s 的限值，已持续 %s", labelZh(f.Label), windowZh(f.WindowMs), way,
		quantity(math.Abs(f.Measured), f.Unit), reached, limit, quantity(math.Abs(f.Limit), f.Unit), spanZh(f.ForMs))
}

func rateEn(f models.Facts) string {
	way := "rose by"
	if f.Measured < 0 {
		way = "fell by"
	}
	limit := "a rise of "
	if f.Reason == string(rules.Below) {
		limit = "a fall of "
	}
	limit += quantity(math.Abs(f.Limit), f.Unit)
	reached := "the limit is " + limit
	if within(f) {
		reached = "after " + limit + " or more, and is not clear yet"
	}
	return fmt.Sprintf("%s %s %s in %s, %s, for %s", labelEn(f.Label), way, quantity(math.Abs(f.Measured), f.Unit),
		windowEn(f.WindowMs), reached, spanEn(f.ForMs))
}

// windowZh names a window that is mostly of whole minutes or hours.
func windowZh(ms int64) string {
	switch d := time.Duration(ms) * time.Millisecond; {
	case d%time.Hour == 0:
		return fmt.Sprintf("%d 小时", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%d 分钟", d/time.Minute)
	}
	return spanZh(ms)
}

func windowEn(ms int64) string {
	switch d := time.Duration(ms) * time.Millisecond; {
	case d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return spanEn(ms)
}

// inputs names the sensors of an expression with what they said, in six digits at most: a sentence has its bound, and an
// expression sixteen sensors.
func inputs(f models.Facts, comma string) string {
	var said []string
	for _, id := range slices.Sorted(maps.Keys(f.Inputs)) {
		said = append(said, id+" "+strconv.FormatFloat(f.Inputs[id], 'g', 6, 64))
	}
	return strings.Join(said, comma)
}
