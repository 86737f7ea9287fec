package detect

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"zhihui/models"
)

// The course of a case, in seconds: usual, then the condition, then usual again.
const (
	condBegins, condEnds, caseEnds = 300.0, 600.0, 800.0
	noticedBy, resolvedBy          = 90.0, 90.0
)

// trial is one scenery under one condition, and what came of it.
type trial struct {
	where, id string
	condition condition
	usual     []Sight
	is        [][]Sight // one after the other
	began     models.Time
	events    []models.Event
}

// show is what is seen at a time: a picture each two seconds.
func (k *trial) show(second float64) Sight {
	lasts := condEnds - condBegins
	if k.condition.lasts > 0 {
		lasts = k.condition.lasts
	}
	all := k.usual
	if s := second - condBegins; s >= 0 && s < lasts {
		all = k.is[int(s/lasts*float64(len(k.is)))]
	}
	return all[int(second/2)%len(all)]
}

// TestConditionsOfRealPictures is the confusion matrix: each clip, and pictures and conditions by which no limit was found,
// through the real pixel worker, the judgement of the looks, the rules and the life of their events.
func TestConditionsOfRealPictures(t *testing.T) {
	if testing.Short() {
		t.Skip("it decodes thousands of pictures")
	}
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	v := realEyes(t)
	var clips, pictures work
	for _, name := range append(fixed(), handheld) {
		if s := clipOf(name); s.path != "" {
			clips.add(s, s, conditionsOf(name))
		} else {
			t.Logf("skipped %s: it is neither in the package opencv-doc nor in the shared folder (ZHIHUI_SHARED)", name)
		}
	}
	if tree := clipOf("tree.avi"); tree.path != "" {
		before, hand := tree, tree
		before.to, hand.from, hand.to = treeHand-1, treeHand+1, 60
		clips.add(before, hand, []condition{silent("its hand stays", "null", models.CameraCovered)})
	}
	for _, s := range stills() {
		pictures.add(s, s, unseen())
	}
	if len(clips) == 0 {
		t.Skip("no clip is there: install opencv-doc")
	}
	out := &strings.Builder{}
	judge(t, out, "clips, under the conditions by which the limits were found", clips.trials(t, v), 0.95, 0)
	if len(pictures) > 0 {
		judge(t, out, "other pictures and other conditions", pictures.trials(t, v), 0.8, 0.03)
	}
	t.Log("\n" + out.String())
	if dir := os.Getenv("ZHIHUI_REPORT"); dir != "" {
		require.NoError(t, os.MkdirAll(dir, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "conditions-picture.txt"), []byte(out.String()), 0o644))
	}
}

// work is what there is to code and to look at before it can be judged.
type work []func(context.Context, *Vision) ([]*trial, error)

// add has conditions tried: of one scenery, with another one in its place while they last.
func (w *work) add(usual, then scenery, conditions []condition) {
	*w = append(*w, func(ctx context.Context, v *Vision) (all []*trial, err error) {
		looks := map[string][]Sight{}
		for _, s := range []scenery{usual, then} {
			if err := s.lookAt(ctx, v, conditions, looks); err != nil {
				return nil, err
			}
		}
		for _, c := range conditions {
			k := &trial{where: usual.name, condition: c, usual: looks[usual.key(c.usual, 0)]}
			for _, f := range c.is {
				k.is = append(k.is, looks[then.key(f, c.quality)])
			}
			all = append(all, k)
		}
		return all, nil
	})
}

func (s scenery) key(filter string, quality int) string {
	if filter == "" {
		filter = "null"
	}
	if quality == 0 {
		quality = 27
	}
	return fmt.Sprint(s.from, quality, filter)
}

// lookAt has the real worker look at all that the conditions make of a scenery, into looks by key.
func (s scenery) lookAt(ctx context.Context, v *Vision, conditions []condition, looks map[string][]Sight) error {
	filters := map[int][]string{27: {"null"}}
	note := func(filter string, quality int) {
		if !slices.Contains(filters[quality], filter) {
			filters[quality] = append(filters[quality], filter)
		}
	}
	for _, c := range conditions {
		if c.usual != "" {
			note(c.usual, 27)
		}
		for _, f := range c.is {
			note(f, max(c.quality, 27))
		}
	}
	for quality, list := range filters {
		takes, err := s.takes(list, quality)
		if err != nil {
			return err
		}
		for i, f := range list {
			if looks[s.key(f, quality)], err = sights(ctx, v, takes[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// trials does the work and watches what comes of it.
func (w work) trials(t *testing.T, v *Vision) (all []*trial) {
	group, ctx := errgroup.WithContext(t.Context())
	group.SetLimit(2)
	each := make([][]*trial, len(w))
	for i, one := range w {
		group.Go(func() (err error) {
			each[i], err = one(ctx, v)
			return err
		})
	}
	require.NoError(t, group.Wait())
	for i, k := range slices.Concat(each...) {
		k.id = fmt.Sprintf("c%d", i)
		all = append(all, k)
	}
	synctest.Test(t, func(t *testing.T) { watchAll(t, all) })
	return all
}

// watchAll has an engine watch all trials at once, each as a camera.
func watchAll(t *testing.T, trials []*trial) {
	h := newHall(t)
	byID := map[string]*trial{}
	var ids []string
	for _, k := range trials {
		byID[k.id], k.began = k, models.At(h.began)
		ids = append(ids, k.id)
	}
	h.shows(func(camera string, second float64) Sight { return byID[camera].show(second) })
	h.online(ids...)
	h.start()
	h.until(caseEnds)
	h.end()
	for _, ev := range h.events {
		byID[ev.Source].events = append(byID[ev.Source].events, ev)
	}
}

// opened are the kinds of the trial's events, and what is wrong with when they came and went; late is how long the one
// that had to come took.
func (k *trial) opened() (kinds map[models.EventKind]bool, late time.Duration, faults []string) {
	kinds = map[models.EventKind]bool{}
	last := map[string]models.Event{}
	for _, ev := range k.events {
		kinds[ev.Kind], last[ev.ID] = true, ev
	}
	for _, ev := range last {
		if ev.Kind != k.condition.want {
			continue
		}
		late = ev.OpenedAt.Sub(k.began) - span(condBegins+k.condition.after)
		if late > span(noticedBy) {
			faults = append(faults, fmt.Sprintf("noticed after %v", late))
		}
		if ev.State != models.EventClosed || ev.ClosedAt.Sub(k.began) > span(condEnds+resolvedBy) {
			faults = append(faults, "does not resolve in time")
		}
	}
	return kinds, late, faults
}

func span(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }
