package sheet

import (
	"slices"
	"strings"
	"time"

	"zhihui/models"
)

// ReadSensors reads a sheet of sensors, as ReadCameras one of cameras. The columns of limits are about the one threshold that a
// sensor has by a sheet: its first rule of the kind, which is made when there is none. Other rules stay.
func ReadSensors(data []byte) (Sheet[models.Sensor], error) {
	s, err := readSheetOf(data, sensorColumns(), func(x *models.Sensor) (id, area *string) { return &x.ID, &x.Area })
	for i, e := range s.Edits {
		s.Edits[i].Put = func(x *models.Sensor) {
			had := thresholdOf(*x) >= 0
			e.Put(x)
			if had { // a new one without a limit is a fault
				dropEmpty(x)
			}
		}
	}
	return s, err
}

// sensorColumns are those of a sheet of sensors.
func sensorColumns() columns[models.Sensor] {
	return columns[models.Sensor]{
		{"id", []string{"编号", "传感器编号", "id"}, text(func(x *models.Sensor, s string) { x.ID = s })},
		{"name", []string{"名称", "传感器名称", "name"}, text(func(x *models.Sensor, s string) { x.Name = s })},
		{"area", []string{"区域", "所属区域", "area"}, text(func(x *models.Sensor, s string) { x.Area = s })},
		{"kind", []string{"类别", "类型", "kind"}, text(func(x *models.Sensor, s string) { x.Kind = s })},
		{"unit", []string{"单位", "unit"}, text(func(x *models.Sensor, s string) { x.Unit = s })},
		{"topic", []string{"主题", "topic"}, text(func(x *models.Sensor, s string) { x.Topic = s })},
		{"mapping.path", []string{"取值路径", "路径", "path"}, path},
		{"mapping.scale", []string{"系数", "scale"}, number(func(x *models.Sensor, n float64) { x.Mapping.Scale = n })},
		{"mapping.offset", []string{"偏移", "offset"}, number(func(x *models.Sensor, n float64) { x.Mapping.Offset = n })},
		{"stale_after", []string{"失联时限", "stale_after"}, lasting},
		{"above", []string{"上限", "above"}, limit(func(r *models.Rule, n *float64) { r.Above = n })},
		{"below", []string{"下限", "below"}, limit(func(r *models.Rule, n *float64) { r.Below = n })},
		{"clear", []string{"解除值", "clear"}, limit(func(r *models.Rule, n *float64) { r.Clear = n })},
		{"severity", []string{"级别", "severity"}, severity},
		{"camera", []string{"摄像机", "camera"}, text(func(x *models.Sensor, s string) { x.Camera = s })},
		{"disabled", []string{"停用", "disabled"}, yesNo(func(x *models.Sensor, on bool) { x.Disabled = on })},
		{"lon", []string{"经度", "lon", "longitude"}, degrees(-180, 180, func(x *models.Sensor, n float64) { x.Place.Lon = n })},
		{"lat", []string{"纬度", "lat", "latitude"}, degrees(-90, 90, func(x *models.Sensor, n float64) { x.Place.Lat = n })},
	}
}

// path takes a path into JSON, or that the payload is the number itself.
func path(cell string) (func(*models.Sensor), string) {
	cell = strings.TrimSpace(cell)
	if p := strings.ToLower(cell); p == "plain" || p == "纯数值" {
		cell = ""
	}
	return func(x *models.Sensor) { x.Mapping.Path = cell }, ""
}

// lasting takes a duration; 0 = never.
func lasting(cell string) (func(*models.Sensor), string) {
	d, err := time.ParseDuration(strings.TrimSpace(cell))
	if err != nil || d < 0 || d > 366*24*time.Hour {
		return nil, "write a time such as 90s, 10m or 2h; 0 = never"
	}
	return func(x *models.Sensor) { x.StaleAfter = models.Duration(d) }, ""
}

// limit takes a number, or that there is none.
func limit(put func(*models.Rule, *float64)) parser[models.Sensor] {
	return func(cell string) (func(*models.Sensor), string) {
		if c := strings.ToLower(strings.TrimSpace(cell)); c == "无" || c == "none" {
			return func(x *models.Sensor) {
				if thresholdOf(*x) >= 0 {
					threshold(x, func(r *models.Rule) { put(r, nil) })
				}
			}, ""
		}
		var n float64
		take, problem := number(func(x *float64, n float64) { *x = n })(cell)
		if problem != "" {
			return nil, "write a number; 无 (none) takes it away"
		}
		take(&n)
		return func(x *models.Sensor) { threshold(x, func(r *models.Rule) { put(r, &n) }) }, ""
	}
}

func severity(cell string) (func(*models.Sensor), string) {
	named := map[string]models.Severity{"蓝": models.Blue, "黄": models.Yellow, "橙": models.Orange, "红": models.Red,
		"blue": models.Blue, "yellow": models.Yellow, "orange": models.Orange, "red": models.Red}
	s, ok := named[strings.ToLower(strings.TrimSuffix(strings.TrimSpace(cell), "色"))]
	if !ok {
		return nil, "write 蓝, 黄, 橙 or 红 (blue, yellow, orange or red)"
	}
	return func(x *models.Sensor) { threshold(x, func(r *models.Rule) { r.Severity = s }) }, ""
}

// dropEmpty takes a threshold away that has lost both of its limits.
func dropEmpty(x *models.Sensor) {
	x.Rules = slices.DeleteFunc(x.Rules, func(r models.Rule) bool {
		return r.Kind == models.SensorThreshold && r.Above == nil && r.Below == nil
	})
}

// thresholdOf is where the sensor's first threshold stands, -1 = it has none.
func thresholdOf(x models.Sensor) int {
	return slices.IndexFunc(x.Rules, func(r models.Rule) bool { return r.Kind == models.SensorThreshold })
}

// threshold changes a copy of the sensor's threshold: the rules of the old sensor stay what they were.
func threshold(x *models.Sensor, change func(*models.Rule)) {
	x.Rules = slices.Clone(x.Rules)
	at := thresholdOf(*x)
	if at < 0 {
		at = len(x.Rules)
		x.Rules = append(x.Rules, models.Rule{Kind: models.SensorThreshold})
	}
	change(&x.Rules[at])
}
