package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"zhihui/models"
)

const chinese = "编号,名称,所属区域,地址,用户名,密码,智能分析,停用,经度,纬度,朝向,备注\r\n" +
	"gate-1,一号门,和安社区,rtsp://10.0.0.1/Streaming/Channels/102,admin, se cret ,是,否,121.4737,31.2304,90,新装\r\n" +
	"\r\n" +
	"gate-2,\"二号门, 北\",grid-2,,,,,,,,,\r\n"

// made are the cameras that a sheet makes of nothing, by row.
func made(t testing.TB, c Sheet[models.Camera]) map[int]models.Camera {
	found := map[int]models.Camera{}
	for _, e := range c.Edits {
		require.Empty(t, e.Faults)
		camera := models.Camera{ID: e.ID, Area: e.Area}
		e.Put(&camera)
		found[e.Row] = camera
	}
	return found
}

var want = map[int]models.Camera{
	2: {ID: "gate-1", Name: "一号门", Area: "和安社区", URL: "rtsp://10.0.0.1/Streaming/Channels/102", Username: "admin", Password: " se cret ",
		Analyse: true, Place: models.Place{Lon: 121.4737, Lat: 31.2304}, Heading: 90},
	4: {ID: "gate-2", Name: "二号门, 北", Area: "grid-2"},
}

func encoded(t testing.TB, e encoding.Encoding, mark, s string) []byte {
	b, err := e.NewEncoder().String(s)
	require.NoError(t, err)
	return []byte(mark + b)
}

// workbook is the text as Excel would keep it, each cell as text but for numbers.
func workbook(t testing.TB, s string) []byte {
	r := csv.NewReader(strings.NewReader(s))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	require.NoError(t, err)
	f := excelize.NewFile()
	defer f.Close()
	for i, cells := range rows {
		number := []int{1, 2, 4}[i]
		for j, cell := range cells {
			var v any = cell
			if cell == "121.4737" {
				v = 121.4737
			}
			require.NoError(t, f.SetCellValue("Sheet1", fmt.Sprint(letter(j), number), v))
		}
	}
	b, err := f.WriteToBuffer()
	require.NoError(t, err)
	return b.Bytes()
}

func TestWhateverExcelWritesIsRead(t *testing.T) {
	english := strings.NewReplacer("编号", "ID", "名称", " Name*", "所属区域", "area", "地址", "url", "用户名", "username", "密码", "password", "智能分析", "analyse",
		"停用", "disabled", "经度", "lon", "纬度", "lat", "朝向", "heading", "备注", "#mine", "是", "yes", "否", "No").Replace(chinese)
	utf16 := func(e unicode.Endianness) encoding.Encoding { return unicode.UTF16(e, unicode.IgnoreBOM) }
	for name, data := range map[string][]byte{
		"UTF-8":             []byte(chinese),
		"UTF-8 with a mark": []byte("\xef\xbb\xbf" + chinese),
		"GBK":               encoded(t, simplifiedchinese.GBK, "", chinese),
		"GB 18030":          encoded(t, simplifiedchinese.GB18030, "", chinese),
		"Unicode text":      encoded(t, utf16(unicode.LittleEndian), "\xff\xfe", strings.NewReplacer(",", "\t", "二号门, 北", "二号门, 北").Replace(strings.Replace(chinese, "二号门, 北", "二号门; 北", 1))),
		"UTF-16 the other":  encoded(t, utf16(unicode.BigEndian), "\xfe\xff", chinese),
		"semicolons":        []byte("sep=;\r\n" + strings.NewReplacer(",", ";").Replace(strings.Replace(chinese, "二号门, 北", "二号门、北", 1))),
		"line feeds":        []byte(strings.ReplaceAll(chinese, "\r", "")),
		"English":           []byte(english),
		"xlsx":              workbook(t, chinese),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := ReadCameras(data)
			require.NoError(t, err)
			got := made(t, c)
			other := got[4]
			other.Name = strings.NewReplacer("; ", ", ", "、", ", ").Replace(other.Name)
			got[4] = other
			require.Equal(t, want, got)
		})
	}
}

func TestTransports(t *testing.T) {
	c, err := ReadCameras([]byte("编号,传输\na,UDP\nb,auto\nc,multicast\nd,pigeon\n"))
	require.NoError(t, err)
	for i, want := range []models.Transport{models.TransportUDP, models.TransportAuto, models.TransportMulticast} {
		camera := models.Camera{Transport: models.TransportTCP}
		c.Edits[i].Put(&camera)
		require.Equal(t, want, camera.Transport)
	}
	require.Equal(t, "transport", c.Edits[3].Faults[0].Field)
}

