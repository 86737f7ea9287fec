package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"zhihui/models/mp4"
)

// probesMost is how many files ffprobe counts in a round: it needs a process for each.
const probesMost = 20

// countFootage counts the units in all files of a hall that has ended, by their boxes and in some of them by ffprobe, and compares
// with what the simulator has sent.
func (d *bed) countFootage(r *recorded) error {
	files, err := filepath.Glob(d.file("data/recordings/*/*/*.mp4"))
	if err != nil {
		return err
	}
	kept := map[string]int64{}
	for i, name := range files {
		n, err := unitsOf(name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		kept[filepath.Base(filepath.Dir(filepath.Dir(name)))] += n
		if i%max(1, len(files)/probesMost) != 0 {
			continue
		}
		seen, err := d.probed(name)
		if err != nil {
			return err
		}
		if seen != n {
			return fmt.Errorf("%s: ffprobe counts %d units, its boxes %d", name, seen, n)
		}
		r.Probed++
	}
	r.Files += len(files)
	after, err := d.report()
	if err != nil {
		return err
	}
	_, taken, lost, err := d.compare(d.cameras(), after.sent(), kept)
	r.Kept, r.Lost = r.Kept+taken, r.Lost+lost
	return err
}

// unitsOf counts the access units of a file of footage.
func unitsOf(name string) (n int64, err error) {
	file, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	st, err := file.Stat()
	if err != nil {
		return 0, err
	}
	w, err := mp4.Open(file, st.Size())
	if err != nil {
		return 0, err
	}
	for w.Next() {
		if w.Part.Track == mp4.Video {
			n += int64(len(w.Part.Entries))
		}
	}
	return n, w.Err()
}

// probed lets ffprobe count, which is not ours.
func (d *bed) probed(name string) (int64, error) {
	path, err := peer("ffprobe")
	if err != nil {
		return 0, err
	}
	out, err := exec.CommandContext(d.ctx, path, "-v", "error", "-count_packets", "-select_streams", "v", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", name).Output()
	if err != nil {
		return 0, fmt.Errorf("ffprobe %s: %w", name, err)
	}
	number, _, _ := strings.Cut(string(out), "\n")
	return strconv.ParseInt(strings.Trim(strings.TrimSpace(number), ","), 10, 64)
}

// segmenters start one ffmpeg a camera that copies its stream into files of a minute.
func (d *bed) segmenters(cameras []reading) (all []*process, err error) {
	path, err := peer("ffmpeg")
	if err != nil {
		return nil, err
	}
	for _, c := range cameras {
		if err := os.Mkdir(d.file("ffmpeg-"+c.id), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		p, err := d.start("ffmpeg-record-"+c.id, path, "-hide_banner", "-nostdin", "-loglevel", "warning", "-rtsp_transport", "tcp", "-i", c.withAccount(),
			"-c", "copy", "-f", "segment", "-segment_time", "60", "-segment_format", "mp4", "-segment_format_options", "movflags=frag_keyframe+empty_moov",
			d.file("ffmpeg-"+c.id)+"/%d.mp4")
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}
