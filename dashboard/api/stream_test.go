package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhihui/dashboard/auth"
	"zhihui/dashboard/live"
	"zhihui/models"
	"zhihui/models/store"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode)
	goleak.VerifyTestMain(m)
}

// openAPI returns an API that knows anna, an operator, and a cookie of hers.
func openAPI(t *testing.T) (*API, *http.Cookie) {
	t.Helper()
	cfg := store.DefaultConfig()
	cfg.Dir = t.TempDir()
	st, err := store.Open(cfg, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	hash, err := auth.HashPassword("long enough")
	require.NoError(t, err)
	require.NoError(t, st.PutUser(t.Context(), models.User{Username: "anna", Role: models.Operator, PasswordHash: hash}, "test"))
	sessions, err := auth.New(auth.Config{Lifetime: time.Hour}, st)
	require.NoError(t, err)
	a, err := New(Deps{Store: st, Sessions: sessions, RateLimit: 100, Now: time.Now, Log: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry()})
	require.NoError(t, err)
	w := httptest.NewRecorder()
	_, err = sessions.LogIn(w, httptest.NewRequest(http.MethodPost, "/", nil), "here", "anna", "long enough")
	require.NoError(t, err)
	return a, w.Result().Cookies()[0]
}

// followed is a request for the stream of changes, through a router so that it has its route.
func followed(ctx context.Context, cookie *http.Cookie, handle func(*gin.Context)) {
	r := gin.New()
	r.GET(Base+"/changes/stream", handle)
	req := httptest.NewRequestWithContext(ctx, http.MethodGet, Base+"/changes/stream", nil)
	req.AddCookie(cookie)
	r.ServeHTTP(httptest.NewRecorder(), req)
}

// A stream that lives for days ends soon after its user may no longer look.
func TestAStreamEndsWithItsSession(t *testing.T) {
	a, cookie := openAPI(t)
	disable, disabled := make(chan bool), make(chan error)
	go func() { // outside the bubble, because the store's writer is
		<-disable
		u, err := a.Store.User(context.Background(), "anna")
		u.Disabled = true
		disabled <- errors.Join(err, a.Store.PutUser(context.Background(), u, "test"))
	}()
	synctest.Test(t, func(t *testing.T) {
		followed(t.Context(), cookie, func(c *gin.Context) {
			require.NoError(t, a.admit(c))
			ctx, stop := a.watch(c)
			defer stop()
			time.Sleep(3 * recheck)
			require.NoError(t, ctx.Err(), "as long as she is logged in it goes on")

			close(disable)
			require.NoError(t, <-disabled)
			time.Sleep(recheck + time.Millisecond)
			synctest.Wait()
			require.ErrorIs(t, ctx.Err(), context.Canceled)
		})
	})
}

// What a person may see is asked anew: when it becomes another, the page comes again and sees that.
func TestAStreamEndsWhenItsScopeChanges(t *testing.T) {
	for name, edit := range map[string]func(*models.User){
		"area": func(u *models.User) { u.Area = "street" },
		"role": func(u *models.User) { u.Role = models.Viewer }, // who does not hear who looks at an alert
	} {
		t.Run(name, func(t *testing.T) { streamEndsAfter(t, edit) })
	}
}

func streamEndsAfter(t *testing.T, edit func(*models.User)) {
	a, cookie := openAPI(t)
	_, err := a.Store.ApplySite(t.Context(), models.Site{Name: "s", Areas: []models.Area{{ID: "street", Name: "s", Kind: models.Street}}}, "test")
	require.NoError(t, err)
	move, moved := make(chan bool), make(chan error)
	go func() { // outside the bubble, because the store's writer is
		<-move
		_, err := a.Store.EditUser(context.Background(), "anna", "test", func(u *models.User) error { edit(u); return nil })
		moved <- err
	}()
	synctest.Test(t, func(t *testing.T) {
		followed(t.Context(), cookie, func(c *gin.Context) {
			require.NoError(t, a.admit(c))
			ctx, stop := a.watch(c)
			defer stop()
			time.Sleep(2 * recheck)
			require.NoError(t, ctx.Err())
			close(move)
			require.NoError(t, <-moved)
			time.Sleep(recheck + time.Millisecond)
			synctest.Wait()
			require.ErrorIs(t, ctx.Err(), context.Canceled)
			require.ErrorIs(t, context.Cause(ctx), live.ErrOtherScope)
		})
	})
}

func TestAWatchEndsWithItsRequest(t *testing.T) {
	a, cookie := openAPI(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, leave := context.WithCancel(t.Context())
		followed(ctx, cookie, func(c *gin.Context) {
			require.NoError(t, a.admit(c))
			ctx, stop := a.watch(c)
			leave()
			<-ctx.Done()
			stop()
		})
	})
}