func TestWhereACameraIsTurned(t *testing.T) {
	for _, names := range []string{"ONVIF地址,ONVIF配置", "onvif 地址,onvif配置", "onvif,onvif_profile", "ONVIF_Address,ONVIF_Profile"} {
		c, err := ReadCameras([]byte("编号," + names + "\na, 10.0.0.1:80 ,Profile_1\nb,,\n"))
		require.NoError(t, err, names)
		kept := models.Camera{ONVIF: models.ONVIF{Address: "10.0.0.2:80"}}
		got := kept
		c.Edits[0].Put(&got)
		require.Equal(t, models.ONVIF{Address: "10.0.0.1:80", Profile: "Profile_1"}, got.ONVIF)
		c.Edits[1].Put(&kept)
		require.Equal(t, "10.0.0.2:80", kept.ONVIF.Address)
	}
}

// An empty cell, and a column that is not there, leave what is there; the id and the area are not put by Edit.
func TestARowPutsOnlyWhatItGives(t *testing.T) {
	c, err := ReadCameras([]byte("编号,名称,密码,停用,区域\ngate, ,,是,b\n"))
	require.NoError(t, err)
	camera := models.Camera{ID: "x", Name: "kept", Area: "a", URL: "rtsp://10.0.0.1/", Password: "kept", Heading: 7}
	c.Edits[0].Put(&camera)
	require.Equal(t, models.Camera{ID: "x", Name: "kept", Area: "a", URL: "rtsp://10.0.0.1/", Password: "kept", Heading: 7, Disabled: true}, camera)
	require.Equal(t, []string{"gate", "b"}, []string{c.Edits[0].ID, c.Edits[0].Area})
}

func TestFaultsOfCells(t *testing.T) {
	c, err := ReadCameras([]byte("编号,经度,纬度,朝向,停用,分析,名称,,\n" +
		"a,180.1,x,360,maybe,2,\"two\nlines\",,\n" +
		"b,NaN,-91,-1,是,1,good,,surplus\n" +
		"c,,,,,,,unnamed,,,further\n"))
	require.NoError(t, err)
	var told []string
	for _, e := range c.Edits {
		c.Locate(e.Faults)
		for _, f := range e.Faults {
			told = append(told, fmt.Sprintf("%d %s %s|%s", f.Row, f.ID, f.Column, f.Field))
			require.NotEmpty(t, f.Message)
		}
	}
	require.Equal(t, []string{
		"2 a B 经度|lon", "2 a C 纬度|lat", "2 a D 朝向|heading", "2 a E 停用|disabled", "2 a F 分析|analyse", "2 a G 名称|name",
		"3 b B 经度|lon", "3 b C 纬度|lat", "3 b D 朝向|heading", "3 b |column I",
		"4 c |column H", "4 c |column K",
	}, told)
	require.Equal(t, "row 2, column B 经度: write degrees as a number from -180 to 180", c.Edits[0].Faults[0].String())
	require.Contains(t, c.Edits[1].Faults[3].String(), "row 3, column I: ")
}

func TestFaultsOfARowStandInTheOrderOfItsColumns(t *testing.T) {
	c, err := ReadCameras([]byte("编号,名称,区域,地址\na,,,\nb,,,\n"))
	require.NoError(t, err)
	faults := []models.CellFault{{Row: 2, Field: "column X"}, {Row: 2, Field: "url"}, {Row: 2, Column: "AA"}, {Row: 2, Field: "name"}, {Row: 3, Column: "Z 停用"}, {Row: 3, Field: "area"}, {Field: "more"}}
	c.Locate(faults)
	var at []string
	for _, f := range faults {
		at = append(at, fmt.Sprint(f.Row, " ", f.Column))
	}
	require.Equal(t, []string{"2 B 名称", "2 D 地址", "2 AA", "2 ", "3 C 区域", "3 Z 停用", "0 "}, at)
}

