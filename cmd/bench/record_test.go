package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/mp4"
	"zhihui/models/mp4/mp4test"
)

// film is a file of footage of a group of pictures, and how many units it holds.
func film(t *testing.T) ([]byte, int) {
	var f mp4.Film
	var samples []mp4.Sample
	for i, u := range mp4test.Footage(t, models.H264, "320x180", "2") {
		u.Session, u.Seq = 1, uint64(i+1)
		s, ok, err := f.Add(u)
		require.NoError(t, err)
		require.True(t, ok)
		samples = append(samples, s)
	}
	return f.Header().AppendPart(f.Header().Init, 1, samples[0].DTS, samples), len(samples)
}

func TestUnitsOfAFile(t *testing.T) {
	text, n := film(t)
	name := filepath.Join(t.TempDir(), "film.mp4")
	require.NoError(t, os.WriteFile(name, text, 0o600))
	found, err := unitsOf(name)
	require.NoError(t, err)
	require.EqualValues(t, n, found)
	if _, err := peer("ffprobe"); err == nil {
		probed, err := (&bed{bench: &bench{ctx: t.Context()}}).probed(name)
		require.NoError(t, err)
		require.EqualValues(t, n, probed)
	}
	require.NoError(t, os.WriteFile(name, text[:len(text)-1], 0o600))
	_, err = unitsOf(name)
	require.Error(t, err, "torn")
}

func TestAWholeGroup(t *testing.T) {
	text, n := film(t)
	require.NoError(t, wholeGroup(text, n))
	require.ErrorContains(t, wholeGroup(text, n+1), "not a whole group")
	require.Error(t, wholeGroup([]byte("no film"), 1))
}

// What there is no footage of says when there is some.
func TestNoFootage(t *testing.T) {
	next := "1700000000000"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, "/api/v1/cameras/gate/footage", r.URL.Path)
		require.Equal(t, "2000", r.URL.Query().Get("for"))
		w.Header().Set("Zhihui-Next", next)
		w.WriteHeader(http.StatusNotFound)
	}))
	defer server.Close()
	h := &hall{base: server.URL, client: server.Client()}
	_, err := h.footage(t.Context(), "gate", models.Time(5), 2*time.Second)
	require.Equal(t, noFootage(1_700_000_000_000), err)
	next = ""
	_, err = h.footage(t.Context(), "gate", models.Time(5), 2*time.Second)
	require.Equal(t, noFootage(0), err)
}
