package infer

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

var wanted = map[int]string{0: "person", 2: "car", 7: "truck"}

// blank returns outputs of a family full of zeros with so many classes.
func blank(f string, in Input, classes int) [][]float32 {
	var out [][]float32
	for _, o := range families[f].outputs(in) {
		columns := o.columns
		if columns == 0 {
			columns = classes + families[f].extra
		}
		out = append(out, make([]float32, o.rows*columns))
	}
	return out
}

func TestNanodet(t *testing.T) {
	in := Input{Width: 64, Height: 32}
	for _, c := range []struct {
		name       string
		stride     int // index in strides
		cell       int
		class      int
		score      float32
		sides      [4]int // the bin that each side is sure of
		want       []candidate
		wantedOnly bool
	}{
		{name: "a person at stride 8", cell: 9, class: 0, score: 0.9, sides: [4]int{1, 0, 1, 2}, // column 1, row 1
			want: []candidate{{0, 0.9, 4, 12, 20, 28}}},
		{name: "a car at stride 32", stride: 2, cell: 1, class: 2, score: 0.5, sides: [4]int{1, 0, 0, 0},
			want: []candidate{{2, 0.5, 16, 16, 48, 16}}},
		{name: "below the threshold", cell: 9, class: 0, score: 0.3},
		{name: "a class that is not wanted", cell: 9, class: 5, score: 0.99},
	} {
		t.Run(c.name, func(t *testing.T) {
			values := blank("nanodet", in, 8)
			values[2*c.stride][c.cell*8+c.class] = c.score
			for i, bin := range c.sides {
				values[2*c.stride+1][(c.cell*4+i)*bins+bin] = 100
			}
			got := nanodet(values, in, wanted, 0.4)
			require.Len(t, got, len(c.want))
			for i, w := range c.want {
				requireNear(t, w, got[i])
			}
		})
	}
}

func TestYolox(t *testing.T) {
	in := Input{Width: 64, Height: 32} // 32 cells at 8, 8 at 16, 2 at 32
	for _, c := range []struct {
		name string
		row  int
		v    [5]float32 // centre, log size, objectness
		cls  int
		p    float32
		want []candidate
	}{
		{"stride 8", 9, [5]float32{0.5, 0.5, 0, 0, 0.9}, 0, 0.8, []candidate{{0, 0.72, 8, 8, 16, 16}}},
		{"stride 16", 32 + 5, [5]float32{0, 0, 0, 0, 1}, 2, 0.8, []candidate{{2, 0.8, 8, 8, 24, 24}}},
		{"stride 32", 41, [5]float32{0.5, 0.5, 0, 0, 1}, 7, 1, []candidate{{7, 1, 32, 0, 64, 32}}},
		{"no object", 9, [5]float32{0.5, 0.5, 0, 0, 0.1}, 0, 1, nil},
		{"product below the threshold", 9, [5]float32{0.5, 0.5, 0, 0, 0.5}, 0, 0.5, nil},
		{"a class that is not wanted", 9, [5]float32{0.5, 0.5, 0, 0, 1}, 3, 1, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			values := blank("yolox", in, 8)
			copy(values[0][c.row*13:], c.v[:])
			values[0][c.row*13+5+c.cls] = c.p
			got := yolox(values, in, wanted, 0.4)
			require.Len(t, got, len(c.want))
			for i, w := range c.want {
				requireNear(t, w, got[i])
			}
		})
	}
}

func requireNear(t *testing.T, want, got candidate) {
	t.Helper()
	require.Equal(t, want.class, got.class)
	require.InDelta(t, want.score, got.score, 1e-6)
	require.InDeltaSlice(t, []float64{want.x0, want.y0, want.x1, want.y1}, []float64{got.x0, got.y0, got.x1, got.y1}, 1e-3)
}

func TestFit(t *testing.T) {
	in := Input{Width: 416, Height: 256}
	for _, c := range []struct{ w, h, fw, fh int }{
		{640, 360, 416, 234}, {768, 576, 341, 256}, {416, 256, 416, 256}, {100, 4000, 6, 256}, {4000, 1, 416, 1},
	} {
		w, h := fit(c.w, c.h, in)
		require.Equal(t, [2]int{c.fw, c.fh}, [2]int{w, h}, "%v", c)
	}
}

func TestObjects(t *testing.T) {
	m := &Manifest{NMS: 0.5, Labels: map[int]string{0: "person", 1: "bicycle", 2: "car", 3: "motorcycle", 7: "truck"}}
	box := func(x, y, w, h float64) models.Box { return models.Box{X: x, Y: y, W: w, H: h} }
	for _, c := range []struct {
		name string
		in   []candidate
		want []models.Object
	}{
		{"nothing", nil, []models.Object{}},
		{"the surest of two that are one", []candidate{{0, 0.5, 0, 0, 100, 100}, {0, 0.9, 0, 0, 110, 100}},
			[]models.Object{{Label: "person", Score: 0.9, Box: box(0, 0, 0.55, 0.5)}}},
		{"a van is not a car and a truck", []candidate{{2, 0.6, 0, 0, 100, 100}, {7, 0.7, 0, 0, 100, 100}},
			[]models.Object{{Label: "truck", Score: 0.7, Box: box(0, 0, 0.5, 0.5)}}},
		{"a rider stays beside the cycle", []candidate{{0, 0.6, 0, 0, 100, 100}, {3, 0.7, 0, 0, 100, 100}, {1, 0.5, 0, 0, 100, 100}},
			[]models.Object{{Label: "motorcycle", Score: 0.7, Box: box(0, 0, 0.5, 0.5)}, {Label: "person", Score: 0.6, Box: box(0, 0, 0.5, 0.5)}}},
		{"cut to the picture", []candidate{{0, 1.5, -50, 100, 300, 400}},
			[]models.Object{{Label: "person", Score: 1, Box: box(0, 0.5, 1, 0.5)}}},
		{"beside the picture", []candidate{{0, 0.9, 0, 210, 100, 250}}, []models.Object{}},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, objects(c.in, 200, 200, m)) })
	}
	many := make([]candidate, 500)
	for i := range many {
		many[i] = candidate{0, 0.5, float64(i) * 10, 0, float64(i)*10 + 9, 200}
	}
	require.Len(t, objects(many, 5000, 200, m), maxObjects)
}

func TestPlanesAreBlueGreenRedThroughMeanAndScale(t *testing.T) {
	tables := tablesOf(&Manifest{Mean: [3]float64{10, 20, 30}, Scale: [3]float64{1, 2, 4}})
	dst := make([]float32, 6)
	planes(dst, []byte{10, 20, 30, 11, 24, 38}, &tables)
	require.Equal(t, []float32{0, 1, 0, 2, 0, 2}, dst)
}
