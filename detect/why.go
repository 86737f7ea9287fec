package detect

import (
	"fmt"
	"strconv"
	"time"

	"zhihui/detect/rules"
	"zhihui/models"
)

// Why says in Chinese what the facts of an event of this kind say in numbers.
func Why(k models.EventKind, f models.Facts) string {
	held := spanZh(f.ForMs)
	if f.By == models.ByCamera {
		return reportedZh(k, f)
	}
	switch k {
	case models.Intrusion:
		return fmt.Sprintf("%s有 %d 人，已停留 %s", placeZh(f.Zone), f.Count, held)
	case models.Crowd:
		reached := "达到"
		if within(f) {
			reached = "曾达到"
		}
		return fmt.Sprintf("%s聚集 %d 人，%s %s 人的上限，已持续 %s", placeZh(f.Zone), f.Count, reached, number(f.Limit), held)
	case models.VehicleInZone:
		return fmt.Sprintf("%s有%s，已停留 %s", placeZh(f.Zone), labelZh(f.Label), held)
	case models.CameraWentOffline:
		return fmt.Sprintf("摄像机已离线 %s%s", held, because("：", f.Reason))
	case models.CameraAuth:
		return "摄像机拒绝了用户名或密码" + because("：", f.Reason)
	case models.SensorThreshold:
		limit := "上限 " + quantity(f.Limit, f.Unit)
		if f.Reason == string(rules.Below) {
			limit = "下限 " + quantity(f.Limit, f.Unit)
		}
		reached := "达到" + limit
		if within(f) {
			reached = "曾达到" + limit + "，尚未解除"
		}
		return fmt.Sprintf("%s %s，%s，已持续 %s", labelZh(f.Label), quantity(f.Measured, f.Unit), reached, held)
	case models.SensorRate:
		return rateZh(f)
	case models.SensorExpression:
		return fmt.Sprintf("条件成立：%s（%s），已持续 %s", f.Expr, inputs(f, "，"), held)
	case models.SensorWentStale:
		return fmt.Sprintf("%s传感器已 %s没有读数", labelZh(f.Label), held)
	}
	return conditionZh(k, f)
}

// WhyEnglish says the same in English.
func WhyEnglish(k models.EventKind, f models.Facts) string {
	held := spanEn(f.ForMs)
	if f.By == models.ByCamera {
		return reportedEn(k, f)
	}
	switch k {
	case models.Intrusion:
		return fmt.Sprintf("%s %s for %s", plural(f.Count, "person", "people"), placeEn(f.Zone), held)
	case models.Crowd:
		return fmt.Sprintf("%s %s, the limit is %s, for %s", plural(f.Count, "person", "people"), placeEn(f.Zone), number(f.Limit), held)
	case models.VehicleInZone:
		return fmt.Sprintf("%s %s for %s", labelEn(f.Label), placeEn(f.Zone), held)
	case models.CameraWentOffline:
		return fmt.Sprintf("camera offline for %s%s", held, because(": ", f.Reason))
	case models.CameraAuth:
		return "the camera refused the user name or password" + because(": ", f.Reason)
	case models.SensorThreshold:
		limit := "the upper limit " + quantity(f.Limit, f.Unit)
		if f.Reason == string(rules.Below) {
			limit = "the lower limit " + quantity(f.Limit, f.Unit)
		}
		reached := "reached " + limit
		if within(f) {
			reached = "has reached " + limit + " and is not clear yet"
		}
		return fmt.Sprintf("%s %s %s, for %s", labelEn(f.Label), quantity(f.Measured, f.Unit), reached, held)
	case models.SensorRate:
		return rateEn(f)
	case models.SensorExpression:
		return fmt.Sprintf("%s is true (%s), for %s", f.Expr, inputs(f, ", "), held)
	case models.SensorWentStale:
		return fmt.Sprintf("no reading of the %s sensor for %s", labelEn(f.Label), held)
	}
	return conditionEn(k, f)
}

// within tells whether the measured value is back on the quiet side of its limit, and only hysteresis holds the event open.
func within(f models.Facts) bool {
	if f.Reason == string(rules.Below) {
		return f.Measured > f.Limit
	}
	return f.Measured < f.Limit
}

// labelZh names what a network or a sensor's kind calls something; an unknown word stays as it is.
func labelZh(label string) string {
	names := map[string]string{
		"person": "人员", "vehicle": "车辆", "bicycle": "自行车", "car": "小汽车", "bus": "大客车", "truck": "货车", "motorcycle": "摩托车", rules.Motion: "车辆大小的移动物体",
		"water_level": "水位", "rain": "雨量", "wind": "风速", "smoke": "烟雾浓度", "tilt": "井盖倾角", "power": "电力",
		"temperature": "气温", "humidity": "湿度",
	}
	if zh, ok := names[label]; ok {
		return zh
	}
	return label
}

func labelEn(label string) string {
	switch label {
	case rules.Motion:
		return "a moving thing as large as a vehicle"
	case "water_level":
		return "water level"
	}
	return label
}

func placeZh(zone string) string {
	if zone == "" {
		return "画面内"
	}
	return "区域「" + zone + "」内"
}

func placeEn(zone string) string {
	if zone == "" {
		return "in the picture"
	}
	return "in zone " + strconv.Quote(zone)
}

func because(before, reason string) string {
	if reason == "" {
		return ""
	}
	return before + reason
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// quantity is a number with its unit, at most three digits after the point.
func quantity(v float64, unit string) string {
	if unit == "" {
		return number(v)
	}
	return number(v) + " " + unit
}

// number writes v with up to three decimals, and no zeros that say nothing.
func number(v float64) string {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'f', 3, 64), 64)
	if err != nil {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(r, 'f', -1, 64)
}

func spanEn(ms int64) string { return rounded(ms).String() }

func spanZh(ms int64) string {
	d := rounded(ms)
	switch {
	case d < time.Minute:
		return number(d.Seconds()) + " 秒"
	case d < time.Hour:
		return fmt.Sprintf("%d 分 %d 秒", d/time.Minute, d%time.Minute/time.Second)
	}
	return fmt.Sprintf("%d 小时 %d 分", d/time.Hour, d%time.Hour/time.Minute)
}

// rounded cuts a span to what a person reads: tenths of a second below ten seconds, whole ones above.
func rounded(ms int64) time.Duration {
	d := time.Duration(ms) * time.Millisecond
	if d < 10*time.Second {
		return d.Truncate(100 * time.Millisecond)
	}
	return d.Truncate(time.Second)
}
