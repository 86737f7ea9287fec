package detect

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"zhihui/models"
)

// conditionRow counts what came of one condition.
type conditionRow struct {
	name                      string
	want                      models.EventKind
	trials, found, other, may int
	slowest                   time.Duration
}

// judge prints what was found of what was, and each case in which that is not the same. It fails below the share of the
// conditions that must be found, or above that of the trials in which something may be raised wrongly.
func judge(t *testing.T, out io.Writer, title string, trials []*trial, found, wrong float64) {
	matrix, cases := map[[2]string]int{}, &strings.Builder{}
	var rows []*conditionRow
	asked, right, quiet, raised := 0, 0, 0, 0
	for _, k := range trials {
		c := k.condition
		row := rowOf(&rows, c)
		opened, late, faults := k.opened()
		kinds := slices.Sorted(maps.Keys(opened))
		is := is(c)
		for _, kind := range kinds {
			matrix[[2]string{is, shortName(kind)}]++
		}
		if len(kinds) == 0 {
			matrix[[2]string{is, "nothing"}]++
		}
		others := slices.DeleteFunc(kinds, func(kind models.EventKind) bool { return kind == c.want || slices.Contains(c.may, kind) })
		row.trials++
		row.slowest = max(row.slowest, late)
		if len(others) > 0 {
			row.other++
		}
		if c.want == "" {
			quiet++
			if len(opened) > len(others) {
				row.may++
			}
		} else {
			asked++
		}
		switch {
		case len(others) > 0 && c.want == "":
			raised++
			fmt.Fprintf(cases, "  raised wrongly: %s, %s: %v;%s\n", k.where, c.name, others, k.vitals())
		case len(others) > 0:
			fmt.Fprintf(cases, "  beside: %s, %s: %v;%s\n", k.where, c.name, others, k.vitals())
		}
		switch {
		case c.want == "":
		case opened[c.want] && len(faults) == 0:
			right++
			row.found++
		default:
			fmt.Fprintf(cases, "  missed: %s, %s: %v;%s\n", k.where, c.name, faults, k.vitals())
		}
	}
	fmt.Fprintf(out, "pictures' conditions: %s\n%d trials of %.0f s, found %d of %d, raised wrongly in %d of %d\n%s\n%s%s\n",
		title, len(trials), caseEnds, right, asked, raised, quiet, table(matrix), perCondition(rows), cases)
	assert.GreaterOrEqual(t, float64(right), found*float64(asked), "conditions found")
	assert.LessOrEqual(t, float64(raised), wrong*float64(quiet), "raised wrongly")
}

func rowOf(rows *[]*conditionRow, c condition) *conditionRow {
	for _, r := range *rows {
		if r.name == c.name {
			return r
		}
	}
	*rows = append(*rows, &conditionRow{name: c.name, want: c.want})
	return (*rows)[len(*rows)-1]
}

// is names what a condition is: may be is where it is right to tell, and right not to.
func is(c condition) string {
	if c.want == "" && len(c.may) > 0 {
		return "may be"
	}
	return shortName(c.want)
}

func table(matrix map[[2]string]int) string {
	kinds := []string{"black", "covered", "blurred", "moved", "nothing"}
	out := &strings.Builder{}
	fmt.Fprintf(out, "%-12s", "is / found")
	for _, k := range kinds {
		fmt.Fprintf(out, "%10s", k)
	}
	for _, is := range append(kinds, "may be") {
		fmt.Fprintf(out, "\n%-12s", is)
		for _, found := range kinds {
			fmt.Fprintf(out, "%10d", matrix[[2]string{is, found}])
		}
	}
	return out.String()
}

func perCondition(rows []*conditionRow) string {
	out := &strings.Builder{}
	fmt.Fprintf(out, "%-34s%9s%8s%8s%8s%8s%10s\n", "condition", "is", "trials", "found", "allowed", "wrong", "slowest")
	for _, r := range rows {
		fmt.Fprintf(out, "%-34s%9s%8d%8d%8d%8d%10v\n", r.name, shortName(r.want), r.trials, r.found, r.may, r.other, r.slowest.Round(time.Second))
	}
	return out.String()
}

func shortName(k models.EventKind) string {
	if k == "" {
		return "nothing"
	}
	return strings.TrimPrefix(string(k), "camera_")
}

// vitals are what the judgement makes of the trial's first glance.
func (k *trial) vitals() string {
	a, at := &appearance{}, time.Unix(0, 0)
	for n := range 8 {
		a.see(at, k.usual[n%len(k.usual)])
	}
	v, _ := a.see(at, k.is[0][0])
	return fmt.Sprintf(" luma %.0f contrast %.0f covered %.2f sharp %.2f shift %.2f learnt %t", v.Luma, v.Contrast, v.Covered, v.Sharpness, v.Shift, v.Learnt)
}
