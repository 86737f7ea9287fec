package main

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"zhihui/detect/coding"
	"zhihui/models"
)

const recallRate = 10 // pictures a second

// recallClip is a span of a file.
type recallClip struct {
	name, file   string
	from, length float64 // seconds
	empty        bool    // nothing happens in it: it is shown forth and back, for two minutes,
	then         float64 // or for one, and then so many seconds of the file from its start
	shows        []models.EventKind
}

// recallClips are the clips that the gate is judged on: all that happens in the footage, and what it costs where nothing does.
func recallClips() []recallClip {
	people, vehicles := []models.EventKind{models.Intrusion}, []models.EventKind{models.VehicleInZone}
	crowd, street := append(people, models.Crowd), append(people, models.Crowd, models.VehicleInZone)
	return []recallClip{
		{name: "empty-asphalt", file: "intel_car.mp4", from: 19.8, length: 4.8, empty: true},
		{name: "empty-room", file: "intel_one_by_one_person.mp4", from: 0, length: 3, empty: true},
		{name: "car-later", file: "intel_car.mp4", from: 19.8, length: 4.8, empty: true, then: 30, shows: vehicles},
		{name: "person-later", file: "intel_one_by_one_person.mp4", from: 0, length: 3, empty: true, then: 25, shows: people},
		{name: "car", file: "intel_car.mp4", shows: vehicles},
		{name: "one-by-one", file: "intel_one_by_one_person.mp4", length: 80, shows: people},
		{name: "bottle", file: "intel_bottle.mp4", shows: people},
		{name: "worker", file: "intel_worker-zone-detection.mp4", shows: people},
		{name: "aisle", file: "intel_store-aisle-detection.mp4", shows: crowd},
		{name: "toy", file: "gocv_small.mp4"},
		{name: "highway", file: "bgs_highway_cyclist.avi", shows: street},
		{name: "topdown", file: "bgs_topdown_cars.avi", shows: vehicles},
		{name: "house", file: "furg_house6.mp4"},
		{name: "vtest", file: "vtest.avi", shows: street},
		{name: "tree", file: "tree.avi", shows: people},
	}
}

// filter makes of a file what the clip shows, at the rate and size of a sub-stream.
func (c recallClip) filter() string {
	size := fmt.Sprintf("fps=%d,scale=640:360:force_original_aspect_ratio=increase,crop=640:360,setsar=1", recallRate)
	if c.length == 0 {
		return size
	}
	cut := fmt.Sprintf("trim=start=%g:duration=%g,setpts=PTS-STARTPTS,%s", c.from, c.length, size)
	if !c.empty {
		return cut
	}
	once := int(2 * c.length * recallRate)
	looped := func(seconds int) string {
		return fmt.Sprintf("%s,split[a][b];[b]reverse[c];[a][c]concat,loop=loop=%d:size=%d,trim=duration=%d",
			cut, seconds*recallRate/once, once, seconds)
	}
	if c.then == 0 {
		return looped(120)
	}
	return fmt.Sprintf("split[x][y];[x]%s[m];[y]trim=duration=%g,%s[n];[m][n]concat", looped(60), c.then, size)
}

// variant is how a camera would encode a clip.
type variant struct {
	Codec models.Codec
	Rate  int // kbit/s; 0 = constant quantiser 28
	GOP   time.Duration
	Night bool
}

// variants are the ways in which each clip is encoded: by day and at night, at a rate and at a quality, with short GOPs and
// long ones, and besides at a higher rate and in H.265.
func variants() (all []variant) {
	for _, night := range []bool{false, true} {
		for _, rate := range []int{384, 0} {
			for _, gop := range []time.Duration{time.Second, 8 * time.Second} {
				all = append(all, variant{models.H264, rate, gop, night})
			}
		}
	}
	return append(all, variant{models.H264, 512, time.Second, false}, variant{models.H265, 384, 2 * time.Second, false})
}

