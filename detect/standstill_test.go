package detect

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/detect/rules"
	"zhihui/detect/vision/clips"
	"zhihui/models"
)

// gaze feeds a standstill a glance each time with the given luma everywhere.
type gaze struct {
	still standstill
	at    time.Time
}

func (g *gaze) see(after time.Duration, session uint64, luma byte, others ...byte) time.Duration {
	g.at = g.at.Add(after)
	all := make([]byte, cells)
	for i := range all {
		all[i] = luma
	}
	copy(all, others)
	return g.still.see(&models.AccessUnit{Session: session, ReceivedAt: g.at}, all, luma < 16)
}

func TestTheSamePictureForLong(t *testing.T) {
	g := &gaze{at: time.Unix(1_700_000_000, 0)}
	require.Zero(t, g.see(0, 1, 100))
	require.Equal(t, glanceEvery, g.see(glanceEvery, 1, 101), "coding it again makes it differ so much")
	require.True(t, doubtful(glanceEvery))
	require.Equal(t, 50*time.Second, g.see(doubtEvery, 1, 99))
	require.False(t, doubtful(50*time.Second), "it is known")
	require.Equal(t, 90*time.Second, g.see(glanceEvery, 1, 100, 0, 255), "a clock in a corner is not the picture")
	require.Zero(t, g.see(glanceEvery, 2, 100), "another session")
	require.Equal(t, glanceEvery, g.see(glanceEvery, 2, 100), "which says nothing of how quiet it is before the camera")

	require.Zero(t, g.see(glanceEvery, 2, 10), "a black one")
	require.Zero(t, g.see(glanceEvery, 2, 10), "tells nothing")
	require.Zero(t, g.see(glanceEvery, 2, 80))
	require.Equal(t, glanceEvery, g.see(glanceEvery, 2, 80))
	require.Zero(t, g.see(glanceEvery, 2, 110), "it changes by itself")
	require.Zero(t, g.see(glanceEvery, 2, 110), "so that this is nothing new")
	require.Zero(t, g.see(glanceEvery, 2, 110))
	require.Equal(t, 120*time.Second, g.see(glanceEvery, 2, 110), "this is")
}

// A camera whose stream tells nothing wrong, and whose key pictures are the same from second 300 to 500.
func TestThePicturesOfAFrozenCameraTellIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		walks := func(s float64) Sight { return town{1}.sight(sight{dx: int(s/2) % 3, noise: uint64(s)}) }
		h.shows(func(camera string, s float64) Sight {
			switch {
			case camera == "lives":
			case camera == "frozen" && s >= 300 && s < 500:
				return walks(300)
			case camera == "black" && s >= 300 && s < 500:
				return blankSight()
			}
			return walks(s)
		})
		h.online("frozen", "lives", "black")
		h.start()
		for s := range 600 {
			h.until(float64(s))
			for _, id := range []string{"frozen", "lives", "black"} {
				h.StreamVital(models.StreamVital{Camera: id, At: models.At(time.Now()), FPS: 10, UsualFPS: 10, KeyAgeMs: 2000})
			}
		}
		took := h.took(models.CameraFrozen)
		opened, closed := took[0], took[len(took)-1]
		for _, ev := range took {
			require.Equal(t, opened.ID, ev.ID)
		}
		require.Equal(t, "frozen", opened.Source)
		require.LessOrEqual(t, opened.OpenedAt, h.at(300+95))
		require.Equal(t, models.EventClosed, closed.State)
		require.LessOrEqual(t, closed.ClosedAt, h.at(500+60))
		require.Contains(t, closed.Why, "frozen")
		h.end()
	})
}

// course is a camera whose picture freezes after frozenAfter seconds; 0 = it lives.
type course struct {
	name, clip, filter, coder string
	frozen                    bool
}

const frozenAfter = 12

