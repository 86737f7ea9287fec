package configs

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

type sample struct {
	Listen string          `yaml:"listen"`
	Limit  int             `yaml:"limit"`
	Wait   models.Duration `yaml:"wait"`
	Inner  struct {
		Names []string `yaml:"names"`
		Sizes []int    `yaml:"sizes"`
	} `yaml:"inner"`
}

func decodeSample(t *testing.T, text string) (sample, []string) {
	t.Helper()
	var v sample
	d, err := parse("a.yml", []byte(text))
	var faults Faults
	if err != nil {
		require.ErrorAs(t, err, &faults)
	} else {
		faults = d.decode(&v)
	}
	var lines []string
	for _, f := range faults {
		lines = append(lines, f.String())
	}
	return v, lines
}

func TestDecodeNamesEveryFault(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string // beginnings
	}{
		"fine":        {"listen: a\nlimit: 3\nwait: 0.5s\ninner: {names: [b], sizes: [1]}\n", nil},
		"unknown key": {"listen: a\nlisten_port: 3\n", []string{`a.yml:2:1: unknown field "listen_port": there is no such key here`}},
		"unknown keys at two depths": {"lissen: a\ninner:\n  names: []\n  nmaes: []\n", []string{
			`a.yml:1:1: unknown field "lissen"`, `a.yml:4:3: unknown field "nmaes"`}},
		"wrong types": {"limit: many\ninner:\n  sizes: [1, two]\n", []string{
			"a.yml:1:8: this is text, write a whole number", "a.yml:3:14: this is text, write a whole number"}},
		"duration": {"listen: a\nwait: soon\n", []string{`a.yml:2:7: "soon" is no duration, write one such as 500ms`}},
		"a duration without a unit, whose text stands elsewhere too": {"limit: 30\ninner: {names: [\"30\"]}\nwait: 30\n", []string{
			`a.yml:3:7: "30" is no duration`}},
		"a negative duration": {"wait: -3s\nlissen: a\n", []string{`a.yml:1:7: "-3s" is negative`, "a.yml:2:1: "}},
		"below an anchor":     {"inner: &i {names: [a], nmaes: b}\nlissen: a\n", []string{"a.yml:1:24: ", "a.yml:2:1: "}},
		"syntax":              {"listen: [a\n", []string{"a.yml:1:"}},
		"empty":               {"", []string{"a.yml: is empty"}},
		"two":                 {"listen: a\n---\nlisten: b\n", []string{"a.yml: holds several documents"}},
		"twice":               {"listen: a\nlisten: b\n", []string{"a.yml:2:1: "}},
	} {
		t.Run(name, func(t *testing.T) {
			_, got := decodeSample(t, c.text)
			require.Len(t, got, len(c.want), "%q", got)
			for i := range got {
				require.Contains(t, got[i], c.want[i])
			}
		})
	}
}

// TestDecodeNamesFaultsBesideAnAnchor: the entry that holds an anchor is not taken out with its fault.
func TestDecodeNamesFaultsBesideAnAnchor(t *testing.T) {
	var v struct {
		Cameras []struct {
			ID    string `yaml:"id"`
			Limit int    `yaml:"limit"`
		} `yaml:"cameras"`
	}
	d, err := parse("a.yml", []byte("cameras:\n  - &c\n    id: a\n    lmit: 1\n  - <<: *c\n    limit: many\n"))
	require.NoError(t, err)
	faults := d.decode(&v)
	require.Len(t, faults, 2, "%v", faults)
	require.Contains(t, faults[0].String(), `a.yml:4:5: unknown field "lmit"`)
	require.Contains(t, faults[1].String(), "a.yml:6:12: ")
}

func TestDecodeKeepsWhatIsRight(t *testing.T) {
	v, faults := decodeSample(t, "listen: a\nnonsense: 1\nlimit: 3\n")
	require.Len(t, faults, 1)
	require.Equal(t, "a", v.Listen)
	require.Equal(t, 3, v.Limit)
}

func TestPlaceFindsTheLine(t *testing.T) {
	d, err := parse("a.yml", []byte("listen: a\ninner:\n  sizes:\n    - 1\n    - -2\n"))
	require.NoError(t, err)
	got := d.place(errors.Join(
		models.FieldError("inner.sizes[1]", "cannot be negative"),
		models.FieldError("inner.names", "needs one at least"),
		errors.New("something else"),
	))
	require.Equal(t, []string{
		"a.yml:5:7: inner.sizes[1]: cannot be negative",
		"a.yml:3:3: inner.names: needs one at least",
		"a.yml: something else",
	}, []string{got[0].String(), got[1].String(), got[2].String()})
}

func FuzzDecode(f *testing.F) {
	f.Add("listen: a\nlimit: x\nunknown: {a: [1, {b: 2}]}\n")
	f.Add("inner: {sizes: [a, b, c]}\nwait: -1s")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := parse("a.yml", []byte(text))
		if err != nil {
			return
		}
		var v sample
		if faults := d.decode(&v); len(faults) > MaxFaults {
			t.Fatalf("%d faults", len(faults))
		}
	})
}
