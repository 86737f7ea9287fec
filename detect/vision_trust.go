package detect

import (
	"fmt"

	"zhihui/detect/visionpb"
)

// maxAlone bounds the workers of one camera; further suspects wait for one to be free.
const maxAlone = 4

// settle does what time alone brings about of cameras' standings, gives suspects a worker of their own, and returns those
// workers, not yet running, with the Results to deliver.
func (v *Vision) settle() (begun []*instance, news []Result) {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := v.now()
	for camera, w := range v.cameras {
		if w.record.elapse(now) && w.record.standing == trusted {
			v.alone[camera].end()
			delete(v.alone, camera)
			w.home = v.idlest(w.glanced)
			news = append(news, w.reset(camera, "the camera has come through its probation and changes its worker"))
			v.log.Info("a camera has come through its probation", "camera", camera)
		}
		if w.record.standing == underSuspicion && len(v.alone) < maxAlone {
			v.started++
			i := newInstance(v, v.started, true)
			v.alone[camera], w.home = i, i
			w.record.begin(now, v.cfg.Probation.Std())
			begun = append(begun, i)
		}
	}
	return begun, news
}

// bury notes that an instance's worker has ended and returns what its cameras must be told.
func (v *Vision) bury(i *instance, d death) []Result {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.metrics.deaths.WithLabelValues(d.cause).Inc()
	wasUp := i.hello != nil
	if wasUp && i.remote != nil {
		i.remote.lost = v.now()
	}
	i.hello, i.outbox, i.trouble = nil, nil, d.sentence
	if !wasUp {
		i.credit = 0
	}
	for n, answer := range i.pictures {
		answer <- &visionpb.Picture{Sentence: "its pixel worker has ended"}
		delete(i.pictures, n)
	}
	for n, answer := range i.sights {
		answer <- &visionpb.Sight{Sentence: "its pixel worker has ended"}
		delete(i.sights, n)
	}
	goesOn := wasUp && (d.cause == causeKilled || d.camera != "") // else the same units may bring the same end
	var news []Result
	for camera, w := range v.cameras {
		switch {
		case w.home != i:
		case w.glanced: // nothing was told of it
			if i.abandoned() {
				w.home = v.idlest(true)
			}
		case w.forgotten:
			delete(v.cameras, camera)
		case goesOn && len(w.gop) > 0: // the next worker takes it up from there
		default:
			news = append(news, w.reset(camera, "the pixel worker has ended and is started again: "+d.sentence))
			if i.abandoned() {
				w.home = v.idlest(false)
			}
		}
	}
	if w := v.cameras[d.camera]; w != nil && w.home == i {
		news = append(news, v.blame(d.camera, w))
	}
	return news
}

// blame takes a camera from its worker, which ended while it looked at it, and returns what the camera must be told.
func (v *Vision) blame(camera string, w *looked) Result {
	w.home = nil
	if i := v.alone[camera]; i != nil {
		i.end()
		delete(v.alone, camera)
	}
	w.record.blame(v.now(), v.cfg.Quarantine.Std())
	v.log.Warn("a camera is held to have ended its pixel worker", "camera", camera, "deaths", len(w.record.deaths), "quarantined", w.record.standing == inQuarantine)
	select {
	case v.changed <- struct{}{}:
	default: // one is on its way
	}
	fault := "the pixel worker ended while it looked at this camera, which gets a worker of its own for a while"
	if w.record.standing == inQuarantine {
		fault = fmt.Sprintf("%d pixel workers have ended while they looked at this camera: it is not looked at until %s",
			deathsToQuarantine, w.record.until.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	return w.reset(camera, fault)
}
