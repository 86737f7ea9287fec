package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"zhihui/models"
)

// studio turns clips into cached raw H.264 files.
type studio struct {
	cache   string
	folders []string
	out     io.Writer // progress lines, one a converted clip
	mu      sync.Mutex
}

// choice is what a camera replays: a clip in some weather and encoding, and the file in the cache that holds it.
type choice struct {
	clip     Clip
	look     Look
	encoding Encoding
	source   string
	cached   string
}

// take is one of the ways in which a camera shows a scene: the same pictures at the same places.
type take struct {
	storm   bool
	variant variant
}

// shot is a scene of a camera, in each take that the script asks for. Indoors fair weather and storm are one choice.
type shot map[take]choice

// shots are the scenes of a camera by name.
type shots map[string]shot

// prepare finds the clips of every camera and converts what the cache does not hold yet. The result is in the order of
// the cameras, which get their tapes.
func (s *studio) prepare(ctx context.Context, cameras []Camera) ([]shots, error) {
	if err := os.MkdirAll(s.cache, 0o755); err != nil {
		return nil, models.Errorf(models.Unavailable, "the clips' cache cannot be made: %v", err)
	}
	all := make([]shots, len(cameras))
	missing := map[string]choice{}
	for i, c := range cameras {
		var err error
		if cameras[i].tape, err = s.record(ctx, c.Sound); err != nil {
			return nil, err
		}
		all[i] = shots{}
		for _, name := range append(slices.Sorted(maps.Keys(c.Scenes)), usual) {
			made, err := s.choose(c, name)
			if err != nil {
				return nil, err
			}
			all[i][name] = made
			for _, x := range made {
				if _, err := os.Stat(x.cached); errors.Is(err, os.ErrNotExist) {
					missing[x.cached] = x
				}
			}
		}
	}
	return all, s.convertAll(ctx, missing)
}

// choose takes the first clip of the scene that is there.
func (s *studio) choose(c Camera, scene string) (shot, error) {
	clip, source, err := findClip(c.ID, c.scene(scene), s.folders)
	if err != nil {
		return nil, err
	}
	made := shot{}
	for _, v := range append(slices.Clone(c.turns), plain) {
		e := v.encoding(c.Encoding.or(usualEncoding()))
		for storm, look := range map[bool]Look{false: LookClear, true: c.Storm} {
			name, err := clip.cacheName(source, look, e)
			if err != nil {
				return nil, err
			}
			made[take{storm, v}] = choice{clip, look, e, source, filepath.Join(s.cache, name)}
		}
	}
	return made, nil
}

func (s *studio) convertAll(ctx context.Context, missing map[string]choice) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.NumCPU())
	done := 0
	for _, c := range missing {
		group.Go(func() error {
			if err := s.convert(ctx, c); err != nil {
				return err
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			done++
			_, err := fmt.Fprintf(s.out, "clip %d of %d: %s\n", done, len(missing), filepath.Base(c.cached))
			return err
		})
	}
	return group.Wait()
}

// convert writes beside the goal and renames, so that an interrupted one leaves no half clip.
func (s *studio) convert(ctx context.Context, c choice) error {
	work, err := os.MkdirTemp(s.cache, "making-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	source := c.source
	if strings.HasSuffix(source, ".gz") {
		source = filepath.Join(work, c.clip.File)
		if err := gunzip(c.source, source); err != nil {
			return models.Errorf(models.Invalid, "%s cannot be unpacked: %v", c.source, err)
		}
	}
	made := filepath.Join(work, "clip"+c.encoding.end())
	args := append([]string{"-nostdin", "-v", "error", "-i", source, "-t", strconv.Itoa(clipSeconds), "-vf", c.clip.filter(c.look, c.encoding)},
		c.encoding.args()...)
	out, err := exec.CommandContext(ctx, "ffmpeg", append(args, made)...).CombinedOutput()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return models.Errorf(models.Unavailable, "ffmpeg is not installed: install Debian's package ffmpeg")
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return models.Errorf(models.Invalid, "ffmpeg cannot convert %s: %v: %.300s", c.source, err, out)
	}
	return os.Rename(made, c.cached)
}

func gunzip(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	zip, err := gzip.NewReader(in)
	if err != nil {
		return err
	}
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, zip)
	return errors.Join(err, out.Close())
}
