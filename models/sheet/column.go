package sheet

import (
	"math"
	"strconv"
	"strings"

	"zhihui/models"
)

// column is one field of a T: parse returns what puts a cell into it, or what is wrong with the cell.
type column[T any] struct {
	field string
	names []string // the first is what people are told
	parse parser[T]
}

type parser[T any] = func(cell string) (put func(*T), problem string)

// columns are those that a sheet may have.
type columns[T any] []column[T]

// cameraColumns are those of a sheet of cameras.
func cameraColumns() columns[models.Camera] {
	return columns[models.Camera]{
		{"id", []string{"编号", "摄像机编号", "id"}, text(func(c *models.Camera, s string) { c.ID = s })},
		{"name", []string{"名称", "摄像机名称", "name"}, text(func(c *models.Camera, s string) { c.Name = s })},
		{"area", []string{"区域", "所属区域", "area"}, text(func(c *models.Camera, s string) { c.Area = s })},
		{"url", []string{"地址", "视频地址", "rtsp地址", "url", "address"}, text(func(c *models.Camera, s string) { c.URL = s })},
		{"username", []string{"用户名", "账号", "username", "user"}, text(func(c *models.Camera, s string) { c.Username = s })},
		{"password", []string{"密码", "password"}, secret},
		{"analyse", []string{"分析", "智能分析", "analyse", "analyze"}, yesNo(func(c *models.Camera, on bool) { c.Analyse = on })},
		{"alarms", []string{"自带报警", "alarms"}, yesNo(func(c *models.Camera, on bool) { c.Alarms = on })},
		{"disabled", []string{"停用", "disabled"}, yesNo(func(c *models.Camera, on bool) { c.Disabled = on })},
		{"transport", []string{"传输", "transport"}, transport},
		{"record.mode", []string{"录像", "录像方式", "record"}, recordMode},
		{"record.schedule", []string{"录像时段", "record_hours", "schedule"}, schedule},
		{"record.silent", []string{"不录声音", "silent"}, yesNo(func(c *models.Camera, on bool) { c.Record.Silent = on })},
		{"record.keep_days", []string{"保存天数", "keep_days"}, keepDays},
		{"record.keep_bytes", []string{"保存容量GB", "保存容量", "keep_gb"}, keepGB},
		{"onvif.address", []string{"ONVIF地址", "ONVIF 地址", "onvif", "onvif_address"}, text(func(c *models.Camera, s string) { c.ONVIF.Address = s })},
		{"onvif.profile", []string{"ONVIF配置", "ONVIF 配置", "onvif_profile"}, text(func(c *models.Camera, s string) { c.ONVIF.Profile = s })},
		{"lon", []string{"经度", "lon", "longitude"}, degrees(-180, 180, func(c *models.Camera, x float64) { c.Place.Lon = x })},
		{"lat", []string{"纬度", "lat", "latitude"}, degrees(-90, 90, func(c *models.Camera, x float64) { c.Place.Lat = x })},
		{"heading", []string{"朝向", "heading"}, degrees(0, math.Nextafter(360, 0), func(c *models.Camera, x float64) { c.Heading = x })},
	}
}

// byName are the columns by each of their names; nil for those that are for people alone.
func (cs columns[T]) byName() map[string]*column[T] {
	all := map[string]*column[T]{"备注": nil, "序号": nil, "remark": nil, "note": nil, "notes": nil}
	for _, c := range cs {
		for _, name := range c.names {
			all[folded(name)] = &c
		}
	}
	return all
}

// nameless is a column that has no name above it: what stands in it would be lost in silence.
func nameless[T any](i int) *column[T] {
	return &column[T]{field: "column " + letter(i), parse: func(string) (func(*T), string) {
		return nil, "this column has no name: write one into the first row, or one that begins with # to leave it out"
	}}
}

// names are what the columns are called, for people.
func (cs columns[T]) names() (all []string) {
	for _, c := range cs {
		all = append(all, c.names[0])
	}
	return all
}

// folded is a header as it is looked up: marks for what must be filled in do not count, and all own columns are one.
func folded(header string) string {
	header = strings.ToLower(strings.Trim(header, "*＊:： \u3000\t"))
	if strings.HasPrefix(header, "#") {
		return "备注"
	}
	return header
}

func text[T any](put func(*T, string)) parser[T] {
	return func(cell string) (func(*T), string) {
		cell = strings.TrimSpace(cell)
		return func(x *T) { put(x, cell) }, ""
	}
}

// secret takes a cell as it stands: blanks may be part of a password.
func secret(cell string) (func(*models.Camera), string) {
	return func(c *models.Camera) { c.Password = cell }, ""
}

func transport(cell string) (func(*models.Camera), string) {
	var t models.Transport
	if err := t.UnmarshalText([]byte(strings.ToLower(strings.TrimSpace(cell)))); err != nil || !t.Valid() {
		return nil, "write auto, tcp, udp or multicast"
	}
	return func(c *models.Camera) { c.Transport = t }, ""
}

func yesNo[T any](put func(*T, bool)) parser[T] {
	return func(cell string) (func(*T), string) {
		switch strings.ToLower(strings.TrimSpace(cell)) {
		case "是", "yes", "y", "true", "1", "√":
			return func(x *T) { put(x, true) }, ""
		case "否", "no", "n", "false", "0", "×":
			return func(x *T) { put(x, false) }, ""
		}
		return nil, "write 是 or 否 (yes or no)"
	}
}

// degrees takes a number of a range.
func degrees[T any](least, most float64, put func(*T, float64)) parser[T] {
	return func(cell string) (func(*T), string) {
		x, err := strconv.ParseFloat(strings.TrimSpace(cell), 64)
		if err != nil || !(x >= least && x <= most) { // which NaN is not
			return nil, "write degrees as a number from " + strconv.FormatFloat(least, 'f', -1, 64) + " to " + strconv.FormatFloat(math.Ceil(most), 'f', -1, 64)
		}
		return func(c *T) { put(c, x) }, ""
	}
}

// number takes any finite number.
func number[T any](put func(*T, float64)) parser[T] {
	return func(cell string) (func(*T), string) {
		x, err := strconv.ParseFloat(strings.TrimSpace(cell), 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, "write a number"
		}
		return func(c *T) { put(c, x) }, ""
	}
}