func TestSheetsThatCannotBeUsed(t *testing.T) {
	for name, c := range map[string]struct {
		data string
		want models.Code
		says string
	}{
		"nothing":           {"", models.Invalid, "empty"},
		"blanks":            {"\n , ,\n", models.Invalid, "empty"},
		"no id":             {"名称,地址\nx,y\n", models.Invalid, "编号"},
		"a column unknown":  {"编号,颜色\n", models.Invalid, "颜色"},
		"a column twice":    {"编号,url,地址\n", models.Invalid, "column B url says the same"},
		"no text":           {"编号,名称\n\xff\xff\xff\n", models.Invalid, "UTF-8 or GBK"},
		"quotes":            {"编号,名称\na,\"b\"c\n", models.Invalid, "line 2"},
		"an old sheet":      {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", models.Invalid, ".xls"},
		"an archive":        {"PK\x03\x04 and nothing more", models.Invalid, ".xlsx"},
		"too big":           {strings.Repeat("x", MaxBytes+1), models.TooLarge, "5 MB"},
		"too many rows":     {"id\n" + strings.Repeat("x\n", MaxRows+1), models.TooLarge, "5000 rows"},
		"too many columns":  {"id" + strings.Repeat(",#", MaxColumns) + "\n", models.TooLarge, "64"},
		"too long a cell":   {"id,name\na," + strings.Repeat("x", maxCell+1), models.TooLarge, "row 2, column B"},
		"half of an UTF-16": {"\xff\xfe\x00\xd8\x00", models.Invalid, "UTF-8 or GBK"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadCameras([]byte(c.data))
			require.Equal(t, c.want, models.CodeOf(err), "%v", err)
			require.ErrorContains(t, err, c.says)
		})
	}
	full, err := ReadCameras([]byte("id\n" + strings.Repeat("x\n\n", MaxRows)))
	require.NoError(t, err)
	require.Len(t, full.Edits, MaxRows)
	require.Equal(t, 2*MaxRows, full.Edits[MaxRows-1].Row)
}

// A workbook that says that its only row is the two-billionth, and one that unpacks to more than a machine holds.
func TestWorkbooksThatWereMadeToHarm(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes 38 MB of rows")
	}
	f := excelize.NewFile()
	defer f.Close()
	require.NoError(t, f.SetCellValue("Sheet1", "A200000", "x"))
	deep, err := f.WriteToBuffer()
	require.NoError(t, err)
	_, err = ReadCameras(deep.Bytes())
	require.Equal(t, models.TooLarge, models.CodeOf(err), "%v", err)

	g := excelize.NewFile()
	defer g.Close()
	w, err := g.NewStreamWriter("Sheet1")
	require.NoError(t, err)
	for i := range 1200 {
		require.NoError(t, w.SetRow(fmt.Sprint("A", i+1), []any{strings.Repeat("x", 32_000)}))
	}
	require.NoError(t, w.Flush())
	bomb, err := g.WriteToBuffer()
	require.NoError(t, err)
	require.Less(t, bomb.Len(), MaxBytes)
	_, err = ReadCameras(bomb.Bytes())
	require.Equal(t, models.Invalid, models.CodeOf(err), "%v", err)
	require.ErrorContains(t, err, "unpacked")
}

