package infer

import (
	"fmt"
	"math"
)

// strides are those of both families: one cell of a grid for each so many pixels of the input.
var strides = [...]int{8, 16, 32}

// candidate is a box in pixels of the input, before duplicates are removed.
type candidate struct {
	class          int
	score          float64
	x0, y0, x1, y1 float64
}

// output is what a network must give: a name and rows of so many values; 0 columns = one a class.
type output struct {
	name          string
	rows, columns int
}

// family is a way to read a network's outputs.
type family struct {
	outputs func(in Input) []output
	decode  func(values [][]float32, in Input, wanted map[int]string, threshold float64) []candidate
	extra   int // columns of the output that counts classes, other than classes
}

var families = map[string]family{
	"nanodet": {outputs: nanodetOutputs, decode: nanodet},
	"yolox":   {outputs: yoloxOutputs, decode: yolox, extra: yoloxExtra},
}

// bins of NanoDet's distances: each side is the mean of 0…10 weighted by a softmax.
const bins = 11

func nanodetOutputs(in Input) []output {
	var out []output
	for _, s := range strides {
		n := in.Width / s * (in.Height / s)
		out = append(out, output{fmt.Sprintf("cls_pred_stride_%d", s), n, 0}, output{fmt.Sprintf("dis_pred_stride_%d", s), n, 4 * bins})
	}
	return out
}

// nanodet reads class scores and side distances, a pair of outputs a stride.
func nanodet(values [][]float32, in Input, wanted map[int]string, threshold float64) []candidate {
	var out []candidate
	for k, s := range strides {
		scores, sides := values[2*k], values[2*k+1]
		columns := in.Width / s
		cells := columns * (in.Height / s)
		classes := len(scores) / cells
		for cell := range cells {
			class, score := strongest(scores[cell*classes:(cell+1)*classes], wanted)
			if score < threshold {
				continue
			}
			x, y := (float64(cell%columns)+0.5)*float64(s), (float64(cell/columns)+0.5)*float64(s)
			var d [4]float64
			for i := range d {
				at := (cell*4 + i) * bins
				d[i] = float64(s) * expected(sides[at:at+bins])
			}
			out = append(out, candidate{class, score, x - d[0], y - d[1], x + d[2], y + d[3]})
		}
	}
	return out
}

// expected is the mean of 0…n-1 weighted by the softmax of logits.
func expected(logits []float32) float64 {
	top := logits[0]
	for _, v := range logits {
		top = max(top, v)
	}
	sum, mean := 0.0, 0.0
	for i, v := range logits {
		e := math.Exp(float64(v - top))
		sum += e
		mean += float64(i) * e
	}
	return mean / sum
}

// yoloxExtra are the columns before the classes: centre, size, objectness.
const yoloxExtra = 5

func yoloxOutputs(in Input) []output {
	rows := 0
	for _, s := range strides {
		rows += in.Width / s * (in.Height / s)
	}
	return []output{{"output", rows, 0}}
}

// yolox reads one row a cell, stride after stride.
func yolox(values [][]float32, in Input, wanted map[int]string, threshold float64) []candidate {
	var out []candidate
	width, row := len(values[0])/yoloxOutputs(in)[0].rows, 0
	for _, s := range strides {
		columns := in.Width / s
		for cell := range columns * (in.Height / s) {
			v := values[0][row*width : (row+1)*width]
			row++
			if float64(v[4]) < threshold {
				continue
			}
			class, score := strongest(v[yoloxExtra:], wanted)
			if score *= float64(v[4]); score < threshold {
				continue
			}
			f := float64(s)
			x, y := (float64(v[0])+float64(cell%columns))*f, (float64(v[1])+float64(cell/columns))*f
			w, h := math.Exp(float64(v[2]))*f/2, math.Exp(float64(v[3]))*f/2
			out = append(out, candidate{class, score, x - w, y - h, x + w, y + h})
		}
	}
	return out
}

// strongest returns the class of the highest score, and no score where that class is not wanted: a cell that is rather a
// suitcase is no car.
func strongest(scores []float32, wanted map[int]string) (int, float64) {
	best := 0
	for i, v := range scores {
		if v > scores[best] {
			best = i
		}
	}
	if _, ok := wanted[best]; !ok || len(scores) == 0 {
		return best, 0
	}
	return best, float64(scores[best])
}
