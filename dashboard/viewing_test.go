package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/dashboard/live"
	"zhihui/models"
	"zhihui/models/store"
)

// film is a camera that sends the same picture again and again.
type film struct{ at uint64 }

func (f *film) Next(ctx context.Context) (*models.AccessUnit, error) {
	select {
	case <-time.After(10 * time.Millisecond):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	f.at++
	u := key()
	u.Seq, u.PTS = f.at, time.Duration(f.at)*100*time.Millisecond
	return u, nil
}

func (*film) Close() {}

func showing(_ *Config, d *Deps) {
	d.Subscribe = func(string) (live.UnitReader, error) { return &film{}, nil }
}

// views are the rows of the ledger about who looked at what, by the API.
func (p *person) views(t *testing.T, query string) (rows []models.LedgerRow) {
	var page struct{ Items []models.LedgerRow }
	p.do("GET", "/api/v1/ledger?"+query, "").into(t, &page)
	return page.Items
}

// Who looks at a camera live stands in the ledger once: with one window or two, and after a while in which the line was down.
func TestWhoWatchesLiveIsInTheLedger(t *testing.T) {
	h := openHall(t, showing)
	viewer, admin := h.as(models.Viewer), h.as(models.Admin)
	begun := models.At(time.Now())
	look := func(p *person) {
		conn := p.watch("/api/v1/cameras/gate/live")
		_, _, err := conn.Read(t.Context())
		require.NoError(t, err)
		require.NoError(t, conn.CloseNow())
	}
	look(viewer)
	look(viewer)
	look(admin)
	require.Eventually(t, func() bool { return len(admin.views(t, "action=watch.")) == 2 }, 5*time.Second, 10*time.Millisecond)
	rows := admin.views(t, "action=watch.&entity=gate&by=viewer")
	require.Len(t, rows, 1)
	row := rows[0]
	require.Equal(t, []string{"viewer", "watch.live", "gate", "null", `{"area":"a1"}`},
		[]string{row.By, row.Action, row.Entity, string(row.Before), string(row.After)})
	require.GreaterOrEqual(t, row.At, begun)
	require.LessOrEqual(t, row.At, models.At(time.Now()))
	for query, want := range map[string]int{"action=watch.&entity=yard": 0, "action=watch.playback": 0, "except=watch.&entity=gate": 1,
		"action=watch.&by=viewer&from=2099-01-01T00:00:00Z": 0, "action=watch.live": 2} {
		require.Len(t, admin.views(t, query), want, query)
	}
}

// Who asks for a camera's newest picture again and again sees it live, too.
func TestPicturesAreLooks(t *testing.T) {
	h := openHall(t)
	viewer, admin := h.as(models.Viewer), h.as(models.Admin)
	for range 3 {
		require.Equal(t, http.StatusOK, viewer.do("GET", "/api/v1/cameras/gate/picture", "").code)
	}
	require.Eventually(t, func() bool { return len(admin.views(t, "action=watch.live&by=viewer&entity=gate")) == 1 }, 5*time.Second, 10*time.Millisecond)
}

// Who tries out a camera of the site sees what it shows, in its area; one that is none yet is nobody's to ask after.
func TestTryingACameraIsALook(t *testing.T) {
	h := openHall(t)
	integrator, admin := h.as(models.Integrator), h.as(models.Admin)
	for _, body := range []string{`{"url":"rtsp://10.0.0.9/s"}`, `{"camera":"gate"}`} {
		require.Equal(t, http.StatusOK, integrator.do("POST", "/api/v1/probes", body).code)
	}
	require.Eventually(t, func() bool { return len(admin.views(t, "action=watch.&by=integrator")) > 0 }, 5*time.Second, 10*time.Millisecond)
	rows := admin.views(t, "action=watch.")
	require.Len(t, rows, 1)
	require.Equal(t, []string{"watch.live", "gate", `{"area":"a1"}`}, []string{rows[0].Action, rows[0].Entity, string(rows[0].After)})
}

// A store that is busy holds no picture back; the look is noted when it has time, at the instant at which it was.
func TestABusyStoreDelaysNoPicture(t *testing.T) {
	h := openHall(t, showing)
	viewer, admin := h.as(models.Viewer), h.as(models.Admin)
	busy, done := make(chan struct{}), make(chan struct{})
	go func() {
		_ = h.store.Write(context.Background(), func(*store.Tx) error { close(busy); <-done; return nil })
	}()
	<-busy
	_, _, err := viewer.watch("/api/v1/cameras/gate/live").Read(t.Context())
	require.NoError(t, err)
	seen := models.At(time.Now())
	require.Empty(t, admin.views(t, "action=watch."))
	close(done)
	require.Eventually(t, func() bool { return len(admin.views(t, "action=watch.")) == 1 }, 5*time.Second, 10*time.Millisecond)
	require.LessOrEqual(t, admin.views(t, "action=watch.")[0].At, seen)
}

// A view of a wall is the wall's: that of a screen by its token's name, and of this machine's own wall.
func TestWhatWallsShowIsTheWalls(t *testing.T) {
	h := openHall(t, showing, func(c *Config, _ *Deps) { c.WallGuest = true })
	admin := h.as(models.Admin)
	var token struct{ Secret string }
	admin.do("POST", "/api/v1/wall-tokens", `{"name":"East","area":""}`).into(t, &token)
	screen := &person{hall: h}
	screen.cookie = screen.do("POST", "/api/v1/session/wall", `{"token":"`+token.Secret+`"}`).cookies[0]
	guest := &person{hall: h}
	guest.cookie = guest.do("GET", "/wall", "").cookies[0]
	for _, p := range []*person{screen, guest} {
		_, _, err := p.watch("/api/v1/cameras/gate/live").Read(t.Context())
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool { return len(admin.views(t, "action=watch.")) == 2 }, 5*time.Second, 10*time.Millisecond)
	require.Len(t, admin.views(t, "action=watch.live&by=wall:East"), 1)
	require.Len(t, admin.views(t, "action=watch.live&by=wall"), 1)
}

// Footage is noted by its hours, an export each time and before it goes out; the ledger of a part of the site has that part's.
func TestFootageIsNotedByItsHours(t *testing.T) {
	h := openHall(t)
	at := func(s string) models.Time {
		v, err := time.Parse(time.DateTime, "2026-05-01 "+s)
		require.NoError(t, err)
		return models.At(v)
	}
	note := func(way models.Watching, from, to string) {
		require.NoError(t, h.server.watched.Note(t.Context(), models.Viewing{Viewer: "wall:Hall", Camera: "gate", Area: "a1", Way: way, From: at(from), To: at(to)}))
	}
	note(models.WatchPlayback, "13:59:55", "14:00:05")
	note(models.WatchPlayback, "14:00:05", "14:00:15")
	note(models.WatchExport, "14:00:00", "14:02:30.5")
	admin := h.as(models.Admin)
	rows := admin.views(t, "action=watch.&by=wall:Hall")
	require.Len(t, rows, 3, "an export is there with all before it")
	var said []string
	for _, r := range rows {
		said = append(said, r.Action+" "+string(r.After))
	}
	span := func(from, to string) string {
		b, err := json.Marshal(map[string]any{"area": "a1", "from": at(from), "to": at(to)})
		require.NoError(t, err)
		return string(b)
	}
	require.Equal(t, []string{"watch.export " + span("14:00:00", "14:02:30.5"), "watch.playback " + span("14:00:00", "15:00:00"), "watch.playback " + span("13:00:00", "14:00:00")}, said)
}

// A store that takes nothing is told of as such, and no export goes out.
func TestAnExportThatCannotBeNoted(t *testing.T) {
	h := openHall(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("the browser has gone"))
	err := h.server.watched.Note(ctx, models.Viewing{Viewer: "viewer", Camera: "gate", Area: "a1", Way: models.WatchExport, From: 1, To: 2})
	require.Equal(t, models.Unavailable, models.CodeOf(err))
}
