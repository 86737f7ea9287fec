package api

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/dashboard/live"
	"zhihui/models"
)

func TestEachCodeHasItsStatus(t *testing.T) {
	for code, want := range map[models.Code]int{
		models.Invalid: 400, models.Unauthenticated: 401, models.Forbidden: 403, models.NotFound: 404, models.Conflict: 409,
		models.TooLarge: 413, models.TooMany: 429, models.Unavailable: 503, models.Internal: 500, "unheard of": 500,
	} {
		require.Equal(t, want, status(code), "%s", code)
	}
}

func TestStatesJoinedByComma(t *testing.T) {
	open, both, bad := "open", "open,resolved", "open,,resolved"
	for given, want := range map[*string][]models.AlertState{
		nil: nil, new(string): nil, &open: {models.AlertOpen}, &both: {models.AlertOpen, models.AlertResolved},
	} {
		got, err := among(given, models.AlertOpen, models.AlertResolved)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := among(&bad, models.AlertOpen, models.AlertResolved)
	require.Equal(t, models.Invalid, models.CodeOf(err))
}

func TestAnEditLeavesTheRest(t *testing.T) {
	above := 1.5
	old := models.Camera{ID: "c", Name: "old", Area: "a", URL: "rtsp://h/s", Analyse: true, Heading: 10,
		Zones: map[string]models.Polygon{"z": {{0, 0}}}, Rules: []models.Rule{{Kind: models.Crowd, Above: &above}}}
	require.Equal(t, old, editedCamera(old, &CameraEdit{}))

	name, off := "new", false
	got := editedCamera(old, &CameraEdit{Name: &name, Analyse: &off, Rules: []Rule{}, Lines: map[string]Line{"l": {{0, 0}, {1, 1}}}})
	want := old
	want.Name, want.Analyse, want.Rules = "new", false, []models.Rule{}
	want.Lines = map[string][]models.Point{"l": {{0, 0}, {1, 1}}}
	require.Equal(t, want, got)
}

func TestWhereAStreamBegins(t *testing.T) {
	for _, c := range []struct {
		query, header string
		want          int64
		bad           bool
	}{
		{"", "", live.FromNow, false},
		{"?since=0", "", 0, false},
		{"?since=7", "", 7, false},
		{"?since=7", "9", 9, false},
		{"", "9", 9, false},
		{"?since=-1", "", 0, true},
		{"?since=1.5", "", 0, true},
		{"?since=7", "x", 0, true},
		{"?since=99999999999999999999", "", 0, true},
	} {
		got, err := since(streamRequest(c.query, c.header))
		require.Equal(t, c.bad, err != nil, "%+v", c)
		require.Equal(t, c.want, got, "%+v", c)
	}
}

func streamRequest(query, header string) *gin.Context {
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest(http.MethodGet, "/changes/stream"+query, nil)
	c.Request.Header.Set("Last-Event-ID", header)
	return c
}

func FuzzSince(f *testing.F) {
	f.Add("1")
	f.Add("-9223372036854775808")
	f.Fuzz(func(t *testing.T, header string) {
		n, err := since(streamRequest("", header))
		if err == nil {
			require.GreaterOrEqual(t, n, live.FromNow)
		} else {
			require.Equal(t, models.Invalid, models.CodeOf(err))
		}
	})
}

func TestAnAlertIsCountedOnce(t *testing.T) {
	p := newPainted(prometheus.NewRegistry())
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringN(1, 26, 64).Draw(t, "id")
		p.first(id)
		require.False(t, p.first(id))
	})
	for i := range 3 * remembered {
		require.True(t, p.first("#"+strconv.Itoa(i)))
	}
	require.LessOrEqual(t, len(p.young)+len(p.old), 2*remembered)
}

func TestTheContractLoads(t *testing.T) {
	c, err := loadContract()
	require.NoError(t, err)
	require.Greater(t, len(c), 25)
}
