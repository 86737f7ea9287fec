package detect

import (
	"errors"
	"reflect"
	"slices"
	"time"

	"zhihui/detect/rules"
	"zhihui/models"
)

const (
	blindFor    = 30 * time.Second // a camera's pictures unseen for longer: a dwell that had begun begins anew
	graverEvery = time.Second      // least time between two updates that tell of worse

	untoldFor      = 5 * time.Second  // likewise, of what its units tell
	unglancedFor   = 75 * time.Second // likewise, of what is glanced at
	conditionEvery = time.Minute      // least time between two updates of a camera's condition
)

// Apply makes these the cameras and sensors, at run time too: what is new is watched, what changed keeps the events of
// the rules it keeps, what is gone or disabled closes its events. A rule that cannot run is left out and named in the
// error; everything else is applied.
func (e *Engine) Apply(cameras []models.Camera, sensors []models.Sensor) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.deps.Now()
	err := errors.Join(e.applyCameras(now, cameras), e.applySensors(now, sensors))
	for _, ev := range e.resumed {
		e.emit(closed(ev, now, sourceRemoved))
	}
	e.resumed = nil
	select {
	case e.changed <- struct{}{}:
	default:
	}
	return err
}

func (e *Engine) applyCameras(now time.Time, cameras []models.Camera) error {
	var faults []error
	keep, disabled := map[string]bool{}, map[string]bool{}
	for _, is := range cameras {
		if is.Disabled {
			disabled[is.ID] = true
			continue
		}
		keep[is.ID] = true
		is.Username, is.Password = "", "" // of no use here, so not kept
		c := e.cameras[is.ID]
		if c != nil && reflect.DeepEqual(c.is, is) {
			continue
		}
		base := models.Event{Area: is.Area, Source: is.ID, SourceType: models.FromCamera}
		watches, err := e.watches(base, rules.ForCamera(is), is.Zones)
		faults = append(faults, err)
		if !is.Analyse || e.deps.Vision == nil { // what nobody looks at, nobody would ever close
			watches = slices.DeleteFunc(watches, func(w *watch) bool { return w.rule.Subject == rules.OfTracks })
		}
		if !e.glances() {
			watches = slices.DeleteFunc(watches, func(w *watch) bool { return w.rule.Subject == rules.OfPicture })
		}
		if c == nil {
			c = e.newCamera(is)
			e.cameras[is.ID] = c
		}
		c.describe(is)
		resumed := e.resumedOf(base)
		c.adopt(now, watches, resumed)
		c.assume(now, resumed)
	}
	for id, c := range e.cameras {
		if !keep[id] {
			delete(e.cameras, id)
			c.abandon(now)
			if e.glances() {
				e.deps.Vision.Forget(id)
			}
			if !disabled[id] { // that one comes back
				e.dropViews(id)
			}
		}
	}
	return errors.Join(faults...)
}

func (e *Engine) applySensors(now time.Time, sensors []models.Sensor) error {
	var faults []error
	keep := map[string]bool{}
	for _, is := range sensors {
		if is.Disabled {
			continue
		}
		keep[is.ID] = true
		s := e.sensors[is.ID]
		if s != nil && reflect.DeepEqual(s.is, is) {
			continue
		}
		base := models.Event{Area: is.Area, Source: is.ID, SourceType: models.FromSensor}
		watches, err := e.watches(base, rules.ForSensor(is), nil)
		faults = append(faults, err)
		if s == nil {
			s = &sensor{source: source{emit: e.emit, shoot: e.shoot}}
			e.recall(now, is.ID, watches)
			e.sensors[is.ID] = s
		}
		s.describe(is, now)
		s.adopt(now, watches, e.resumedOf(base))
		s.listen(now)
	}
	for id, s := range e.sensors {
		if !keep[id] {
			delete(e.sensors, id)
			s.abandon(now)
		}
	}
	return errors.Join(append(faults, e.link())...)
}