// A workbook keeps a text once that stands in many cells; out of it, each cell has its own. This one is 20 KB.
func TestAWorkbookThatGrows(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	require.NoError(t, f.SetCellRichText("Sheet1", "A1", []excelize.RichTextRun{{Text: strings.Repeat("x", maxCell-1)}, {Text: "y"}}))
	plain, err := f.WriteToBuffer()
	require.NoError(t, err)
	from, err := zip.NewReader(bytes.NewReader(plain.Bytes()), int64(plain.Len()))
	require.NoError(t, err)
	var grown bytes.Buffer
	to := zip.NewWriter(&grown)
	for _, file := range from.File {
		if file.Name != "xl/worksheets/sheet1.xml" {
			require.NoError(t, to.Copy(file))
			continue
		}
		w, err := to.Create(file.Name)
		require.NoError(t, err)
		cells := strings.Repeat(`<c t="s"><v>0</v></c>`, MaxColumns)
		_, err = fmt.Fprintf(w, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>`, strings.Repeat("<row>"+cells+"</row>", 200))
		require.NoError(t, err)
	}
	require.NoError(t, to.Close())
	require.Less(t, grown.Len(), 40_000)
	_, err = read(grown.Bytes())
	require.Equal(t, models.TooLarge, models.CodeOf(err), "%v", err)
	require.ErrorContains(t, err, "16 MB")
}

func TestLetters(t *testing.T) {
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 63: "BL"} {
		require.Equal(t, want, letter(i))
	}
}

// Whatever lies in a file: it is refused with a sentence, or gives rows within the bounds, in their order.
func FuzzReadCameras(f *testing.F) {
	f.Add([]byte(chinese))
	f.Add(encoded(f, simplifiedchinese.GBK, "", chinese))
	f.Add([]byte("sep=;\nid;name\n\"a\nb\";c\nd;e\n"))
	f.Add([]byte("\xff\xfei\x00d\x00\n\x00x\x00"))
	f.Add([]byte("id,\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.HasPrefix(data, []byte("PK")) {
			return // an archive, not CSV
		}
		c, err := ReadCameras(data)
		if err != nil {
			require.NotEqual(t, models.Internal, models.CodeOf(err), "%v", err)
			return
		}
		require.LessOrEqual(t, len(c.Edits), MaxRows)
		row := 1
		for _, e := range c.Edits {
			require.Greater(t, e.Row, row)
			row = e.Row
			camera := models.Camera{ID: "x", Area: "y"}
			e.Put(&camera)
			require.Equal(t, []string{"x", "y"}, []string{camera.ID, camera.Area})
		}
	})
}

func TestASheetOfSensors(t *testing.T) {
	s, err := ReadSensors([]byte("编号,名称,所属区域,类别,单位,主题,取值路径,系数,偏移,失联时限,上限,下限,解除值,级别,摄像机,停用,经度,纬度\n" +
		"w1,水位,a,water_level,m,site/w1,data.level,0.01,-2,10m,3.5,,3.2,红色,gate,否,121.5,31.2\n" +
		"w2,,,,,,纯数值,,,0,无,1,none,yellow,,,,\n" +
		"w3,,,,,,,x,Inf,soon,high,low,,purple,,,,\n"))
	require.NoError(t, err)
	above, below, clear := 3.5, 1.0, 3.2
	put := func(i int, x models.Sensor) models.Sensor { s.Edits[i].Put(&x); return x }
	got := put(0, models.Sensor{ID: "w1"})
	require.Equal(t, models.Sensor{ID: "w1", Name: "水位", Kind: "water_level", Unit: "m", Topic: "site/w1",
		Mapping: models.Mapping{Path: "data.level", Scale: 0.01, Offset: -2}, StaleAfter: models.Duration(10 * time.Minute),
		Place: models.Place{Lon: 121.5, Lat: 31.2}, Camera: "gate",
		Rules: []models.Rule{{Kind: models.SensorThreshold, Severity: models.Red, Above: &above, Clear: &clear}}}, got)
	require.Equal(t, []string{"w1", "a"}, []string{s.Edits[0].ID, s.Edits[0].Area})
	other := models.Rule{Kind: models.SensorWentStale}
	was := models.Sensor{ID: "w2", Mapping: got.Mapping, StaleAfter: 1, Rules: []models.Rule{other, got.Rules[0]}}
	now := put(1, was)
	require.Equal(t, []models.Rule{other, {Kind: models.SensorThreshold, Severity: models.Yellow, Below: &below}}, now.Rules)
	require.Equal(t, []any{"", models.Duration(0)}, []any{now.Mapping.Path, now.StaleAfter})
	require.Equal(t, &above, was.Rules[1].Above, "what it was is as it was")
	var at []string
	for _, f := range s.Edits[2].Faults {
		at = append(at, f.Field)
	}
	require.Equal(t, []string{"mapping.scale", "mapping.offset", "stale_after", "above", "below", "severity"}, at)
}

// One limit in place of the other: what else the threshold has stays.
func TestALimitForAnother(t *testing.T) {
	s, err := ReadSensors([]byte("id,above,below,severity\nw,无,1,\nnew,,,red\nnone,无,,\n"))
	require.NoError(t, err)
	five, one := 5.0, 1.0
	before := models.Rule{ID: "x", Kind: models.SensorThreshold, Above: &five, Dwell: 7, Severity: models.Red}
	x := models.Sensor{Rules: []models.Rule{before}}
	s.Edits[0].Put(&x)
	require.Equal(t, []models.Rule{{ID: "x", Kind: models.SensorThreshold, Below: &one, Dwell: 7, Severity: models.Red}}, x.Rules)
	require.Equal(t, &five, before.Above)
	x = models.Sensor{}
	s.Edits[1].Put(&x)
	require.Len(t, x.Rules, 1, "that it has no limit is a fault, which the store tells")
	x = models.Sensor{}
	s.Edits[2].Put(&x)
	require.Empty(t, x.Rules)
}

func TestATakenLimitTakesTheThresholdAlong(t *testing.T) {
	s, err := ReadSensors([]byte("id,above\nw,无\n"))
	require.NoError(t, err)
	above := 3.0
	x := models.Sensor{ID: "w", Rules: []models.Rule{{Kind: models.SensorThreshold, Above: &above}}}
	s.Edits[0].Put(&x)
	require.Empty(t, x.Rules)
}

func TestWhoseOwnAlarmsAreHeard(t *testing.T) {
	c, err := ReadCameras([]byte("编号,自带报警\na,是\nb,否\nc,\nd,maybe\n"))
	require.NoError(t, err)
	for i, want := range []bool{true, false, true} {
		camera := models.Camera{Alarms: i > 0}
		c.Edits[i].Put(&camera)
		require.Equal(t, want, camera.Alarms)
	}
	require.Equal(t, "alarms", c.Edits[3].Faults[0].Field)
}
