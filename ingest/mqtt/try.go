package mqtt

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"zhihui/models"
)

// maxPaths bounds the numbers of a payload that a person is offered.
const maxPaths = 100

// Try says what a mapping makes of a payload, and which numbers there are in it.
func Try(m models.Mapping, payload string) models.MappingTry {
	try := models.MappingTry{Paths: []models.MappingPath{}}
	v, err := decode(m, []byte(payload))
	if err != nil {
		try.Fault = fault(err, []byte(payload))
	} else {
		try.Value = &v
	}
	try.Paths = numbers(try.Paths, []byte(payload))
	return try
}

// numbers appends the numbers in a payload, in the order of their paths.
func numbers(paths []models.MappingPath, payload []byte) []models.MappingPath {
	if v, err := decode(models.Mapping{}, payload); err == nil {
		return append(paths, models.MappingPath{Value: v})
	}
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	var value any
	if d.Decode(&value) != nil {
		return paths
	}
	return gather(paths, value, "")
}

func gather(paths []models.MappingPath, value any, path string) []models.MappingPath {
	if len(paths) >= maxPaths {
		return paths
	}
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if name != "" && !strings.Contains(name, ".") { // or no path leads there
				paths = gather(paths, v[name], join(path, name))
			}
		}
	case []any:
		for i, inner := range v {
			paths = gather(paths, inner, join(path, strconv.Itoa(i)))
		}
	default:
		if n, err := toNumber(v); err == nil && path != "" {
			paths = append(paths, models.MappingPath{Path: path, Value: n})
		}
	}
	return paths
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
