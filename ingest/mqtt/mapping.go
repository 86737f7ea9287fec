package mqtt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"zhihui/models"
)

// maxPayload bounds what is looked at, in bytes. A sensor says a number; what is larger is a mistake or an attack.
const maxPayload = 64 << 10

// The reasons for which a payload is refused; a page says each in its own language.
var (
	errTooLarge  = errors.New("too_large")
	errEmpty     = errors.New("empty")
	errNotJSON   = errors.New("not_json")
	errNoField   = errors.New("no_field")
	errNotNumber = errors.New("not_number")
	errNotFinite = errors.New("not_finite")
)

// decode finds the mapping's number in a payload: value = found·Scale + Offset. Numbers written as JSON strings count,
// true is 1 and false is 0. The value is always finite.
func decode(m models.Mapping, payload []byte) (float64, error) {
	if len(payload) > maxPayload {
		return 0, errTooLarge
	}
	if payload = bytes.TrimSpace(payload); len(payload) == 0 {
		return 0, errEmpty
	}
	found, err := find(m.Path, payload)
	if err != nil {
		return 0, err
	}
	number, err := toNumber(found)
	if err != nil {
		return 0, err
	}
	scale := m.Scale
	if scale == 0 {
		scale = 1
	}
	value := number*scale + m.Offset
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return 0, errNotFinite
	}
	return value, nil
}

// find follows the dotted path into the payload. Without a path the payload itself is the value, JSON or not.
func find(path string, payload []byte) (any, error) {
	if path == "" {
		return string(bytes.Trim(payload, `"`)), nil
	}
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	var value any
	if d.Decode(&value) != nil {
		return nil, errNotJSON
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errNotJSON
	}
	for name := range strings.SplitSeq(path, ".") {
		var ok bool
		if value, ok = step(value, name); !ok {
			return nil, errNoField
		}
	}
	return value, nil
}

func step(value any, name string) (any, bool) {
	switch v := value.(type) {
	case map[string]any:
		inner, ok := v[name]
		return inner, ok
	case []any:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(v) {
			return v[i], true
		}
	}
	return nil, false
}

func toNumber(value any) (float64, error) {
	switch v := value.(type) {
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case json.Number:
		return parse(string(v))
	case string:
		return parse(v)
	}
	return 0, errNotNumber
}

func parse(text string) (float64, error) {
	switch text = strings.TrimSpace(text); text {
	case "true":
		return 1, nil
	case "false":
		return 0, nil
	}
	number, err := strconv.ParseFloat(text, 64)
	switch {
	case errors.Is(err, strconv.ErrRange), err == nil && (math.IsNaN(number) || math.IsInf(number, 0)):
		return 0, errNotFinite
	case err != nil:
		return 0, errNotNumber
	}
	return number, nil
}

// maxExcerpt bounds how much of a bad payload a person is shown, in bytes of the payload.
const maxExcerpt = 48

// fault is the reason for which a payload was refused and, behind a colon, how it begins, with everything that is not plain
// text escaped.
func fault(reason error, payload []byte) string {
	if len(payload) == 0 {
		return reason.Error()
	}
	more := ""
	if len(payload) > maxExcerpt {
		payload, more = payload[:maxExcerpt], "…"
	}
	return fmt.Sprintf("%v: %s%s", reason, strconv.QuoteToGraphic(string(payload)), more)
}
