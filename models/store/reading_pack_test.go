package store

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
)

func TestPackedReadingsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		decimal := rapid.Custom(func(t *rapid.T) float64 {
			return float64(rapid.Int32().Draw(t, "digits")) / math.Pow10(rapid.IntRange(0, 8).Draw(t, "decimals"))
		})
		base := models.At(noon)
		var readings []models.Reading
		for range rapid.IntRange(0, 20).Draw(t, "n") {
			v := rapid.OneOf(decimal, rapid.Float64()).Filter(func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }).Draw(t, "value")
			at := base + models.Time(rapid.Int64Range(-1e12, 1e12).Draw(t, "at"))
			readings = append(readings, models.Reading{Sensor: "s", Value: v, At: at})
		}
		got, err := unpacked(appendPacked(nil, base, readings), "s", base)
		require.NoError(t, err)
		require.Equal(t, len(readings), len(got))
		for i := range got {
			require.True(t, readings[i] == got[i], "%v is not %v", got[i], readings[i])
		}
	})
}

// TestADecimalIsSmall: what sensors say takes few bytes, and what they hardly ever say takes no more than a byte too many.
func TestADecimalIsSmall(t *testing.T) {
	for v, size := range map[float64]int{0: 1, 1: 1, -7: 1, 1.5: 2, 21.37: 3, -0.125: 2, 1013.25: 3, 116.391234: 5, 1.0 / 3: 9, math.MaxFloat64: 9, 1e300: 9} {
		require.Len(t, appendValue(nil, v), size, "%v", v)
	}
}

func FuzzPackedReadings(f *testing.F) {
	f.Add(appendPacked(nil, 0, []models.Reading{{Value: 1.25, At: 5}, {Value: 1.0 / 3, At: 4}}))
	f.Add([]byte{0, asItIs, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		readings, err := unpacked(b, "s", 0)
		if err != nil {
			return
		}
		again, err := unpacked(appendPacked(nil, 0, readings), "s", 0)
		require.NoError(t, err)
		require.Equal(t, len(readings), len(again))
		_ = eachGroup(b, func(string, []byte) error { return nil })
	})
}

func TestARowOfTheLogIsCutIntoItsGroups(t *testing.T) {
	row := appendGroup(appendGroup(nil, "a", []byte{1, 2}), "水位", nil)
	got := map[string][]byte{}
	require.NoError(t, eachGroup(row, func(sensor string, packed []byte) error { got[sensor] = packed; return nil }))
	require.Equal(t, map[string][]byte{"a": {1, 2}, "水位": {}}, got)
	for cut := 1; cut < len(row); cut++ {
		if err := eachGroup(row[:cut], func(string, []byte) error { return nil }); err != nil {
			require.ErrorIs(t, err, errPacked)
		}
	}
	require.ErrorIs(t, eachGroup(binary.AppendUvarint(nil, math.MaxUint64), nil), errPacked)
}

func BenchmarkPack(b *testing.B) {
	readings := make([]models.Reading, 1000)
	for i := range readings {
		readings[i] = models.Reading{Value: math.Round(100*math.Sin(float64(i)/50)) / 100, At: models.Time(25 * i)}
	}
	var packed []byte
	for b.Loop() {
		packed = appendPacked(packed[:0], 0, readings)
	}
	b.ReportMetric(float64(len(packed))/1000, "bytes/reading")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/reading")
}
