package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"zhihui/models"
)

// What every camera sends: a sub-stream.
const (
	pictureWidth  = 640
	pictureHeight = 360
	pictureRate   = 10 // a second
	clipSeconds   = 80 // at most
)

// footageFolders lists where clips are looked for, the wanted ones first.
func footageFolders(wanted []string) []string {
	shared := cmp.Or(os.Getenv("ZHIHUI_SHARED"), filepath.Join("..", "shared"))
	return append(wanted[:len(wanted):len(wanted)],
		filepath.Join(shared, "footage"),
		"/usr/share/doc/opencv-doc/examples/data", // Debian's package opencv-doc
	)
}

// findClip returns the first of some clips of a camera that one of the folders has, and the path of its file.
func findClip(camera string, clips []Clip, folders []string) (Clip, string, error) {
	var names []string
	for _, clip := range clips {
		for _, folder := range folders {
			for _, end := range []string{"", ".gz"} {
				path := filepath.Join(folder, clip.File+end)
				if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() {
					return clip, path, nil
				}
			}
		}
		names = append(names, clip.File)
	}
	return Clip{}, "", models.Errorf(models.NotFound,
		"camera %s: %s is in none of the folders %s; install Debian's package opencv-doc, or name a folder by --footage",
		camera, strings.Join(names, " or "), strings.Join(folders, ", "))
}

// filter is ffmpeg's filter for a clip in some weather, seen by a camera that encodes so.
func (c Clip) filter(look Look, e Encoding) string {
	var steps []string
	if c.From > 0 || c.Length > 0 {
		steps = append(steps, c.trim())
	}
	if len(c.Crop) == 4 {
		steps = append(steps, fmt.Sprintf("crop=iw*%g:ih*%g:iw*%g:ih*%g", c.Crop[2], c.Crop[3], c.Crop[0], c.Crop[1]))
	}
	steps = append(steps, fmt.Sprintf("fps=%d", pictureRate),
		fmt.Sprintf("scale=%d:%d:force_original_aspect_ratio=increase", pictureWidth, pictureHeight),
		fmt.Sprintf("crop=%d:%d", pictureWidth, pictureHeight))
	if len(c.Hide) == 4 {
		steps = append(steps, fmt.Sprintf("delogo=x=%.0f:y=%.0f:w=%.0f:h=%.0f",
			c.Hide[0]*pictureWidth, c.Hide[1]*pictureHeight, c.Hide[2]*pictureWidth, c.Hide[3]*pictureHeight))
	}
	if c.Mirror {
		steps = append(steps, "hflip")
	}
	if c.Brightness != 0 {
		steps = append(steps, fmt.Sprintf("eq=brightness=%g", c.Brightness))
	}
	if c.Grey {
		steps = append(steps, "hue=s=0")
	}
	steps = append(append(steps, weather(look)...), e.looks()...)
	return strings.Join(append(steps, "setsar=1"), ",") // the last word: all that a camera shows must be encoded alike
}

func (c Clip) trim() string {
	cut := fmt.Sprintf("trim=start=%g", c.From.Std().Seconds())
	if c.Length > 0 {
		cut += fmt.Sprintf(":duration=%g", c.Length.Std().Seconds())
	}
	return cut + ",setpts=PTS-STARTPTS"
}

// cacheName names the converted file by everything that made it: the source's name and size, the filter, the encoding.
func (c Clip) cacheName(source string, look Look, e Encoding) (string, error) {
	st, err := os.Stat(source)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(fmt.Sprint(c.File, st.Size(), clipSeconds, c.filter(look, e), e.args())))
	stem := strings.TrimSuffix(c.File, filepath.Ext(c.File))
	return stem + "-" + hex.EncodeToString(sum[:8]) + e.end(), nil
}
