package playback

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/mp4/mp4test"
)

// page plays a film, and a piece by Media Source Extensions, and says what it saw.
const page = `<!DOCTYPE html><video muted></video><script type="module">
const v = document.querySelector('video'), say = {}
try {
  const painted = new Promise(ok => v.requestVideoFrameCallback(ok))
  v.src = 'film.mp4'
  await new Promise((ok, no) => Object.assign(v, { onloadeddata: ok, onerror: () => no(v.error.message) }))
  await painted
  const c = Object.assign(document.createElement('canvas'), { width: v.videoWidth, height: v.videoHeight })
  c.getContext('2d').drawImage(v, 0, 0)
  Object.assign(say, { duration: v.duration, first: c.toDataURL('image/png').split(',')[1] })
  const m = new MediaSource(), answer = await fetch('piece')
  v.src = URL.createObjectURL(m)
  await new Promise(ok => m.onsourceopen = ok)
  const s = m.addSourceBuffer(answer.headers.get('Content-Type'))
  s.appendBuffer(await answer.arrayBuffer())
  await new Promise((ok, no) => Object.assign(s, { onupdateend: ok, onerror: () => no(v.error?.message ?? 'refused') }))
  Object.assign(say, { spans: s.buffered.length, from: s.buffered.start(0), to: s.buffered.end(0) })
} catch (e) { say.fault = String(e) }
await fetch('say', { method: 'POST', body: JSON.stringify(say) })
</script>`

type seen struct {
	Fault                     string
	Duration, Spans, From, To float64
	First                     []byte
}

// look shows a film and a piece to Chromium.
func look(t *testing.T, film string, mime string, piece []byte) seen {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed")
	}
	said := make(chan seen, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(page)) })
	mux.HandleFunc("/film.mp4", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, film) })
	mux.HandleFunc("/piece", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mime)
		_, _ = w.Write(piece)
	})
	mux.HandleFunc("/say", func(_ http.ResponseWriter, r *http.Request) {
		var s seen
		if json.NewDecoder(r.Body).Decode(&s) == nil {
			said <- s
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	cmd := exec.CommandContext(t.Context(), program, "--headless", "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run", "--user-data-dir="+t.TempDir(), "--remote-debugging-port=0", server.URL)
	require.NoError(t, cmd.Start())
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }() // it has said what it has to say
	select {
	case s := <-said:
		require.Empty(t, s.Fault)
		return s
	case <-time.After(time.Minute):
		t.Fatal("chromium says nothing")
	}
	return seen{}
}

// apart is by how much two pictures differ, of 255.
func apart(t testing.TB, a, b []byte) float64 {
	t.Helper()
	var of [2]image.Image
	for i, p := range [][]byte{a, b} {
		var err error
		of[i], err = png.Decode(bytes.NewReader(p))
		require.NoError(t, err)
	}
	size, sum := of[0].Bounds().Size(), 0.0
	require.Equal(t, size, of[1].Bounds().Size())
	for y := range size.Y {
		for x := range size.X {
			r, g, b, _ := of[0].At(x, y).RGBA()
			r2, g2, b2, _ := of[1].At(x, y).RGBA()
			for _, d := range []int{int(r>>8) - int(r2>>8), int(g>>8) - int(g2>>8), int(b>>8) - int(b2>>8)} {
				sum += float64(max(d, -d))
			}
		}
	}
	return sum / float64(3*size.X*size.Y)
}

// Chromium and ffmpeg agree on how long a film is and which picture is its first; and Chromium takes pieces as they are.
func TestInChromium(t *testing.T) {
	for name, more := range map[string][]string{"no B-frames": nil, "B-frames": {"-bf", "2"}} {
		t.Run(name, func(t *testing.T) {
			s := openStudio(t)
			s.record(noon, mp4test.Hear(mp4test.Footage(t, models.H264, "320x180", "12", more...), mp4test.Sound(t, models.AAC, 12*time.Second)), 4*time.Second)
			p, piece := s.play(Want{From: noon + 4500, For: 4 * time.Second, Origin: noon})
			_, film := s.export(noon+3300, noon+9150)
			saw := look(t, film, p.MIME, piece)
			require.InDelta(t, 5.85, saw.Duration, 0.001)
			require.Equal(t, 5850*time.Millisecond, seconds(t, duration(t, film)))
			frame := func(n string) []byte {
				file := filepath.Join(t.TempDir(), "frame.png")
				mp4test.Run(t, "ffmpeg", "-v", "error", "-i", film, "-vf", "select=eq(n\\,"+n+")", "-frames:v", "1", file)
				b, err := os.ReadFile(file)
				require.NoError(t, err)
				return b
			}
			require.Less(t, apart(t, saw.First, frame("0")), 3.0, "the same picture, but for how colours are rounded")
			require.Greater(t, apart(t, saw.First, frame("1")), apart(t, saw.First, frame("0"))+0.5)
			require.Equal(t, 1.0, saw.Spans)
			require.InDelta(t, float64(p.From-noon)/1000, saw.From, 0.2)
			require.InDelta(t, float64(p.To-noon)/1000, saw.To, 0.2)
		})
	}
}
