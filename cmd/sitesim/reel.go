package main

import (
	"bytes"
	"os"
	"time"

	"zhihui/models"
)

// reel is a scene ready to be sent, from its phase on. Both weathers have the same pictures at the same places.
type reel struct {
	fair, storm *footage
	phase       time.Duration
}

func (r reel) in(storm bool) *footage {
	if storm {
		return r.storm
	}
	return r.fair
}

// loadReels reads the files of the cameras' shots, each once, and returns the reels of each camera by scene.
func loadReels(all []shots) ([]map[string]reel, error) {
	read := map[string]*footage{}
	load := func(c choice) (*footage, error) {
		if f := read[c.cached]; f != nil {
			return f, nil
		}
		f, err := readFootage(c.cached)
		read[c.cached] = f
		return f, err
	}
	reels := make([]map[string]reel, len(all))
	for i, scenes := range all {
		reels[i] = map[string]reel{}
		for name, s := range scenes {
			fair, err := load(s.fair)
			if err != nil {
				return nil, err
			}
			storm, err := load(s.storm)
			if err != nil {
				return nil, err
			}
			reels[i][name] = reel{fair, storm, s.fair.clip.Phase.Std()}
		}
		if err := sameStream(reels[i]); err != nil {
			return nil, err
		}
	}
	return reels, nil
}

func readFootage(path string) (*footage, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := parseFootage(text)
	if err != nil {
		return nil, models.Errorf(models.Invalid, "%s: %v; delete it and try again", path, err)
	}
	return f, nil
}

// sameStream holds the reels of a camera to one set of parameters: a session, once begun, must show them all.
func sameStream(reels map[string]reel) error {
	first := reels[usual].fair
	for name, r := range reels {
		for _, f := range []*footage{r.fair, r.storm} {
			if !bytes.Equal(f.sps, first.sps) || !bytes.Equal(f.pps, first.pps) {
				return models.Errorf(models.Invalid, "scene %s is encoded otherwise than the camera's usual pictures; empty the cache and try again", name)
			}
		}
		if len(r.fair.units) != len(r.storm.units) {
			return models.Errorf(models.Invalid, "scene %s is longer in one weather than in the other; empty the cache and try again", name)
		}
	}
	return nil
}
