package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// pretend is a hall whose answers a test gives, by path.
func pretend(t *testing.T, answers map[string]func(http.ResponseWriter, *http.Request)) *hall {
	mux := http.NewServeMux()
	for path, f := range answers {
		mux.HandleFunc(path, f)
	}
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return &hall{process: &process{name: "zhihui"}, begun: time.Now(), base: s.URL, client: s.Client()}
}

func says(text string, args ...any) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, text, args...) }
}

func TestMetrics(t *testing.T) {
	h := pretend(t, map[string]func(http.ResponseWriter, *http.Request){"/metrics": says(
		"# HELP zhihui_cameras Cameras.\nzhihui_cameras{state=\"online\"} 7\nzhihui_ingest_access_units_total 1.5e+06\nodd{name=\"a b\"} 0.5\n\n")})
	m, err := h.metrics(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]float64{onlineCameras: 7, acceptedUnits: 1.5e6, `odd{name="a b"}`: 0.5}, m)
	broken := pretend(t, map[string]func(http.ResponseWriter, *http.Request){"/metrics": says("a many\n")})
	_, err = broken.metrics(t.Context())
	require.ErrorContains(t, err, "/metrics")
}

func TestRefusalsAreTold(t *testing.T) {
	h := pretend(t, map[string]func(http.ResponseWriter, *http.Request){
		"/api/v1/session": func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "no such account", http.StatusUnauthorized)
		}})
	require.ErrorContains(t, h.logIn(t.Context(), "who", "x"), "401 Unauthorized: no such account")
	require.Error(t, h.get(t.Context(), "/nothing", nil))
}

func TestOnline(t *testing.T) {
	n := 0
	h := pretend(t, map[string]func(http.ResponseWriter, *http.Request){"/metrics": func(w http.ResponseWriter, _ *http.Request) {
		n++
		fmt.Fprintf(w, "%s %d\n", onlineCameras, n)
	}})
	took, err := h.online(t.Context(), 3, time.Minute)
	require.NoError(t, err)
	require.Positive(t, took)
	_, err = h.online(t.Context(), 1000, time.Millisecond)
	require.ErrorContains(t, err, "in vain: 1000 cameras are online, ")
}

func TestDrained(t *testing.T) {
	n := 0
	h := pretend(t, map[string]func(http.ResponseWriter, *http.Request){
		"/metrics": func(w http.ResponseWriter, _ *http.Request) {
			n = min(n+1, 5)
			fmt.Fprintf(w, "%s %d\n", acceptedUnits, n)
		},
		"/api/v1/measures": says(`{"items":[{"camera":"a","units":3},{"camera":"b","units":2}],"next":""}`),
	})
	total, each, err := h.drained(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 5, total, "it waits for the last one")
	require.Equal(t, map[string]int64{"a": 3, "b": 2}, each)
}

func TestEventsOfAllPages(t *testing.T) {
	h := pretend(t, map[string]func(http.ResponseWriter, *http.Request){"/api/v1/events": func(w http.ResponseWriter, r *http.Request) {
		pages := map[string]string{"": `{"items":[{"id":"1"},{"id":"2"}],"next":"x&y"}`, "x&y": `{"items":[{"id":"3"}],"next":""}`}
		fmt.Fprint(w, pages[r.URL.Query().Get("after")])
	}})
	all, err := h.events(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 3)
	require.Equal(t, "3", all[2].ID)
}

func TestReadGoesThroughAList(t *testing.T) {
	var asked []string
	h := pretend(t, map[string]func(http.ResponseWriter, *http.Request){"/api/v1/cameras": func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RawQuery)
		fmt.Fprint(w, map[string]string{"": `{"next":"b"}`, "b": `{"next":""}`}[r.URL.Query().Get("after")])
	}})
	took, err := growthCmd{Requests: 3}.read(&bed{bench: &bench{ctx: t.Context()}}, h, "/cameras?limit=1000")
	require.NoError(t, err)
	require.Positive(t, took)
	require.Equal(t, []string{"limit=1000", "limit=1000&after=b", "limit=1000"}, asked, "page after page, then again")
}

func TestSleepEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		require.NoError(t, sleep(t.Context(), time.Hour))
		require.Equal(t, time.Hour, time.Since(begun))
	})
}