func (v variant) String() string {
	name := fmt.Sprintf("%s-cbr%d", v.Codec, v.Rate)
	if v.Rate == 0 {
		name = fmt.Sprintf("%s-qp28", v.Codec)
	}
	name += fmt.Sprintf("-gop%.0fs", v.GOP.Seconds())
	if v.Night {
		return name + "-night"
	}
	return name
}

// args is what ffmpeg is told to make the variant of a clip.
func (v variant) args(c recallClip) []string {
	looks := c.filter()
	if v.Night {
		looks += ",eq=brightness=-0.22:contrast=0.45:saturation=0.25,noise=c0s=14:c0f=t"
	}
	control := fmt.Sprintf("-b:v %dk -maxrate %[1]dk -bufsize %[1]dk", v.Rate)
	if v.Rate == 0 {
		control = "-qp 28"
	}
	keys := int(v.GOP.Seconds() * recallRate)
	how := fmt.Sprintf("libx264 -profile:v main -g %d -keyint_min %[1]d -sc_threshold 0 -bf 0 -x264-params repeat-headers=1", keys)
	if v.Codec == models.H265 {
		how = fmt.Sprintf("libx265 -x265-params keyint=%d:min-keyint=%[1]d:scenecut=0:bframes=0:open-gop=0:repeat-headers=1:"+
			"pools=none:frame-threads=1:log-level=error", keys)
	}
	return append([]string{"-vf", looks}, strings.Fields("-an -preset veryfast -pix_fmt yuv420p -threads 1 "+control+" -c:v "+how)...)
}

// film makes the variant of a clip, or takes it from the cache, and returns its pictures.
func (v variant) film(ctx context.Context, cache string, c recallClip, source string) ([]coding.Picture, error) {
	st, err := os.Stat(source)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(fmt.Sprint(st.Size(), v.args(c))))
	path := filepath.Join(cache, fmt.Sprintf("%s-%s-%s.%s", c.name, v, hex.EncodeToString(sum[:4]), v.Codec))
	file, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if err := v.make(ctx, c, source, path); err != nil {
			return nil, err
		}
		file, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, err
	}
	all := coding.Cut(file, v.Codec)
	if len(all) == 0 || !all[0].Key {
		return nil, models.Errorf(models.Invalid, "%s holds no pictures; delete it and try again", path)
	}
	return all, nil
}

// make writes beside the goal and renames, so that an interrupted one leaves no half clip.
func (v variant) make(ctx context.Context, c recallClip, source, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	part := path + ".part"
	defer os.Remove(part)
	from := source
	if strings.HasSuffix(source, ".gz") {
		from = "-"
	}
	args := append([]string{"-nostdin", "-v", "error", "-y", "-i", from}, v.args(c)...)
	cmd := exec.CommandContext(ctx, "ffmpeg", append(args, "-f", v.format(), part)...)
	if from == "-" {
		in, err := os.Open(source)
		if err != nil {
			return err
		}
		defer in.Close()
		if cmd.Stdin, err = gzip.NewReader(in); err != nil {
			return err
		}
	}
	out, err := cmd.CombinedOutput()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return missing("ffmpeg is not installed: install Debian's package ffmpeg")
	case err != nil:
		return models.Errorf(models.Invalid, "ffmpeg cannot convert %s: %v: %.300s", source, err, out)
	}
	return os.Rename(part, path)
}

func (v variant) format() string {
	if v.Codec == models.H265 {
		return "hevc"
	}
	return "h264"
}

// units are the pictures as a camera would send them, from begin on.
func units(camera string, codec models.Codec, film []coding.Picture, begin time.Time) iter.Seq[*models.AccessUnit] {
	return func(yield func(*models.AccessUnit) bool) {
		for n, p := range film {
			pts := time.Duration(n) * time.Second / recallRate
			u := &models.AccessUnit{Camera: camera, Codec: codec, Seq: uint64(n + 1), Session: 1, Key: p.Key, PTS: pts,
				ReceivedAt: begin.Add(pts), NALUs: p.NALUs}
			if !yield(u) {
				return
			}
		}
	}
}
