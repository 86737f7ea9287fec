package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"zhihui/models"
)

// hall is a running zhihui as a person sees it who reads its API.
type hall struct {
	*process
	begun  time.Time // when it was started
	base   string    // http://host:port
	client *http.Client
}

// logIn makes client one that carries a session.
func (h *hall) logIn(ctx context.Context, name, password string) error {
	body, err := json.Marshal(map[string]string{"username": name, "password": password})
	if err != nil {
		return err
	}
	return h.do(ctx, http.MethodPost, "/api/v1/session", body, nil)
}

// get reads a resource of the API.
func (h *hall) get(ctx context.Context, path string, into any) error {
	return h.do(ctx, http.MethodGet, "/api/v1"+path, nil, into)
}

func (h *hall) do(ctx context.Context, method, path string, body []byte, into any) error {
	r, err := http.NewRequestWithContext(ctx, method, h.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := h.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s: %.500s", method, path, answer.Status, text)
	}
	switch into := into.(type) {
	case nil:
		return nil
	case *[]byte:
		*into = text
		return nil
	default:
		return json.Unmarshal(text, into)
	}
}

// metrics returns each sample of /metrics by its name and labels, as they are written there.
func (h *hall) metrics(ctx context.Context) (map[string]float64, error) {
	var text []byte
	if err := h.do(ctx, http.MethodGet, "/metrics", nil, &text); err != nil {
		return nil, err
	}
	all := map[string]float64{}
	for line := range strings.Lines(string(text)) {
		at := strings.LastIndexByte(line, ' ')
		if strings.HasPrefix(line, "#") || at < 0 {
			continue
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(line[at+1:]), 64)
		if err != nil {
			return nil, fmt.Errorf("/metrics: %w", err)
		}
		all[line[:at]] = v
	}
	return all, nil
}

// The samples of /metrics that benchmarks read.
const (
	acceptedUnits = "zhihui_ingest_access_units_total"
	onlineCameras = `zhihui_cameras{state="online"}`
	goroutines    = "go_goroutines"
)

// onlineWithin is how long a benchmark waits for its cameras; to need it is a failure.
const onlineWithin = 3 * time.Minute

// online waits until so many cameras are online and returns how long that took from zhihui's start.
func (h *hall) online(ctx context.Context, cameras int, most time.Duration) (float64, error) {
	var now float64
	err := until(ctx, most, fmt.Sprintf("%d cameras are online", cameras), func() (bool, error) {
		m, err := h.metrics(ctx)
		now = m[onlineCameras]
		return int(now) >= cameras, err
	})
	if err != nil {
		return 0, fmt.Errorf("%w, %d are", err, int(now))
	}
	return rounded(time.Since(h.begun).Seconds()), nil
}

// drained waits until no more units come, and returns how many have come in all, and of each camera.
func (h *hall) drained(ctx context.Context) (total int64, each map[string]int64, err error) {
	before, quiet := -1.0, time.Now()
	err = until(ctx, 30*time.Second, "no more units come", func() (bool, error) {
		m, err := h.metrics(ctx)
		if now := m[acceptedUnits]; now != before {
			before, quiet = now, time.Now()
		}
		return time.Since(quiet) > time.Second, err
	})
	if err != nil {
		return 0, nil, err
	}
	var page struct{ Items []models.CameraMeasure }
	if err := h.get(ctx, "/measures", &page); err != nil {
		return 0, nil, err
	}
	each = map[string]int64{}
	for _, m := range page.Items {
		each[m.Camera] = m.Units
	}
	return int64(before), each, nil
}

// events returns all events.
func (h *hall) events(ctx context.Context) ([]models.Event, error) {
	var all []models.Event
	for after := ""; ; {
		var page struct {
			Items []models.Event
			Next  string
		}
		if err := h.get(ctx, "/events?limit=1000&after="+url.QueryEscape(after), &page); err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if after = page.Next; after == "" {
			return all, nil
		}
	}
}
