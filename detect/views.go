package detect

import (
	"bytes"
	"encoding/gob"
	"errors"
	"hash/fnv"
	"os"
	"path/filepath"
	"time"

	"zhihui/models"
)

// viewsEvery is how often what a camera usually shows is written down.
const viewsEvery = time.Hour

// keptViews is the file that outlives a restart of the hall, so that a camera that was moved or soiled meanwhile, or before,
// is not taken for one that usually shows that.
type keptViews struct {
	Address uint64 // digest of the camera's URL: at another address is another camera
	Views   []keptView
}

type keptView struct {
	Energy, Coarse []uint16
	Spread         [blocks]float64
	Luma           float64
	Glances        int
	Since, Last    time.Time
}

func (k keptView) whole() bool {
	return len(k.Energy) == cells && len(k.Coarse) == cells && k.Glances >= firstGlances
}

func address(url string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(url)) // never fails
	return h.Sum64()
}

func (e *Engine) viewsFile(camera string) string { return filepath.Join(e.deps.Views, camera+".views") }

// recallViews takes up what the camera was known to show, before the first glance at it. What cannot be read is learnt anew.
func (e *Engine) recallViews(c *camera) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.deps.Views == "" || !c.glances.kept.IsZero() {
		return
	}
	c.glances.kept = e.deps.Now()
	text, err := os.ReadFile(e.viewsFile(c.is.ID))
	var kept keptViews
	if err != nil || gob.NewDecoder(bytes.NewReader(text)).Decode(&kept) != nil || kept.Address != address(c.is.URL) {
		return
	}
	for _, k := range kept.Views[:min(len(kept.Views), maxViews)] {
		if k.whole() {
			c.glances.appearance.views = append(c.glances.appearance.views, &view{energy: k.Energy, coarse: k.Coarse, spread: k.Spread,
				luma: k.Luma, glances: k.Glances, since: k.Since, last: k.Last})
		}
	}
}

// keepViews writes down what the camera shows, when it is first known and now and then. A disk that takes nothing costs no more
// than that it is learnt anew after a restart; who keeps the hall running is told of it elsewhere.
func (e *Engine) keepViews(c *camera, fresh bool) {
	if e.deps.Views == "" {
		return
	}
	text, ok := c.viewsToKeep(e.deps.Now(), fresh)
	if !ok {
		return
	}
	file := e.viewsFile(c.is.ID)
	err := os.MkdirAll(e.deps.Views, 0o750)
	if err == nil {
		err = os.WriteFile(file+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(file+".new", file)
	}
	if err != nil {
		e.log.Warn("what a camera usually shows is not kept", "camera", c.is.ID, "error", err)
	}
}

// Turned takes that a person turns the camera: what it shows from now on is learnt as what it usually shows, so that nobody is
// sent to a camera that a colleague has moved. One whose picture has zones is held to them: left elsewhere it is blind, and
// camera_moved says so. Turned never waits for more than the removal of a file.
func (e *Engine) Turned(camera string) {
	if c := e.camera(camera); c != nil && !c.analysed() && c.forgetViews(e.deps.Now()) {
		e.dropViews(camera)
	}
}

// forgetViews tells whether there were any, learnt or on the disk.
func (c *camera) forgetViews(now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	g := &c.glances
	if len(g.appearance.views) == 0 && !g.kept.IsZero() {
		return false
	}
	g.appearance, g.kept, c.picture = appearance{}, now, models.PictureVital{}
	return true
}

// dropViews removes what a camera that is gone from the site has shown.
func (e *Engine) dropViews(camera string) {
	if e.deps.Views == "" {
		return
	}
	if err := os.Remove(e.viewsFile(camera)); err != nil && !errors.Is(err, os.ErrNotExist) {
		e.log.Warn("what a camera that is gone has shown is not removed", "camera", camera, "error", err)
	}
}

// viewsToKeep returns what is to be written; fresh says that the first view, or another, has just become known.
func (c *camera) viewsToKeep(now time.Time, fresh bool) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	g := &c.glances
	if !g.appearance.learnt() || !fresh && now.Sub(g.kept) < viewsEvery {
		return nil, false
	}
	g.kept = now
	kept := keptViews{Address: address(c.is.URL)}
	for _, v := range g.appearance.views {
		kept.Views = append(kept.Views, keptView{Energy: v.energy, Coarse: v.coarse, Spread: v.spread, Luma: v.luma,
			Glances: v.glances, Since: v.since, Last: v.last})
	}
	var out bytes.Buffer
	err := gob.NewEncoder(&out).Encode(kept)
	return out.Bytes(), err == nil
}
