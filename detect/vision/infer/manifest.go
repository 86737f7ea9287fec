// Package infer finds people and vehicles in a picture by a network that ONNX Runtime runs. A manifest beside the network
// says how it is fed and read. Everything but network.go is pure Go.
package infer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"zhihui/models"
)

// The bounds of what an administrator may drop in.
const (
	maxManifest = 64 << 10  // bytes
	maxNetwork  = 512 << 20 // bytes
	maxSide     = 1280      // pixels of the input
	maxClass    = 1000
	maxNetworks = 32 // manifests in a folder
)

// Labels are the things that are looked for; other classes of a network are dropped.
var labels = [...]string{"person", "bicycle", "motorcycle", "car", "bus", "truck"}

// Manifest describes a network: models/weights/README.md explains every field.
type Manifest struct {
	Name      string         `yaml:"name"`
	File      string         `yaml:"file"`
	SHA256    string         `yaml:"sha256"`
	Decoder   string         `yaml:"decoder"`
	Input     Input          `yaml:"input"`
	Mean      [3]float64     `yaml:"mean"`
	Scale     [3]float64     `yaml:"scale"`
	Labels    map[int]string `yaml:"labels"`
	Threshold float64        `yaml:"threshold"`
	NMS       float64        `yaml:"nms"`
	CostMS    float64        `yaml:"cost_ms"`

	path string // of the network
}

// Input is a network's input: its name and its size in pixels.
type Input struct {
	Name   string `yaml:"name"`
	Width  int    `yaml:"width"`
	Height int    `yaml:"height"`
}

// Validate returns an Invalid error that names the first field out of its bounds.
func (m *Manifest) Validate() error {
	if !models.ValidID(m.Name) {
		return models.FieldError("name", "must be 1 to %d of a-z A-Z 0-9 . _ -", models.MaxID)
	}
	if m.File == "" || m.File != filepath.Base(m.File) || strings.HasPrefix(m.File, ".") {
		return models.FieldError("file", "%.64q must be a file beside the manifest, without a folder", m.File)
	}
	if sum, err := hex.DecodeString(m.SHA256); err != nil || len(sum) != sha256.Size {
		return models.FieldError("sha256", "must be the 64 hexadecimal digits that sha256sum prints for %s", m.File)
	}
	if _, ok := families[m.Decoder]; !ok {
		return models.FieldError("decoder", "%.32q is not known; nanodet and yolox are", m.Decoder)
	}
	for _, side := range []int{m.Input.Width, m.Input.Height} {
		if side < 32 || side > maxSide || side%32 != 0 {
			return models.FieldError("input", "width and height must be multiples of 32 up to %d, not %d", maxSide, side)
		}
	}
	for i := range 3 {
		if !(math.Abs(m.Scale[i]) > 1e-6) || math.IsInf(m.Scale[i], 0) || math.IsNaN(m.Mean[i]) {
			return models.FieldError("scale", "each of the three must be a number other than 0")
		}
	}
	if !(m.Threshold > 0 && m.Threshold < 1) || !(m.NMS > 0 && m.NMS < 1) {
		return models.FieldError("threshold", "threshold and nms must lie between 0 and 1")
	}
	return m.validateLabels()
}

func (m *Manifest) validateLabels() error {
	if len(m.Labels) == 0 {
		return models.FieldError("labels", "must name at least one class of the network")
	}
	for class, label := range m.Labels {
		if class < 0 || class >= maxClass || !slices.Contains(labels[:], label) {
			return models.FieldError("labels", "%d: %.32q: classes are 0 to %d, labels one of %s", class, label, maxClass-1, strings.Join(labels[:], ", "))
		}
	}
	return nil
}

// Choose returns the cheapest network of a folder whose manifest is valid and whose file is there and intact, and what
// is wrong with the others. The error says why there is none. A manifest without its file is only passed over.
func Choose(dir string) (best *Manifest, faults []string, err error) {
	if dir == "" {
		return nil, nil, models.Errorf(models.Unavailable, "no folder of networks is named: people and vehicles are not found, motion is")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.yml"))
	if err != nil || len(files) == 0 {
		return nil, nil, models.Errorf(models.Unavailable, "no manifest of a network (*.yml) is in the networks folder")
	}
	for _, file := range files[:min(len(files), maxNetworks)] {
		m, err := read(file)
		switch {
		case err != nil:
			faults = append(faults, filepath.Base(file)+": "+err.Error())
		case m != nil && (best == nil || m.CostMS < best.CostMS):
			best = m
		}
	}
	if best == nil {
		return nil, faults, models.Errorf(models.Unavailable, "no network in the networks folder is usable: each manifest lacks its file, or one is faulty")
	}
	return best, faults, nil
}

// read returns nil, nil for a manifest whose network is not there.
func read(file string) (*Manifest, error) {
	text, err := bounded(file, maxManifest)
	if err != nil {
		return nil, err
	}
	m := &Manifest{}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(m); err != nil {
		return nil, models.Errorf(models.Invalid, "is not a manifest: %.200s", yaml.FormatError(err, false, false))
	}
	if err := m.Validate(); err != nil {
		return nil, err
	}
	m.path = filepath.Join(filepath.Dir(file), m.File)
	if _, err := os.Stat(m.path); os.IsNotExist(err) {
		return nil, nil
	}
	_, err = m.load()
	return m, err
}

// load returns the network's bytes, which are those that the manifest's sha256 means.
func (m *Manifest) load() ([]byte, error) {
	data, err := bounded(m.path, maxNetwork)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != strings.ToLower(m.SHA256) {
		return nil, models.FieldError("sha256", "%s is another file than the manifest means: fetch it again, or correct the manifest", m.File)
	}
	return data, nil
}

func bounded(file string, limit int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, models.Errorf(models.Unavailable, "%s cannot be read: %v", filepath.Base(file), err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, models.Errorf(models.Unavailable, "%s cannot be read: %v", filepath.Base(file), err)
	}
	if int64(len(data)) > limit {
		return nil, models.Errorf(models.TooLarge, "%s is larger than %d bytes", filepath.Base(file), limit)
	}
	return data, nil
}
