package dashboard

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/dashboard/api"
	"zhihui/models"
	"zhihui/models/mp4"
	"zhihui/models/store"
)

// noon is when the footage of tests begins.
var noon = models.At(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)) // never reassigned

// record puts three seconds of a camera into the recordings, from at on, a key picture each second.
func (h *hall) record(camera string, at models.Time) models.Segment {
	h.t.Helper()
	var film mp4.Film
	var file []byte
	for i := range 3 {
		u := key()
		u.Seq, u.PTS = uint64(i+1), time.Duration(i)*time.Second
		s, ok, err := film.Add(u)
		require.NoError(h.t, err)
		require.True(h.t, ok)
		s.Length = mp4.Ticks
		if i == 0 {
			file = append(file, film.Header().Init...)
		}
		file = film.Header().AppendPart(file, uint32(2*i+1), 0, []mp4.Sample{s})
	}
	segment := models.Segment{Camera: camera, From: at, To: at + 3000, Bytes: int64(len(file)), Units: 3, MIME: film.Header().MIME}
	path := filepath.Join(h.dir, segment.File())
	require.NoError(h.t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(h.t, os.WriteFile(path, file, 0o600))
	require.NoError(h.t, h.store.PutSegment(h.t.Context(), segment))
	return segment
}

// at asks for something of a camera's footage; from in ms after noon.
func at(camera, what string, from models.Time, more string) string {
	return "/api/v1/cameras/" + camera + "/" + what + "?from=" + (noon + from).String() + more
}

func ms(t models.Time) string { return strconv.FormatInt(int64(noon+t), 10) }

func TestFootage(t *testing.T) {
	h := openHall(t)
	segment := h.record("gate", noon)
	h.record("gate", noon+60_000)
	viewer := h.as(models.Viewer)
	got := viewer.do("GET", at("gate", "footage", 1500, "&for=1000&origin="+ms(-5000)), "")
	require.Equal(t, http.StatusOK, got.code, got.body)
	require.Equal(t, []string{segment.MIME, ms(1000), ms(2000)}, []string{got.header.Get("Content-Type"), got.header.Get("Zhihui-From"), got.header.Get("Zhihui-To")})
	require.Equal(t, strconv.Itoa(len(got.body)), got.header.Get("Content-Length"))
	require.Empty(t, got.header.Get("Content-Encoding"), "what is compressed already")
	require.Equal(t, "no-store", got.header.Get("Cache-Control"))
	w, err := mp4.Open(strings.NewReader(got.body), int64(len(got.body)))
	require.NoError(t, err)
	require.True(t, w.Next())
	require.Equal(t, int64(6*mp4.Ticks), w.Part.At, "on the asker's time line")
	require.False(t, w.Next())
	require.NoError(t, w.Err())

	for ask, next := range map[models.Time]string{-600_000: ms(0), 4000: ms(60_000), 63_000: "", 900_000: ""} {
		got := viewer.do("GET", at("gate", "footage", ask, ""), "")
		require.Equal(t, http.StatusNotFound, got.code, got.body)
		require.Contains(t, got.body, "there is no footage of this camera at "+(noon+ask).String())
		require.Equal(t, next, got.header.Get("Zhihui-Next"), "%v", ask)
	}
	for _, bad := range []string{"&origin=" + ms(1000), "&for=0", "&for=60001", "&keys=maybe", "&every=-1", "&origin=99999999999999", "&until=1"} {
		require.Equal(t, http.StatusBadRequest, viewer.do("GET", at("gate", "footage", 0, bad), "").code, bad)
	}
	require.Equal(t, http.StatusBadRequest, viewer.do("GET", "/api/v1/cameras/gate/footage", "").code)
	require.Equal(t, http.StatusBadRequest, viewer.do("GET", "/api/v1/cameras/gate/footage?from=noon", "").code)
	admin := h.as(models.Admin)
	require.Eventually(t, func() bool { return len(admin.views(t, "action=watch.playback&by=viewer&entity=gate")) == 1 }, 5*time.Second, 10*time.Millisecond)
}

// Footage follows the area of its camera; on a wall it is that of live alerts' clips, for a grid worker that of their own orders.
func TestWhoSeesFootage(t *testing.T) {
	h := communities(t)
	for community, code := range map[string]int{"lilac": http.StatusOK, "ochre": http.StatusNotFound} {
		for _, what := range []string{"footage", "download"} {
			got := h.as("lilac-operator").do("GET", at(community+"-cam", what, 0, map[string]string{"download": "&to=" + (noon + 1000).String()}[what]), "")
			require.Equal(t, code, got.code, "%s of %s", what, community)
		}
	}
	require.Equal(t, http.StatusForbidden, h.as("lilac-viewer").do("GET", at("lilac-cam", "download", 0, "&to="+(noon+1000).String()), "").code)

	require.NoError(t, h.store.PutClip(t.Context(), models.Clip{ID: "01Z", Camera: "lilac-cam", Area: "lilac-grid", From: noon + 1000, To: noon + 2500, Events: []string{"01lilac-event"}}))
	require.NoError(t, h.store.Write(t.Context(), func(tx *store.Tx) error { return tx.AttachEvent("01lilac-alert", "01lilac-event") }))
	var token struct{ Secret string }
	h.as(models.Admin).do("POST", "/api/v1/wall-tokens", `{"name":"East","area":"lilac"}`).into(t, &token)
	wall := &person{hall: h}
	wall.cookie = wall.do("POST", "/api/v1/session/wall", `{"token":"`+token.Secret+`"}`).cookies[0]
	worker := h.as("lilac-grid")
	see := func(p *person, from models.Time) int {
		return p.do("GET", at("lilac-cam", "footage", from, ""), "").code
	}
	require.Equal(t, http.StatusNotFound, see(wall, 0), "before the clip")
	require.Equal(t, http.StatusNotFound, see(wall, 2500), "behind it")
	got := wall.do("GET", at("lilac-cam", "footage", 1000, "&for=60000"), "")
	require.Equal(t, http.StatusOK, got.code)
	require.LessOrEqual(t, got.header.Get("Zhihui-To"), ms(3000), "no further than the clip, to the end of its part")
	require.Equal(t, http.StatusNotFound, see(worker, 1000), "the order is nobody's yet")
	require.NoError(t, h.store.Write(t.Context(), func(tx *store.Tx) error {
		o, err := tx.Order("01lilac-order")
		if err != nil {
			return err
		}
		o.Alert, o.Assignee = "01lilac-alert", "lilac-grid"
		return tx.PutOrder(&o)
	}))
	require.Equal(t, http.StatusOK, see(worker, 1000))
	require.Equal(t, http.StatusNotFound, see(worker, 0))
}

// A film stands in the ledger before it goes out, with exactly what it shows; it is named by its camera and time.
func TestDownload(t *testing.T) {
	h := openHall(t)
	h.record("gate", noon)
	got := h.as(models.Operator).do("GET", at("gate", "download", 500, "&to="+(noon+60_000).String()), "")
	require.Equal(t, http.StatusOK, got.code, got.body)
	require.Equal(t, []string{"video/mp4", `attachment; filename=gate_20260501T120000Z.mp4`, ms(500), ms(3000)},
		[]string{got.header.Get("Content-Type"), got.header.Get("Content-Disposition"), got.header.Get("Zhihui-From"), got.header.Get("Zhihui-To")})
	require.Equal(t, strconv.Itoa(len(got.body)), got.header.Get("Content-Length"))
	rows := h.as(models.Admin).views(t, "action=watch.export")
	require.Len(t, rows, 1)
	require.JSONEq(t, `{"area":"a1","from":"2026-05-01T12:00:00.500Z","to":"2026-05-01T12:00:03.000Z"}`, string(rows[0].After))

	require.Equal(t, http.StatusBadRequest, h.as(models.Operator).do("GET", at("gate", "download", 0, "&to="+noon.Add(3*time.Hour).String()), "").code)
	require.Equal(t, http.StatusNotFound, h.as(models.Operator).do("GET", at("gate", "download", 60_000, "&to="+noon.Add(time.Hour).String()), "").code)
	require.Equal(t, http.StatusForbidden, h.as(models.Viewer).do("GET", at("gate", "download", 0, "&to="+noon.Add(time.Second).String()), "").code)
	require.Len(t, h.as(models.Admin).views(t, "action=watch.export"), 1, "what did not go out is not noted")
}

func TestRecordings(t *testing.T) {
	h := openHall(t, func(_ *Config, d *Deps) {
		d.RecordState = func(string) models.RecordState { return models.RecordRunning }
		d.Written = func(camera string) []models.Segment {
			if camera != "gate" {
				return nil
			}
			return []models.Segment{{Camera: camera, From: noon + 9600, To: noon + 9900, Bytes: 7, Units: 1, MIME: "video/mp4"}}
		}
	})
	indexed := h.record("gate", noon)
	for _, at := range []models.Time{3000, 6499} {
		h.record("gate", noon+at)
	}
	p := h.as(models.Viewer)
	list := func(more string) (spans []string, next string) {
		var page api.Recordings
		got := p.do("GET", at("gate", "recordings", 0, "&to="+noon.Add(time.Hour).String()+more), "")
		require.Equal(t, http.StatusOK, got.code, got.body)
		got.into(t, &page)
		require.Equal(t, models.RecordRunning, page.State)
		require.Equal(t, noon, *page.Oldest)
		require.Equal(t, int64(7), page.Bytes%indexed.Bytes, "and what is being written")
		for _, s := range page.Items {
			spans = append(spans, fmt.Sprint(int64(s.From-noon), "-", int64(s.To-noon)))
		}
		return spans, page.Next
	}
	spans, next := list("")
	require.Equal(t, []string{"0-9499", "9600-9900"}, spans, "what is less than half a second apart is one; another type is another")
	require.Empty(t, next)
	spans, next = list("&limit=1")
	require.Equal(t, []string{"0-9499"}, spans)
	require.NotEmpty(t, next)
	spans, next = list("&limit=1&after=" + next)
	require.Equal(t, []string{"9600-9900"}, spans)
	require.Empty(t, next)
	for _, bad := range []string{"&to=2026-05-01T11:00:00Z", "&to=2026-06-02T12:00:01Z", "&to=2026-05-01T13:00:00Z&after=x"} {
		require.Equal(t, http.StatusBadRequest, p.do("GET", at("gate", "recordings", 0, bad), "").code, bad)
	}
	require.Equal(t, http.StatusOK, p.do("GET", "/api/v1/cameras/gate/recordings", "").code, "the last day")

	require.Equal(t, http.StatusNoContent, h.as(models.Admin).do("DELETE", "/api/v1/cameras/gate", "").code)
	require.Equal(t, http.StatusOK, p.do("GET", at("gate", "footage", 0, ""), "").code, "a camera that is gone leaves its footage")
	require.Equal(t, http.StatusNotFound, p.do("GET", "/api/v1/cameras/none/recordings", "").code)
}

// Who asks for what came from noon on has seen nothing of the hour before, although the piece begins with the key picture before noon.
func TestTheHourThatWasSeen(t *testing.T) {
	h := openHall(t)
	h.record("gate", noon-1500)
	got := h.as(models.Viewer).do("GET", at("gate", "footage", 0, "&for=1000"), "")
	require.Equal(t, http.StatusOK, got.code)
	require.Equal(t, ms(-500), got.header.Get("Zhihui-From"))
	admin := h.as(models.Admin)
	require.Eventually(t, func() bool { return len(admin.views(t, "action=watch.")) == 1 }, 5*time.Second, 10*time.Millisecond)
	require.JSONEq(t, `{"area":"a1","from":"2026-05-01T12:00:00.000Z","to":"2026-05-01T13:00:00.000Z"}`, string(admin.views(t, "action=watch.")[0].After))
}
