package detect

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"zhihui/detect/rules"
	"zhihui/models"
)

// watching is a hall that keeps its views in a folder, of one camera that shows what the script says.
func watching(t *testing.T, folder, url string, open []models.Event, script func(s float64) Sight) *hall {
	h := newHall(t)
	h.deps.Views = folder
	h.shows(func(_ string, s float64) Sight { return script(s) })
	h.Resume(open)
	require.NoError(t, h.Apply([]models.Camera{{ID: "c1", URL: url}}, nil))
	h.CameraStatus(models.CameraStatus{Camera: "c1", State: models.CameraOnline, Since: h.at(0)})
	h.start()
	return h
}

func TestACameraThatWasMovedWhileTheHallWasDownIsNotTakenAsItIs(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "views")
	home, away := town{1}.sight(sight{}), town{2}.sight(sight{})
	const url = "rtsp://10.0.0.1/1"
	var open []models.Event
	synctest.Test(t, func(t *testing.T) {
		h := watching(t, folder, url, nil, func(s float64) Sight { return home })
		h.until(300)
		h.end()
		require.Empty(t, h.took(models.CameraMoved))
	})
	synctest.Test(t, func(t *testing.T) {
		h := watching(t, folder, url, nil, func(s float64) Sight { return away })
		h.until(100)
		h.end()
		open = h.took(models.CameraMoved)[:1]
		require.Equal(t, string(rules.AnotherView), open[0].Facts.Reason)
	})
	synctest.Test(t, func(t *testing.T) { // it is away still, and comes back
		h := watching(t, folder, url, open, func(s float64) Sight {
			if s < 600 {
				return away
			}
			return home
		})
		h.until(600)
		for _, ev := range h.took(models.CameraMoved) {
			require.Equal(t, open[0].ID, ev.ID)
			require.Equal(t, models.EventOpen, ev.State)
		}
		h.until(700)
		took := h.took(models.CameraMoved)
		require.Equal(t, models.EventClosed, took[len(took)-1].State)
		h.end()
	})
	for name, spoil := range map[string]func() string{
		"another camera": func() string { return "rtsp://10.0.0.2/1" },
		"a file of litter": func() string {
			require.NoError(t, os.WriteFile(filepath.Join(folder, "c1.views"), []byte("litter"), 0o600))
			return url
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := spoil()
			synctest.Test(t, func(t *testing.T) {
				h := watching(t, folder, url, nil, func(s float64) Sight { return away })
				h.until(300)
				h.end()
				require.Empty(t, h.took(models.CameraMoved), "what it shows is usual")
			})
		})
	}
}

func TestViewsThatCannotBeKeptAreNoHarm(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	synctest.Test(t, func(t *testing.T) {
		h := watching(t, filepath.Join(file, "views"), "rtsp://10.0.0.1/1", nil, func(s float64) Sight {
			if s < 300 {
				return town{1}.sight(sight{})
			}
			return town{2}.sight(sight{})
		})
		h.until(400)
		h.end()
		require.NotEmpty(t, h.took(models.CameraMoved))
	})
}

// Cameras come and go: what is kept of one that has gone goes, too; one that is disabled comes back to it.
func TestViewsGoWithTheirCamera(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "views")
	file := filepath.Join(folder, "c1.views")
	synctest.Test(t, func(t *testing.T) {
		home := town{1}.sight(sight{})
		h := watching(t, folder, "rtsp://10.0.0.1/1", nil, func(float64) Sight { return home })
		h.until(300)
		require.FileExists(t, file)
		require.NoError(t, h.Apply([]models.Camera{{ID: "c1", Disabled: true}}, nil))
		require.FileExists(t, file)
		require.NoError(t, h.Apply([]models.Camera{{ID: "c1"}}, nil))
		require.NoError(t, h.Apply(nil, nil))
		require.NoFileExists(t, file)
		h.end()
	})
}

func TestWhoTurnsACameraHasNotMovedIt(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "views")
	file := filepath.Join(folder, "c1.views")
	home, away := town{1}.sight(sight{}), town{2}.sight(sight{})
	synctest.Test(t, func(t *testing.T) {
		h := watching(t, folder, "rtsp://10.0.0.1/1", nil, func(s float64) Sight {
			if s < 300 || s >= 700 {
				return home
			}
			return away
		})
		h.until(300)
		require.FileExists(t, file)
		h.Turned("c1")
		h.Turned("nobody")
		require.NoFileExists(t, file, "a restart now would take the new view for a moved camera")
		h.until(700)
		require.Empty(t, h.took(models.CameraMoved))
		require.FileExists(t, file, "what it shows since is learnt")
		h.until(900) // and this was nobody
		h.end()
		require.NotEmpty(t, h.took(models.CameraMoved))
	})
}

func TestWhoTurnsACameraEndsThatItWasMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := watching(t, filepath.Join(t.TempDir(), "views"), "rtsp://10.0.0.1/1", nil, func(s float64) Sight {
			if s < 300 {
				return town{1}.sight(sight{})
			}
			return town{2}.sight(sight{})
		})
		h.until(450)
		require.NotEmpty(t, h.took(models.CameraMoved))
		h.Turned("c1") // back, or where it now should look
		h.until(700)
		h.end()
		took := h.took(models.CameraMoved)
		require.Equal(t, models.EventClosed, took[len(took)-1].State)
	})
}
