package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// sheetOf is a sheet of n good rows but for those that broken replaces, by row.
func sheetOf(n int, broken map[int]string) string {
	var b strings.Builder
	b.WriteString("编号,名称,区域,地址,用户名,密码,经度,分析\r\n")
	for row := 2; row < n+2; row++ {
		line, ok := broken[row]
		if !ok {
			line = fmt.Sprintf("cam-%[1]d,摄像机 %[1]d,a,rtsp://192.0.2.%[2]d/live/%[1]d,admin,top-secret,121.5,否", row, row%250)
		}
		b.WriteString(line + "\r\n")
	}
	return b.String()
}

// A thousand rows of which fifty are broken, each in one of ten ways.
func TestImportNamesEachFaultByRowAndColumn(t *testing.T) {
	s := newShell(t)
	_, said := s.run("", "site", "apply", s.config(), s.file("site.yml", "name: s\nareas: [{id: a, name: a, kind: street}]\n"))
	require.Contains(t, said, "+ area a")
	ways := []struct{ line, column, says string }{
		{"bad id %d!,x,a,rtsp://192.0.2.1/,,,,", "A 编号", "is no id"},
		{"c%d,,a,rtsp://192.0.2.1/,,,,", "B 名称", "a name that people know"},
		{"c%d,x,nowhere,rtsp://192.0.2.1/,,,,", "C 区域", `no area "nowhere"`},
		{"c%d,x,a,http://192.0.2.1/,,,,", "D 地址", "rtsp://"},
		{"c%d,x,a,rtsp://admin:top-secret@192.0.2.1/,,,,", "D 地址", "username and password"},
		{"c%d,x,a,,admin,top-secret,,", "D 地址", "rtsp://"},
		{"c%d,x,a,rtsp://192.0.2.1/,,,east,", "G 经度", "degrees"},
		{"c%d,x,a,rtsp://192.0.2.1/,,,,maybe", "H 分析", "是 or 否"},
		{"cam-3,x,a,rtsp://192.0.2.1/,,,,", "A 编号", "row 3 has this id already"},
		{"c%d,x,a,rtsp://192.0.2.1/,,,,,surplus", "I", "no name"},
	}
	broken, want := map[int]string{}, []string{}
	for i := range 50 {
		row, w := 10+20*i, ways[i%len(ways)]
		broken[row] = w.line
		if strings.Contains(w.line, "%d") {
			broken[row] = fmt.Sprintf(w.line, row)
		}
		want = append(want, fmt.Sprintf("row %d, column %s: ", row, w.column))
	}
	file := s.file("cameras.csv", sheetOf(1000, broken))
	for _, args := range [][]string{nil, {"--dry-run"}} {
		code, said := s.run("", append([]string{"camera", "import", s.config(), file}, args...)...)
		require.Equal(t, 1, code)
		require.NotContains(t, said, "top-secret")
		var faults []string
		for _, line := range strings.Split(said, "\n") {
			if strings.HasPrefix(line, "row ") {
				faults = append(faults, line)
			}
		}
		require.Len(t, faults, 50)
		for i, fault := range faults {
			require.True(t, strings.HasPrefix(fault, want[i]), "%s: %s", want[i], fault)
			require.Contains(t, fault, ways[i%len(ways)].says)
		}
		require.Contains(t, said, "950 added, 0 changed, 0 removed, 0 unchanged, 50 faults")
		require.Equal(t, args != nil, strings.Contains(said, "+ camera cam-2\n"), "what would be added is named by a dry run")
	}

	code, said := s.run("", "camera", "import", s.config(), file, "--partial")
	require.Equal(t, 0, code, said)
	undo := undoOf(t, said)
	code, said = s.run("", "camera", "import", s.config(), file, "--partial")
	require.Equal(t, 0, code)
	require.Contains(t, said, "0 added, 0 changed, 0 removed, 950 unchanged, 50 faults: nothing differs\n")
	code, said = s.run("", append([]string{"camera", "undo", s.config()}, undo)...)
	require.Equal(t, 0, code, said)
	require.Contains(t, said, "0 added, 0 changed, 950 removed")
	code, said = s.run("", "camera", "undo", s.config(), undo)
	require.Equal(t, 1, code)
	require.Contains(t, said, "edited or removed since")
}

// undoOf is the id in the command that an import prints as its way back.
func undoOf(t *testing.T, said string) string {
	found := regexp.MustCompile(`undo: zhihui (?:camera|sensor) undo --config \S+ ([0-9A-Z]{26})\n`).FindStringSubmatch(said)
	require.NotEmpty(t, found, said)
	return found[1]
}

func TestImportOfASheetInGBK(t *testing.T) {
	s := newShell(t)
	s.run("", "site", "apply", s.config(), s.file("site.yml", "name: s\nareas: [{id: a, name: 和安社区, kind: community}]\n"))
	sheet, err := simplifiedchinese.GBK.NewEncoder().String(strings.ReplaceAll(sheetOf(2, nil), ",a,", ",和安社区,"))
	require.NoError(t, err)
	code, said := s.run("", "camera", "import", s.config(), s.file("cameras.csv", sheet))
	require.Equal(t, 0, code, said)
	require.True(t, strings.HasPrefix(said, "+ camera cam-2\n+ camera cam-3\n2 added"), said)
	require.NotContains(t, said, "top-secret")
}

