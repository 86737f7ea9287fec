//go:build cgo

package infer

import (
	"os"
	"slices"

	ort "github.com/yalue/onnxruntime_go"

	"zhihui/models"
)

// background is the gray around a picture that does not fill the input.
const background = 114

// Network is a loaded network with its one input picture. It is used by one goroutine at a time.
type Network struct {
	manifest *Manifest
	session  *ort.AdvancedSession
	values   []ort.Value
	input    []float32
	outputs  [][]float32
	pixels   []byte
	tables   [3][256]float32
	fw, fh   int // of the placed picture in the input
}

// Start loads ONNX Runtime from its library file, once a process; Stop unloads it. The error is a sentence that says
// what is missing.
func Start(library string) error {
	if _, err := os.Stat(library); err != nil {
		return models.Errorf(models.Unavailable, "ONNX Runtime's library is not where vision.onnx_runtime says (of a worker elsewhere, --onnxruntime): people and vehicles are not found, motion is")
	}
	ort.SetSharedLibraryPath(library)
	if err := ort.InitializeEnvironment(); err != nil {
		return models.Errorf(models.Unavailable, "ONNX Runtime does not load: %.200v", err)
	}
	return nil
}

// Stop unloads ONNX Runtime; all Networks must be closed before.
func Stop() error { return ort.DestroyEnvironment() }

// Open loads the manifest's network on one thread.
func Open(m *Manifest) (*Network, error) {
	data, err := m.load()
	if err != nil {
		return nil, err
	}
	want, err := check(m, data)
	if err != nil {
		return nil, err
	}
	n := &Network{manifest: m, tables: tablesOf(m), pixels: make([]byte, 3*m.Input.Width*m.Input.Height)}
	if err := n.open(data, want); err != nil {
		n.Close()
		return nil, models.Errorf(models.Unavailable, "ONNX Runtime refused %s: %.200v", m.File, err)
	}
	return n, nil
}

// check compares what the network says of itself with what its family must have, and returns the outputs with their
// columns, because a run would end in the middle of nowhere.
func check(m *Manifest, data []byte) ([]output, error) {
	ins, outs, err := ort.GetInputOutputInfoWithONNXData(data)
	if err != nil {
		return nil, models.Errorf(models.Invalid, "%s is not a network that ONNX Runtime reads: %.200v", m.File, err)
	}
	if len(ins) != 1 || ins[0].Name != m.Input.Name || ins[0].DataType != ort.TensorElementDataTypeFloat {
		return nil, models.FieldError("input.name", "%s does not have the one float input %.64q", m.File, m.Input.Name)
	}
	f := families[m.Decoder]
	want := f.outputs(m.Input)
	for i, o := range want {
		at := slices.IndexFunc(outs, func(have ort.InputOutputInfo) bool { return have.Name == o.name })
		if at < 0 || len(outs[at].Dimensions) != 3 {
			return nil, models.FieldError("decoder", "%s has no output %s as a %s has", m.File, o.name, m.Decoder)
		}
		columns := int(outs[at].Dimensions[2])
		if o.columns == 0 && columns > f.extra && columns-f.extra <= maxClass {
			want[i].columns = columns
		} else if columns != o.columns {
			return nil, models.FieldError("decoder", "output %s of %s has %d columns", o.name, m.File, columns)
		}
	}
	return want, nil
}

func (n *Network) open(data []byte, want []output) error {
	in, err := tensor(1, 3, n.manifest.Input.Height, n.manifest.Input.Width)
	if err != nil {
		return err
	}
	n.values, n.input = append(n.values, in), in.GetData()
	var names []string
	for _, o := range want {
		t, err := tensor(1, o.rows, o.columns)
		if err != nil {
			return err
		}
		n.values, n.outputs, names = append(n.values, t), append(n.outputs, t.GetData()), append(names, o.name)
	}
	options, err := ort.NewSessionOptions()
	if err != nil {
		return err
	}
	defer options.Destroy()
	if err := options.SetIntraOpNumThreads(1); err != nil {
		return err
	}
	if err := options.SetInterOpNumThreads(1); err != nil {
		return err
	}
	n.session, err = ort.NewAdvancedSessionWithONNXData(data, []string{n.manifest.Input.Name}, names, n.values[:1], n.values[1:], options)
	return err
}

func tensor(dims ...int) (*ort.Tensor[float32], error) {
	shape := make([]int64, len(dims))
	for i, d := range dims {
		shape[i] = int64(d)
	}
	return ort.NewEmptyTensor[float32](shape)
}

// Close frees the session and its tensors.
func (n *Network) Close() {
	if n.session != nil {
		n.session.Destroy()
	}
	for _, v := range n.values {
		v.Destroy()
	}
}

// Name returns the manifest's name.
func (n *Network) Name() string { return n.manifest.Name }

// Place says where a w×h picture goes: scaled to fw×fh, BGR, into pixels with rows stride bytes apart.
func (n *Network) Place(w, h int) (pixels []byte, stride, fw, fh int) {
	fw, fh = fit(w, h, n.manifest.Input)
	if fw != n.fw || fh != n.fh {
		n.fw, n.fh = fw, fh
		for i := range n.pixels {
			n.pixels[i] = background
		}
	}
	return n.pixels, 3 * n.manifest.Input.Width, fw, fh
}

// Find returns the people and vehicles of the placed picture, the surest first, at most 64.
func (n *Network) Find() ([]models.Object, error) {
	planes(n.input, n.pixels, &n.tables)
	if err := n.session.Run(); err != nil {
		return nil, models.Errorf(models.Unavailable, "ONNX Runtime failed on a picture: %.200v", err)
	}
	m := n.manifest
	found := families[m.Decoder].decode(n.outputs, m.Input, m.Labels, m.Threshold)
	return objects(found, n.fw, n.fh, m), nil
}
