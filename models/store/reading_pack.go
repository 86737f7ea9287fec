package store

import (
	"encoding/binary"
	"errors"
	"math"

	"zhihui/models"
)

// Packed readings take 3 to 5 bytes each instead of the 40 of a row: the milliseconds since the one before, which are negative
// after our clock was set back, then the value. Sensors say decimals with few digits, and such a value is kept as the whole
// number that it is without its point, with the count of its decimals in the lowest three bits; any other is kept as it is.

const (
	maxDigits = 1 << 53 // whole numbers below it are exact in a float64
	asItIs    = 7       // in place of the decimals: the 8 bytes of the value follow
)

var errPacked = errors.New("packed readings end too early or hold what is no reading")

// appendPacked appends readings to b. The time of the first counts from base.
func appendPacked(b []byte, base models.Time, readings []models.Reading) []byte {
	for _, r := range readings {
		b = appendValue(binary.AppendVarint(b, int64(r.At-base)), r.Value)
		base = r.At
	}
	return b
}

// appendValue appends a finite value. All come back to the bit, but −0 as 0.
func appendValue(b []byte, v float64) []byte {
	for decimals, power := range [asItIs]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6} {
		if m := math.Round(v * power); math.Abs(m) < maxDigits && m/power == v {
			n := int64(m)
			return binary.AppendUvarint(b, uint64(n<<1^n>>63)<<3|uint64(decimals))
		}
	}
	return binary.LittleEndian.AppendUint64(append(b, asItIs), math.Float64bits(v))
}

// unpacked returns the readings of a sensor that appendPacked has made of readings from base on.
func unpacked(b []byte, sensor string, base models.Time) (readings []models.Reading, err error) {
	for len(b) > 0 {
		since, n := binary.Varint(b)
		if n <= 0 {
			return nil, errPacked
		}
		v, rest, err := cutValue(b[n:])
		if err != nil {
			return nil, err
		}
		b, base = rest, base+models.Time(since)
		readings = append(readings, models.Reading{Sensor: sensor, Value: v, At: base})
	}
	return readings, nil
}

func cutValue(b []byte) (v float64, rest []byte, err error) {
	token, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, errPacked
	}
	b = b[n:]
	if token&7 != asItIs {
		digits := token >> 3
		return float64(int64(digits>>1)^-int64(digits&1)) / math.Pow10(int(token&7)), b, nil
	}
	if len(b) < 8 {
		return 0, nil, errPacked
	}
	v = math.Float64frombits(binary.LittleEndian.Uint64(b))
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, nil, errPacked
	}
	return v, b[8:], nil
}

// appendGroup appends the packed readings of one sensor to a row of the log.
func appendGroup(b []byte, sensor string, packed []byte) []byte {
	b = append(binary.AppendUvarint(b, uint64(len(sensor))), sensor...)
	return append(binary.AppendUvarint(b, uint64(len(packed))), packed...)
}

// cutGroup takes the first group off a row of the log.
func cutGroup(b []byte) (sensor string, packed, rest []byte, err error) {
	name, b, err := cutBytes(b)
	if err != nil {
		return "", nil, nil, err
	}
	packed, rest, err = cutBytes(b)
	return string(name), packed, rest, err
}

func cutBytes(b []byte) (first, rest []byte, err error) {
	size, n := binary.Uvarint(b)
	if n <= 0 || size > uint64(len(b)-n) {
		return nil, nil, errPacked
	}
	return b[n : n+int(size)], b[n+int(size):], nil
}
