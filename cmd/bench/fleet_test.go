package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// kept is a fleet of one sensor that has said so much, and a hall that answers these pages of its readings.
func kept(t *testing.T, said int64, pages ...string) (*fleet, *hall) {
	h := pretend(t, map[string]func(http.ResponseWriter, *http.Request){
		"/api/v1/sensors/s00000/readings": func(w http.ResponseWriter, r *http.Request) {
			n := 0
			if after := r.URL.Query().Get("after"); after != "" {
				_, err := fmt.Sscan(after, &n)
				require.NoError(t, err)
			}
			require.Equal(t, "raw", r.URL.Query().Get("step"))
			next := ""
			if n+1 < len(pages) {
				next = fmt.Sprint(n + 1)
			}
			fmt.Fprintf(w, `{"items":[%s],"step":"raw","next":%q}`, pages[n], next)
		},
	})
	b := &bed{bench: &bench{ctx: t.Context()}, load: load{site: models.Site{Sensors: make([]models.Sensor, 1)}}}
	return &fleet{bed: b, said: []int64{said}, begun: time.Now()}, h
}

func TestEachReadingIsLookedFor(t *testing.T) {
	f, h := kept(t, 5, `{"value":0.3},{"value":0.5}`, `{"value":0.1},{"value":0.2}`)
	back, lost, err := f.readBack(h)
	require.NoError(t, err)
	require.EqualValues(t, []int64{4, 1, 5}, []int64{back, lost, f.published()})
}

func TestAReadingThatIsThereTwiceIsAFault(t *testing.T) {
	for name, items := range map[string]string{"twice": `{"value":0.1},{"value":0.1}`, "never said": `{"value":0.6}`, "before the first": `{"value":0}`} {
		f, h := kept(t, 5, items)
		_, _, err := f.readBack(h)
		require.ErrorContains(t, err, "s00000", name)
	}
}

// TestAllKept: it is over when the count stands still, and the moment counts when it last moved.
func TestAllKept(t *testing.T) {
	n := 0
	h := pretend(t, map[string]func(http.ResponseWriter, *http.Request){"/metrics": func(w http.ResponseWriter, _ *http.Request) {
		n = min(n+1, 4)
		fmt.Fprintf(w, "%s %d\n", keptReadings, n)
	}})
	all, last, err := h.allKept(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 4, all)
	require.Greater(t, time.Since(last), 2*time.Second)
}

func TestSensorsOfTheBenchHaveTopicsOfTheirOwn(t *testing.T) {
	require.Equal(t, "site/s00012/up", topicOf(sensorID(12)))
	require.True(t, models.ValidID(sensorID(99_999)))
}
