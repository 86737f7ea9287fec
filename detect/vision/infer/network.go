//go:build cgo

package infer

import (
	"errors"
	"image"
	"os"
	"slices"

	ort "github.com/yalue/onnxruntime_go"

	"zhihui/models"
)

// Network is a loaded network with memory for its largest input. It is used by one goroutine at a time.
type Network struct {
	manifest *Manifest
	session  *ort.DynamicAdvancedSession
	input    []float32
	outputs  []output
	values   [][]float32 // of the outputs
	any      bool        // it takes smaller inputs too
	tables   [3][256]float32
}

// Start loads ONNX Runtime from its library file, once a process; Stop unloads it. The error is a sentence that says
// what is missing.
func Start(library string) error {
	if _, err := os.Stat(library); err != nil {
		return models.Errorf(models.Unavailable, "ONNX Runtime's library is not where --onnxruntime says: people and vehicles are not found, motion is")
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
	n, err := check(m, data)
	if err != nil {
		return nil, err
	}
	if err := n.open(data); err != nil {
		n.Close()
		return nil, models.Errorf(models.Unavailable, "ONNX Runtime refused %s: %.200v", m.File, err)
	}
	return n, nil
}

// check compares what the network says of itself with what its family must have, because a run would end in the middle of
// nowhere.
func check(m *Manifest, data []byte) (*Network, error) {
	ins, outs, err := ort.GetInputOutputInfoWithONNXData(data)
	if err != nil {
		return nil, models.Errorf(models.Invalid, "%s is not a network that ONNX Runtime reads: %.200v", m.File, err)
	}
	if len(ins) != 1 || ins[0].Name != m.Input.Name || ins[0].DataType != ort.TensorElementDataTypeFloat || len(ins[0].Dimensions) != 4 {
		return nil, models.FieldError("input.name", "%s does not have the one float input %.64q of pictures", m.File, m.Input.Name)
	}
	n := &Network{manifest: m, tables: tablesOf(m), any: ins[0].Dimensions[2] < 0 && ins[0].Dimensions[3] < 0}
	f := families[m.Decoder]
	n.outputs = f.outputs(m.Input)
	for i, o := range n.outputs {
		at := slices.IndexFunc(outs, func(have ort.InputOutputInfo) bool { return have.Name == o.name })
		if at < 0 || len(outs[at].Dimensions) != 3 {
			return nil, models.FieldError("decoder", "%s has no output %s as a %s has", m.File, o.name, m.Decoder)
		}
		columns := int(outs[at].Dimensions[2])
		if o.columns == 0 && columns > f.extra && columns-f.extra <= maxClass {
			n.outputs[i].columns = columns
		} else if columns != o.columns {
			return nil, models.FieldError("decoder", "output %s of %s has %d columns", o.name, m.File, columns)
		}
	}
	return n, nil
}

func (n *Network) open(data []byte) error {
	n.input = make([]float32, 3*n.manifest.Input.Width*n.manifest.Input.Height)
	var names []string
	for _, o := range n.outputs {
		n.values, names = append(n.values, make([]float32, o.rows*o.columns)), append(names, o.name)
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
	n.session, err = ort.NewDynamicAdvancedSessionWithONNXData(data, []string{n.manifest.Input.Name}, names, options)
	return err
}

// run looks at what lies in the input, of the given size, and returns the outputs.
func (n *Network) run(in Input) (values [][]float32, err error) {
	var tensors []ort.Value
	defer func() {
		for _, t := range tensors {
			t.Destroy()
		}
	}()
	add := func(data []float32, dims ...int64) {
		t, e := ort.NewTensor(ort.NewShape(dims...), data)
		if err = errors.Join(err, e); e == nil {
			tensors = append(tensors, t)
		}
	}
	add(n.input[:3*in.Width*in.Height], 1, 3, int64(in.Height), int64(in.Width))
	for i, o := range families[n.manifest.Decoder].outputs(in) {
		columns := n.outputs[i].columns
		values = append(values, n.values[i][:o.rows*columns])
		add(values[i], 1, int64(o.rows), int64(columns))
	}
	if err == nil {
		err = n.session.Run(tensors[:1], tensors[1:])
	}
	if err != nil {
		return nil, models.Errorf(models.Unavailable, "ONNX Runtime failed on a picture: %.200v", err)
	}
	return values, nil
}

// Close frees the session.
func (n *Network) Close() {
	if n.session != nil {
		n.session.Destroy()
	}
}

// Name returns the manifest's name.
func (n *Network) Name() string { return n.manifest.Name }

// Fit returns the size that a w×h picture has for the network when its shape is kept.
func (n *Network) Fit(w, h int) image.Point { return fit(w, h, n.manifest.Input) }

// Bytes is the size of the pixels of the largest Picture.
func (n *Network) Bytes() int { return 3 * n.manifest.Input.Width * n.manifest.Input.Height }

// Regional tells whether a look at a region of a picture costs less than one at the whole.
func (n *Network) Regional() bool { return n.any }

// Find looks at regions of a picture, one after the other. What it costs goes by their area.
func (n *Network) Find(p Picture, regions []image.Rectangle) (Found, error) {
	m := n.manifest
	var whole, cut []candidate
	for _, r := range regions {
		in := m.Input
		if n.any {
			in.Width, in.Height = steps(r.Dx()), steps(r.Dy())
		}
		if !p.holds(r) || r.Dx() > m.Input.Width || r.Dy() > m.Input.Height {
			return Found{}, models.FieldError("region", "%v is no part of a picture of %v that fits the network", r, p.Size)
		}
		planes(n.input, p, r, in, &n.tables)
		values, err := n.run(in)
		if err != nil {
			return Found{}, err
		}
		inside, across := back(families[m.Decoder].decode(values, in, m.Labels, m.Threshold), r, p.Size)
		whole, cut = append(whole, inside...), append(cut, across...)
	}
	return found(whole, cut, p.Size, m), nil
}
