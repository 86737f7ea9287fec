package main

import (
	"os"
	"reflect"
	"time"

	"zhihui/models"
)

// reel is a scene ready to be sent, from its phase on. All takes have the same pictures at the same places.
type reel struct {
	takes map[take]*footage
	phase time.Duration
}

// length is how many units each take has.
func (r reel) length() int { return len(r.takes[take{}].units) }

// loadReels reads the files of the cameras' shots, each once, and returns the reels of each camera by scene.
func loadReels(all []shots) ([]map[string]reel, error) {
	read := map[string]*footage{}
	reels := make([]map[string]reel, len(all))
	for i, scenes := range all {
		reels[i] = map[string]reel{}
		for name, s := range scenes {
			r := reel{map[take]*footage{}, s[take{}].clip.Phase.Std()}
			for t, c := range s {
				if read[c.cached] == nil {
					f, err := readFootage(c)
					if err != nil {
						return nil, err
					}
					read[c.cached] = f
				}
				r.takes[t] = read[c.cached]
			}
			reels[i][name] = r
		}
		if err := sameStream(reels[i]); err != nil {
			return nil, err
		}
	}
	return reels, nil
}

func readFootage(c choice) (*footage, error) {
	text, err := os.ReadFile(c.cached)
	if err != nil {
		return nil, err
	}
	f, err := parseFootage(c.encoding.Codec, text)
	if err != nil {
		return nil, models.Errorf(models.Invalid, "%s: %v; delete it and try again", c.cached, err)
	}
	return f, nil
}

// sameStream holds the reels of a camera to one set of parameters a variant: a session, once begun, must show them all.
func sameStream(reels map[string]reel) error {
	for name, r := range reels {
		for t, f := range r.takes {
			if first := reels[usual].takes[take{variant: t.variant}]; !reflect.DeepEqual(f.params, first.params) {
				return models.Errorf(models.Invalid, "scene %s is encoded otherwise than the camera's usual pictures; empty the cache and try again", name)
			}
			if len(f.units) != r.length() {
				return models.Errorf(models.Invalid, "scene %s is longer in one take than in the other; empty the cache and try again", name)
			}
		}
	}
	return nil
}