func TestSheetsThatAreNone(t *testing.T) {
	s := newShell(t)
	code, said := s.run("", "camera", "import", s.config(), filepath.Join(s.dir, "none.csv"))
	require.Equal(t, 1, code)
	require.Contains(t, said, "none.csv")
	code, said = s.run("", "camera", "import", s.config(), s.file("x.csv", "名称\n"))
	require.Equal(t, 1, code)
	require.Contains(t, said, "编号")
	big := filepath.Join(s.dir, "big.csv")
	require.NoError(t, os.Truncate(s.file("big.csv", "id\n"), 1<<30))
	code, said = s.run("", "camera", "import", s.config(), big)
	require.Equal(t, 1, code)
	require.Contains(t, said, "5 MB")
}

// sensorSheet is a sheet of n good rows but for those that broken replaces, by row.
func sensorSheet(n int, broken map[int]string) string {
	var b strings.Builder
	b.WriteString("编号,名称,区域,类别,单位,主题,取值路径,系数,失联时限,上限,解除值,级别,经度\r\n")
	for row := 2; row < n+2; row++ {
		line, ok := broken[row]
		if !ok {
			line = fmt.Sprintf("water-%[1]d,水位 %[1]d,a,water_level,m,site/%[1]d/up,data.level,0.01,10m,3.5,3.2,红,121.5", row)
		}
		b.WriteString(line + "\r\n")
	}
	return b.String()
}

// A thousand sensors of which fifty are broken, each in one of ten ways; a second time changes nothing, and all of it is undone.
func TestASheetOfSensors(t *testing.T) {
	s := newShell(t)
	s.run("", "site", "apply", s.config(), s.file("site.yml", "name: s\nareas: [{id: a, name: a, kind: street}]\n"))
	ways := []struct{ line, column, says string }{
		{"bad id %d!,x,a,water_level,m,t,,,,,,,", "A 编号", "is no id"},
		{"w%d,,a,water_level,m,t,,,,,,,", "B 名称", "a name that people know"},
		{"w%d,x,nowhere,water_level,m,t,,,,,,,", "C 区域", `no area "nowhere"`},
		{"w%d,x,a,,m,t,,,,,,,", "D 类别", "what it measures"},
		{"w%d,x,a,water_level,m,t/#,,,,,,,", "F 主题", "without + and #"},
		{"w%d,x,a,water_level,m,t,,much,,,,,", "H 系数", "a number"},
		{"w%d,x,a,water_level,m,t,,,soon,,,,", "I 失联时限", "10m"},
		{"w%d,x,a,water_level,m,t,,,,3,4,,", "K 解除值", "quiet side"},
		{"w%d,x,a,water_level,m,t,,,,3,,紫,", "L 级别", "红"},
		{"water-3,x,a,water_level,m,t,,,,,,,", "A 编号", "row 3 has this id already"},
	}
	broken, want := map[int]string{}, []string{}
	for i := range 50 {
		row, w := 10+20*i, ways[i%len(ways)]
		broken[row] = w.line
		if strings.Contains(w.line, "%d") {
			broken[row] = fmt.Sprintf(w.line, row)
		}
		want = append(want, fmt.Sprintf("row %d, column %s: ", row, w.column))
	}
	file := s.file("sensors.csv", sensorSheet(1000, broken))
	code, said := s.run("", "sensor", "import", s.config(), file, "--dry-run")
	require.Equal(t, 1, code)
	var faults []string
	for _, line := range strings.Split(said, "\n") {
		if strings.HasPrefix(line, "row ") {
			faults = append(faults, line)
		}
	}
	require.Len(t, faults, 50)
	for i, fault := range faults {
		require.True(t, strings.HasPrefix(fault, want[i]), "%s: %s", want[i], fault)
		require.Contains(t, fault, ways[i%len(ways)].says)
	}
	code, said = s.run("", "sensor", "import", s.config(), file, "--partial")
	require.Equal(t, 0, code, said)
	require.Contains(t, said, "+ sensor water-2\n")
	undo := undoOf(t, said)
	_, said = s.run("", "sensor", "import", s.config(), file, "--partial")
	require.Contains(t, said, "0 added, 0 changed, 0 removed, 950 unchanged, 50 faults: nothing differs\n")
	code, said = s.run("", "sensor", "undo", s.config(), undo)
	require.Equal(t, 0, code, said)
	require.Contains(t, said, "0 added, 0 changed, 950 removed")
	_, said = s.run("", "sensor", "imports", s.config())
	lines := strings.Split(strings.TrimSpace(said), "\n")
	require.Len(t, lines, 2)
	require.Contains(t, lines[0], ": 0 added, 0 changed, 950 removed (sensors, undoes "+undo+")")
	require.True(t, strings.HasPrefix(lines[1], undo), said)
	require.Contains(t, lines[1], ": 950 added, 0 changed, 0 removed (sensors)")
}
