package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
)

// result is what a benchmark has found: it marshals to one JSON object whose "bench" is its name.
type result interface {
	// table writes the same for people: cells end with a tab, rows with a line break.
	table(w io.Writer)
}

// print writes the result, as the person at the terminal has asked for it.
func (b *bench) print(r result) error {
	if b.json {
		return json.NewEncoder(b.out).Encode(r)
	}
	w := tabwriter.NewWriter(b.out, 0, 0, 2, ' ', 0)
	r.table(w)
	fmt.Fprintln(w)
	return w.Flush()
}

// row writes one row of a table.
func row(w io.Writer, cells ...any) {
	for _, c := range cells {
		if f, ok := c.(float64); ok {
			c = fmt.Sprintf("%.4g", f)
		}
		fmt.Fprintf(w, "%v\t", c)
	}
	fmt.Fprintln(w)
}
