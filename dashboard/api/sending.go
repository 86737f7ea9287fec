package api

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"zhihui/dashboard/playback"
	"zhihui/models"
)

// Bounds of what is sent to one person at the same time, or those who never read would leave nothing for the others.
const (
	maxPiecesEach = 64 // 16 cameras, some of them on several pages
	maxFilmsEach  = 1
)

// readers counts the people to whom something is being sent.
type readers struct {
	mu sync.Mutex
	of map[string]int
}

// begin returns a TooMany error where a person has most already, or a function that ends this one.
func (r *readers) begin(person string, most int) (end func(), err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of[person] >= most {
		return nil, models.Errorf(models.TooMany, "footage is being sent to you already: wait until that is done")
	}
	if r.of == nil {
		r.of = map[string]int{}
	}
	r.of[person]++
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.of[person]--; r.of[person] == 0 {
			delete(r.of, person)
		}
	}, nil
}

// A film may take longer than other answers: each write has its own time, and the whole as long as two of the longest play.
const (
	patience = 30 * time.Second
	filmTime = 2 * playback.MaxExport
)

// patient gives each write its own time, until ctx ends: with the session of who reads, for one.
type patient struct {
	ctx context.Context
	w   http.ResponseWriter
}

func (p patient) Write(b []byte) (int, error) {
	if p.ctx.Err() != nil {
		return 0, context.Cause(p.ctx)
	}
	err := http.NewResponseController(p.w).SetWriteDeadline(time.Now().Add(patience))
	if err != nil && !errors.Is(err, http.ErrNotSupported) { // which only a test's recorder says
		return 0, err
	}
	return p.w.Write(b)
}
