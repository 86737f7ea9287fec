package api

import (
	"maps"
	"math"
	"sync"
	"time"

	"zhihui/models"
)

// holdFor is how long a camera is somebody's after the last act.
const holdFor = 30 * time.Second

// priorityOf says who may take a camera from whom: a higher role from a lower one. Who sends people somewhere looks before who
// watches, and who builds the site comes last.
func priorityOf(r models.Role) int {
	switch r {
	case models.Admin:
		return 4
	case models.Dispatcher:
		return 3
	case models.Operator:
		return 2
	case models.Integrator:
		return 1
	}
	return 0
}

// taking is how somebody comes to turn a camera.
type taking string

const (
	takenFree taking = "free"     // nobody had it
	takenOver taking = "over"     // somebody with a lower role had it
	takenOn   taking = "on"       // it is his already
	refused   taking = "not_free" // somebody has it, and not with a lower role
)

// over tells whether a lock counts no more at now. One that ends later than any can is of a clock that was ahead.
func over(held models.PTZLock, now models.Time) bool {
	return held.Until <= now || held.Until > now.Add(holdFor)
}

// take decides whose camera it is after by wants to turn it at now; held is its newest lock, nil = none.
func take(held *models.PTZLock, by models.User, now models.Time) (models.PTZLock, taking) {
	mine := models.PTZLock{Username: by.Username, Name: by.Name, Priority: priorityOf(by.Role), Since: now, Until: now.Add(holdFor)}
	switch {
	case held == nil || over(*held, now):
		return mine, takenFree
	case held.Username == by.Username:
		mine.Since = held.Since
		return mine, takenOn
	case held.Priority < mine.Priority:
		return mine, takenOver
	}
	return *held, refused
}

// locks are who turns which camera, as many as are turned now. They are lost with the process, and so are the movements.
type locks struct {
	mu   sync.Mutex
	held map[string]models.PTZLock // by camera
}

// take gives the camera to by, or returns a Conflict error that says who has it. before is whose it was until now; fresh tells that it
// was not by's already.
func (l *locks) take(camera string, by models.User, now models.Time) (before *models.PTZLock, fresh bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held == nil {
		l.held = map[string]models.PTZLock{}
	}
	maps.DeleteFunc(l.held, func(_ string, h models.PTZLock) bool { return over(h, now) })
	if h, ok := l.held[camera]; ok {
		before = &h
	}
	mine, how := take(before, by, now)
	if how == refused {
		wait := math.Ceil(before.Until.Sub(now).Seconds())
		return before, false, models.Errorf(models.Conflict, "%s (%s) turns this camera: it is free %.0f s after the last movement, or when it is released", before.Name, before.Username, wait)
	}
	l.held[camera] = mine
	return before, how != takenOn, nil
}

// holder is who turns the camera at now, nil = nobody.
func (l *locks) holder(camera string, now models.Time) *models.PTZLock {
	l.mu.Lock()
	defer l.mu.Unlock()
	if h, ok := l.held[camera]; ok && !over(h, now) {
		return &h
	}
	return nil
}

// release frees the camera where it is that person's.
func (l *locks) release(camera, username string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held[camera].Username == username {
		delete(l.held, camera)
	}
}