func courses() (all []course) {
	for _, clip := range []string{"vtest.avi", "tree.avi", "intel_one_by_one_person.mp4", "bgs_highway_cyclist.avi", "intel_bottle.mp4"} {
		for name, coder := range map[string]string{"mean rate": "-b:v 384k", "rate with a buffer": "-b:v 384k -maxrate 480k -bufsize 480k",
			"constant rate": "-b:v 384k -minrate 384k -maxrate 384k -bufsize 384k -nal-hrd cbr"} {
			all = append(all, course{name, clip, fmt.Sprintf("trim=end=%d,tpad=stop_mode=clone:stop_duration=14", frozenAfter), coder, true},
				course{name, clip, "null", coder, false})
		}
	}
	const quiet = "trim=end_frame=1,loop=loop=260:size=1,setpts=N/10/TB," // nothing but the noise of its sensor
	for name, noise := range map[string]string{"quiet, by day": "noise=c0s=4:c0f=t", "quiet, by night": "eq=brightness=-0.22:contrast=0.45,noise=c0s=14:c0f=t"} {
		all = append(all, course{name, "vtest.avi", quiet + noise, "-b:v 384k", false}, course{name, "vtest.avi", quiet + noise, "-qp 34", false})
	}
	return all
}

// keys are the key units, two seconds apart.
func (c course) keys(t *testing.T) (all []*models.AccessUnit) {
	args := append([]string{"-v", "error", "-t", "30", "-i", clipPath(c.clip), "-vf", "fps=10,scale=640:360," + c.filter, "-an", "-pix_fmt", "yuv420p",
		"-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-g", "20", "-bf", "0", "-sc_threshold", "0", "-x264-params", "aud=1:repeat-headers=1"},
		strings.Fields(c.coder+" -f h264 -")...)
	stream, err := exec.Command("ffmpeg", args...).Output()
	require.NoError(t, err, "%v", args)
	for _, u := range clips.Split(stream, "gate", models.H264) {
		if u.Key {
			all = append(all, u)
		}
	}
	return all
}

// An encoder without a finest quantiser refines a frozen picture for ever: key pictures tell it.
func TestFrozenPicturesThatAreRefinedForEver(t *testing.T) {
	if testing.Short() || clipPath("vtest.avi") == "" || clipPath("intel_bottle.mp4") == "" {
		t.Skip("it codes clips of opencv-doc and of the shared footage for half a minute")
	}
	v := realEyes(t)
	out := &strings.Builder{}
	found, asked, wrong, lived := 0, 0, 0, 0
	for _, c := range courses() {
		seen, err := sights(t.Context(), v, c.keys(t))
		require.NoError(t, err)
		if c.frozen {
			seen = seen[frozenAfter/2+1:]
		}
		var s standstill
		still, at := time.Duration(0), time.Unix(1_700_000_000, 0)
		for _, k := range []int{0, len(seen) - 2, len(seen) - 1} {
			still = s.see(&models.AccessUnit{Session: 1, ReceivedAt: at}, seen[k].Luma, false)
			at = at.Add(glanceEvery)
		}
		told := still > rules.SameFrom
		switch {
		case c.frozen:
			if asked++; told {
				found++
			}
		default:
			if lived++; told {
				wrong++
			}
		}
		if told != c.frozen {
			fmt.Fprintf(out, "  wrong: %s, %s, frozen %t\n", c.clip, c.name, c.frozen)
		}
	}
	text := fmt.Sprintf("frozen, by key pictures, where the encoder refines for ever: found %d of %d, raised wrongly in %d of %d\n%s", found, asked, wrong, lived, out)
	t.Log("\n" + text)
	if dir := os.Getenv("ZHIHUI_REPORT"); dir != "" {
		require.NoError(t, os.MkdirAll(dir, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "conditions-frozen-pictures.txt"), []byte(text), 0o644))
	}
	require.Zero(t, wrong)
	require.GreaterOrEqual(t, found*10, asked*9)
}
