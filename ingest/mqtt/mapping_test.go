package mqtt

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestDecode(t *testing.T) {
	tests := []struct {
		name    string
		m       models.Mapping
		payload string
		want    float64
		err     error
	}{
		{"plain number", models.Mapping{}, " 12.5\n", 12.5, nil},
		{"quoted number", models.Mapping{}, `"12.5"`, 12.5, nil},
		{"exponent", models.Mapping{}, "-1.5e3", -1500, nil},
		{"plain truth", models.Mapping{}, "true", 1, nil},
		{"scale and offset", models.Mapping{Scale: 0.01, Offset: -1}, "250", 1.5, nil},
		{"field", models.Mapping{Path: "level"}, `{"level": 3}`, 3, nil},
		{"deep field", models.Mapping{Path: "data.values.1"}, `{"data":{"values":[1,{"x":0},3]}}`, 0, errNotNumber},
		{"list", models.Mapping{Path: "data.values.2"}, `{"data":{"values":[1,2,3]}}`, 3, nil},
		{"top list", models.Mapping{Path: "0"}, `[7]`, 7, nil},
		{"number in a string", models.Mapping{Path: "level"}, `{"level":" 3.25 "}`, 3.25, nil},
		{"truth", models.Mapping{Path: "open"}, `{"open":true}`, 1, nil},
		{"lie", models.Mapping{Path: "open"}, `{"open":false}`, 0, nil},

		{"empty", models.Mapping{}, " \n", 0, errEmpty},
		{"no number", models.Mapping{}, "twelve", 0, errNotNumber},
		{"JSON without a path", models.Mapping{}, `{"level":3}`, 0, errNotNumber},
		{"not JSON", models.Mapping{Path: "level"}, "level=3", 0, errNotJSON},
		{"half JSON", models.Mapping{Path: "level"}, `{"level":3`, 0, errNotJSON},
		{"more than JSON", models.Mapping{Path: "level"}, `{"level":3}{}`, 0, errNotJSON},
		{"no field", models.Mapping{Path: "level"}, `{"depth":3}`, 0, errNoField},
		{"no such place", models.Mapping{Path: "2"}, `[1,2]`, 0, errNoField},
		{"below zero", models.Mapping{Path: "-1"}, `[1,2]`, 0, errNoField},
		{"path into a number", models.Mapping{Path: "level.x"}, `{"level":3}`, 0, errNoField},
		{"null", models.Mapping{Path: "level"}, `{"level":null}`, 0, errNotNumber},
		{"text", models.Mapping{Path: "level"}, `{"level":"high"}`, 0, errNotNumber},
		{"NaN", models.Mapping{}, "NaN", 0, errNotFinite},
		{"Inf", models.Mapping{Path: "level"}, `{"level":"-Inf"}`, 0, errNotFinite},
		{"too far", models.Mapping{Path: "level"}, `{"level":1e400}`, 0, errNotFinite},
		{"scaled too far", models.Mapping{Scale: 1e300}, "1e300", 0, errNotFinite},
		{"too large", models.Mapping{}, strings.Repeat("1", maxPayload+1), 0, errTooLarge},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := decode(test.m, []byte(test.payload))
			require.Equal(t, test.err, err)
			require.Equal(t, test.want, got)
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("level", `{"level": 3}`, 0.01, 1.0)
	f.Add("a.0", `{"a":["1e9"]}`, 1e308, math.Inf(1))
	f.Add("", "\xff\x00", 0.0, 0.0)
	f.Add("a", strings.Repeat("[", 20000), 0.0, 0.0)
	f.Fuzz(func(t *testing.T, path, payload string, scale, offset float64) {
		v, err := decode(models.Mapping{Path: path, Scale: scale, Offset: offset}, []byte(payload))
		require.False(t, math.IsNaN(v) || math.IsInf(v, 0))
		if err != nil {
			text := fault(err, []byte(payload))
			require.LessOrEqual(t, len(text), 400)
			require.True(t, utf8.ValidString(text))
			require.NotContains(t, text, "\n")
		}
	})
}

func TestFaultShowsTheBeginning(t *testing.T) {
	require.Equal(t, `not_json: "a\x00\"<b>"`, fault(errNotJSON, []byte("a\x00\"<b>")))
	require.Equal(t, "too_large", fault(errTooLarge, nil))
	require.True(t, strings.HasSuffix(fault(errNotJSON, []byte(strings.Repeat("x", 100))), `x"…`))
}
