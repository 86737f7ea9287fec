package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/ingest"
	"zhihui/models"
)

// stillest plays footage to the hub as a camera does, and returns for how long at most nothing was said to change.
func stillest(t *testing.T, codec Codec, f *footage) (most time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		hub := ingest.NewHub(ingest.DefaultConfig())
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- hub.Run(ctx, func(v models.StreamVital) { most = max(most, time.Duration(v.StillMs)*time.Millisecond) })
		}()
		for _, u := range f.units {
			hub.Publish(&models.AccessUnit{Camera: "c", Codec: models.Codec(codec), Session: 1, Key: u.key, ReceivedAt: time.Now(),
				NALUs: append(u.params[:len(u.params):len(u.params)], u.slices...)})
			time.Sleep(unitPeriod)
		}
		cancel()
		require.NoError(t, <-done)
	})
	return most
}

// No scene of the demo's cameras, in fair weather and in the storm, comes near to be called frozen.
func TestTheDemoIsNotStill(t *testing.T) {
	cache := filepath.Join("..", "..", ".cache", "clips")
	if _, err := os.Stat(cache); err != nil {
		t.Skip("no clips were made yet: run the demo once")
	}
	script, _ := demo(t)
	maker := studio{cache: cache, folders: footageFolders([]string{filepath.Join("..", "..", "..", "shared", "footage")}), out: &bytes.Buffer{}}
	all, err := maker.prepare(t.Context(), script.Cameras)
	if models.CodeOf(err) == models.NotFound || models.CodeOf(err) == models.Unavailable {
		t.Skip(err)
	}
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, scenes := range all {
		for _, shot := range scenes {
			for _, c := range shot {
				if seen[c.cached] {
					continue
				}
				seen[c.cached] = true
				f, err := readFootage(c)
				require.NoError(t, err)
				require.Less(t, stillest(t, c.encoding.Codec, f), 4*time.Second, c.cached)
			}
		}
	}
	require.NotEmpty(t, seen)
}
