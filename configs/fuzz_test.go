package configs

import (
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// fuzzFile tries whole files: what was read passes its own judgement, what was not has faults, bounded ones.
func fuzzFile(f *testing.F, check func(document) error, seeds ...string) {
	for _, name := range seeds {
		b, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(string(b))
	}
	f.Add("a: &a [*a, *a]")
	f.Add("<<: {}\n? : x")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := parse("a.yml", []byte(text))
		if err == nil {
			err = check(d)
		}
		var faults Faults
		if err != nil && !errors.As(err, &faults) {
			t.Fatalf("%v is no fault of the file", err)
		}
		require.LessOrEqual(t, len(faults), MaxFaults)
	})
}

func FuzzSettings(f *testing.F) {
	fuzzFile(f, func(d document) error {
		c := Default()
		return d.fill(&c, func() error { return c.Validate() })
	}, "zhihui.yml", "demo/zhihui.yml")
}

func FuzzSite(f *testing.F) {
	fuzzFile(f, func(d document) error {
		var s models.Site
		return d.fill(&s, func() error { return checkSite(s) })
	}, "demo/site.yml")
}
