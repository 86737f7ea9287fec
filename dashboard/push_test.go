package dashboard

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// push sends a body as a device does.
func (h *hall) push(t *testing.T, token, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", h.url+"/api/v1/push", strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", token)
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(said)
}

func TestReadingsByHTTP(t *testing.T) {
	r := &reader{}
	h := openHall(t, func(_ *Config, d *Deps) { d.Ingest = r })
	require.NoError(t, h.store.CreatePushToken(t.Context(), "lora", "the-secret", "test"))
	one := `{"messages":[{"topic":"w/1","payload":1.5}]}`
	for _, token := range []string{"", "the-secret", "Bearer ", "Bearer another", "Basic the-secret"} {
		code, said := h.push(t, token, one)
		require.Equal(t, http.StatusUnauthorized, code, said)
		require.NotContains(t, said, "another")
	}
	require.Empty(t, r.pushed)

	code, said := h.push(t, "Bearer the-secret", `{"messages":[{"topic":"w/1","payload":{"v":[1, "2"]}},{"topic":"x","payload":"12.5"},{"topic":"w/1","payload":true}]}`)
	require.Equal(t, http.StatusOK, code, said)
	require.JSONEq(t, `{"taken":3,"unknown":["x"]}`, said)
	require.Equal(t, []string{`w/1 {"v":[1, "2"]}`, "x 12.5", "w/1 true"}, r.pushed)

	many := strings.Repeat(`{"topic":"w/1","payload":1},`, 500)
	for body, want := range map[string]int{
		`{}`:                             http.StatusBadRequest,
		`{"messages":[]}`:                http.StatusBadRequest,
		`{"messages":[{"topic":"w/1"}]}`: http.StatusBadRequest,
		`{"messages":[{"topic":"","payload":1}]}`:                                        http.StatusBadRequest,
		fmt.Sprintf(`{"messages":[%s{"topic":"w/1","payload":1}]}`, many):                http.StatusBadRequest,
		`{"messages":[{"topic":"busy","payload":1}]}`:                                    http.StatusServiceUnavailable,
		`{"messages":[{"topic":"w/1","payload":"` + strings.Repeat("x", 65<<10) + `"}]}`: http.StatusRequestEntityTooLarge,
	} {
		code, said := h.push(t, "Bearer the-secret", body)
		require.Equal(t, want, code, said)
	}
	code, said = h.push(t, "Bearer the-secret", `{"messages":[{"topic":"w/1","payload":8},{"topic":"busy","payload":1},{"topic":"w/1","payload":9}]}`)
	require.Equal(t, http.StatusServiceUnavailable, code)
	require.Contains(t, said, `"field":"messages[1]"`, "who sends all of it again has the first twice")
	require.Equal(t, "w/1 8", r.pushed[len(r.pushed)-1])
	code, said = h.push(t, "Bearer the-secret", `{"messages":[{"topic":"w/1","payload":8},{"topic":"full","payload":1}]}`)
	require.Equal(t, http.StatusServiceUnavailable, code, "what is told as taken is on the disk")
	require.Contains(t, said, "send all of it again")
	require.NoError(t, h.store.RevokePushToken(t.Context(), "lora", "test"))
	code, _ = h.push(t, "Bearer the-secret", one)
	require.Equal(t, http.StatusUnauthorized, code)
}

// Each source has a pace of its own, and takes nothing from the people who log in at the same address.
func TestReadingsByHTTPHaveAPace(t *testing.T) {
	r := &reader{}
	now := time.Now()
	h := openHall(t, func(c *Config, d *Deps) { c.RateLimit, d.Ingest, d.Now = 10, r, func() time.Time { return now } })
	require.NoError(t, h.store.CreatePushToken(t.Context(), "lora", "the-secret", "test"))
	require.NoError(t, h.store.CreatePushToken(t.Context(), "county", "another-secret", "test"))
	const one = `{"messages":[{"topic":"w/1","payload":1}]}`
	for range 60 {
		h.push(t, "Bearer the-secret", one)
	}
	require.Len(t, r.pushed, 40, "four seconds' worth at once")
	code, said := h.push(t, "Bearer another-secret", one)
	require.Equal(t, http.StatusOK, code, said)
	require.Equal(t, http.StatusOK, h.as(models.Operator).do("GET", "/api/v1/session", "").code, "people log in")
	for range 60 {
		code, _ = h.push(t, "Bearer wrong", one)
	}
	require.Equal(t, http.StatusTooManyRequests, code, "who guesses is a stranger")
}
