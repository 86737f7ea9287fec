package cv

// light keeps a picture's brightness where the background's was, so that a camera that changes its exposure, or a cloud,
// does not pass for motion. It goes by the median: a large dark or bright thing moves that little.
type light struct{ median float64 } // of the background, 0 = not known yet

// most a picture is brightened or darkened; beyond that it is another scene.
const mostGain = 2.0

// even scales the gray values of pixels in place to the background's median.
func (l *light) even(pixels []byte) {
	m := medianOf(pixels)
	if l.median == 0 {
		l.median = m
		return
	}
	gain := min(max(l.median/max(m, 1), 1/mostGain), mostGain)
	l.median += (m - l.median) * 0.0005 // the day; no faster than the background learns it
	if gain > 0.98 && gain < 1.02 {
		return
	}
	var table [256]byte
	for v := range table {
		table[v] = byte(min(float64(v)*gain+0.5, 255))
	}
	for i, p := range pixels {
		pixels[i] = table[p]
	}
}

// sparse is the step in which the median reads a picture; it meets each column of each width that we use.
const sparse = 7

func medianOf(pixels []byte) float64 {
	var count [256]int
	all := 0
	for i := 0; i < len(pixels); i += sparse {
		count[pixels[i]]++
		all++
	}
	seen := 0
	for v, n := range count {
		if seen += n; seen*2 >= all {
			return float64(v)
		}
	}
	return 0
}
