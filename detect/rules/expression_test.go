package rules

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func asks(text string) models.Rule { return models.Rule{Kind: models.SensorExpression, Expr: text} }

func TestSensorExpression(t *testing.T) {
	said := map[string]Heard{
		"underpass": {Value: 0.3, Known: true, Age: 30 * time.Second}, "rain-1": {Value: 12, Known: true},
		"new": {Age: time.Minute}, "mute": {Age: time.Hour}, "stale": {Value: 1, Known: true, Age: time.Hour, Stale: true},
	}
	for text, want := range map[string]Verdict{
		`value("underpass") > 0.2 and value('rain-1') >= 10`:      {Holds: true, Reason: IsTrue, Facts: models.Facts{Inputs: map[string]float64{"underpass": 0.3, "rain-1": 12}}},
		`value("underpass") > 0.2 && not (value("rain-1") >= 10)`: {Reason: IsFalse},
		`abs(value("underpass") - 1) == 0.7`:                      {Holds: true, Reason: IsTrue, Facts: models.Facts{Inputs: map[string]float64{"underpass": 0.3}}},
		`max(value("underpass"), value("rain-1")) < 12`:           {Reason: IsFalse},
		`age("underpass") > 29.5 && age("underpass") < 31`:        {Holds: true, Reason: IsTrue, Facts: models.Facts{Inputs: map[string]float64{"underpass": 0.3}}},
		`value("underpass") / 0 > 1e300`:                          {Holds: true, Reason: IsTrue, Facts: models.Facts{Inputs: map[string]float64{"underpass": 0.3}}},
		`value("new") > 0`:                                        {Reason: NoValue, Unknown: true},
		`value("mute") > 0`:                                       {Reason: NoValue},
		`value("stale") > 0`:                                      {Reason: InputStale},
		`age("stale") > 0`:                                        {Reason: InputStale},
		`value("underpass") > 0 or value("gone") > 0`:             {Reason: NoSensor},
	} {
		t.Run(text, func(t *testing.T) {
			if want.Holds {
				want.Facts.Expr = text
			}
			require.Equal(t, want, ready(t, asks(text)).Judge(noon, Input{Heard: said}))
		})
	}
}

func TestAnExpressionThatCannotRunIsNamedWithItsColumn(t *testing.T) {
	for text, says := range map[string]string{
		"":                                  "needs an expression",
		`value("a") >`:                      "column 12: unexpected token",
		`value("a") + 1`:                    "column ",
		`value("a") > true`:                 "column 12: invalid operation: > (mismatched types float64 and bool)",
		`level > 2`:                         "column 1: use numbers",
		`value(a) > 1`:                      "column 1: write the id of a sensor in quotes",
		`value("a b") > 1`:                  "write the id",
		`value("a", "b") > 1`:               "column ",
		`1 < 2`:                             "asks 0 sensors",
		`value("a") > 1 | true`:             "column ",
		`len("aaaa") > value("a")`:          "column ",
		`value("a") in [1, 2]`:              "in is not known here",
		`value("a") ** 999 > 1`:             "column 12: ** is not known here",
		`all(1..999999999, # > value("a"))`: "column ",
		`let x = value("a"); x > 1`:         "column ",
		`(value("a")`:                       "column ",
		`value("a") > 1` + strings.Repeat(" ", 500):  "write 500 at most",
		strings.Repeat("-", 480) + `value("a") > 1`:  "exceeds maximum allowed nodes",
		strings.Repeat("value('a')>1 or ", 30) + "z": "column ",
	} {
		t.Run(text, func(t *testing.T) {
			var e *models.Error
			require.True(t, errors.As(Check(asks(text), nil, true), &e))
			require.Equal(t, "expr", e.Field)
			require.Contains(t, e.Message, says)
			require.NotContains(t, e.Message, "\n")
		})
	}
	many := "value('s0') > 0"
	for _, c := range "abcdefghijklmnop" {
		many += " and value('" + string(c) + "') > 0"
	}
	require.ErrorContains(t, Check(asks(many), nil, true), "asks 17 sensors, ask 1 to 16")
	require.ErrorContains(t, CheckAll([]models.Rule{{Kind: models.SensorWentStale}, asks("level > 2")}, nil, true), "rules[1].expr: column 1")
	require.Equal(t, []string{"b", "a"}, ready(t, asks(`value("b") > 0 and age("a") < 5 and value("b") < 9`)).Reads())
}

// Whatever people write is refused in words, or runs.
func FuzzExpression(f *testing.F) {
	f.Add(`value("a") > 0.2 and not (age('b') < 5)`)
	f.Add(`((((((((`)
	f.Add("value(`a`) == 1 ? true : false")
	f.Add("\xff\x00#.x?.y??1..2")
	f.Fuzz(func(t *testing.T, text string) {
		rule, err := New(asks(text), nil, true, time.UTC)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		said := map[string]Heard{}
		for _, id := range rule.Reads() {
			said[id] = Heard{Value: 1, Known: true}
		}
		require.NotEqual(t, CannotTell, rule.Judge(noon, Input{Heard: said}).Reason)
	})
}