// recall lays the trails of a sensor that is new to this process: what it said before a restart counts.
func (e *Engine) recall(now time.Time, id string, watches []*watch) {
	longest := time.Duration(0)
	for _, w := range watches {
		if w.trail != nil {
			longest = max(longest, w.rule.Window.Std())
		}
	}
	if longest == 0 || e.deps.Past == nil {
		return
	}
	for _, r := range e.deps.Past(id, now.Add(-longest)) {
		for _, w := range watches {
			if w.trail != nil {
				w.trail.Add(r.At.Std(), r.Value)
			}
		}
	}
}

// link gives the rules that read several sensors those that the site has, and notes who must be told when one speaks. The
// error names what they read in vain; they do not hold.
func (e *Engine) link() error {
	var faults []error
	e.readers = map[string][]*sensor{}
	for id, s := range e.sensors {
		s.mu.Lock()
		for _, w := range s.watches {
			reads := w.rule.Reads()
			if len(reads) == 0 {
				continue
			}
			w.inputs = map[string]*heard{}
			for _, read := range reads {
				other := e.sensors[read]
				if other == nil {
					faults = append(faults, models.FieldError(id+"."+w.rule.Key(), "there is no sensor %.64q that is switched on", read))
					continue
				}
				w.inputs[read] = &other.heard
				if !slices.Contains(e.readers[read], s) {
					e.readers[read] = append(e.readers[read], s)
				}
			}
		}
		s.mu.Unlock()
	}
	return errors.Join(faults...)
}

func (e *Engine) newCamera(is models.Camera) *camera {
	looks := glancing{}
	if e.glances() {
		looks = glancing{newest: e.deps.Newest, shoot: e.shootUnit}
	}
	return &camera{
		source: source{emit: e.emit, shoot: e.shoot}, glances: looks,
		cfg: e.cfg, vision: e.deps.Vision, budget: e.budget, load: e.load, metrics: e.metrics, log: e.log, now: e.deps.Now,
		status:  models.CameraStatus{Camera: is.ID, State: models.CameraConnecting},
		objects: tracker{minScore: e.cfg.MinScore}, motions: tracker{},
	}
}

// watches makes the rules of one source ready. Those that cannot run are in the error.
func (e *Engine) watches(base models.Event, all []models.Rule, zones map[string]models.Polygon) ([]*watch, error) {
	var ready []*watch
	var faults []error
	for _, r := range all {
		rule, err := rules.New(r, zones, base.SourceType == models.FromSensor, e.loc)
		if err != nil {
			faults = append(faults, models.FieldError(base.Source+"."+r.Key(), "%v", err))
			continue
		}
		base.Kind, base.Rule, base.Severity = rule.Kind, r.Key(), rule.Severity
		ready = append(ready, &watch{rule: rule, trail: rule.Trail(), life: lifecycle{base: base, policy: e.policy(rule), speak: e.speak()}})
	}
	return ready, errors.Join(faults...)
}

func (e *Engine) policy(r rules.Rule) policy {
	p := policy{
		dwell: r.Dwell.Std(), gap: r.Gap, closeDelay: r.CloseDelay, cooldown: r.Cooldown.Std(),
		update: e.cfg.UpdateEvery.Std(), graver: graverEvery,
	}
	switch {
	case r.Subject == rules.OfTracks:
		p.maxSilence = blindFor
	case r.Subject.Condition(): // somebody drives there tomorrow: how bad it is need not be told each second
		p.update, p.graver = conditionEvery, conditionEvery
		if p.maxSilence = untoldFor; r.Subject == rules.OfPicture {
			p.maxSilence = unglancedFor
		}
	}
	return p
}

func (e *Engine) speak() func(models.EventKind, models.Facts) string {
	if e.cfg.Language == "en" {
		return WhyEnglish
	}
	return Why
}

// resumedOf takes the source's events out of those that wait to be resumed.
func (e *Engine) resumedOf(base models.Event) []models.Event {
	var its []models.Event
	e.resumed = slices.DeleteFunc(e.resumed, func(ev models.Event) bool {
		of := ev.Source == base.Source && ev.SourceType == base.SourceType
		if of {
			its = append(its, ev)
		}
		return of
	})
	return its
}
