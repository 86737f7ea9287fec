//go:build !race

package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/dashboard/auth"
	"zhihui/models"
	"zhihui/models/store"
)

const (
	floodPages    = 10_000
	floodAccounts = 20
	floodMemory   = 600 << 20 // bytes of the hall's memory at most
)

// TestTenThousandPagesThatStopReading: most are turned away at once and told to come back, none takes another account's
// places, those that were let in are cut once they are behind, and who reads gets every change within a second.
func TestTenThousandPagesThatStopReading(t *testing.T) {
	h := newHall(t)
	addAccounts(t, h)
	h.start()
	h.logIn()
	n := mostPages(t)
	before := h.memory()
	arrived := h.healthyPage()
	pages := h.flood(n)
	t.Logf("%d pages that do not read: memory %d MB → %d MB", n, before>>20, h.memory()>>20)
	served, refused := answers(t, pages)
	require.Equal(t, n, served+refused)
	require.LessOrEqual(t, served, 1024)
	require.Positive(t, served)

	s := h.store()
	defer s.Close()
	note := strings.Repeat("x", 32<<10)
	written := map[string]time.Time{}
	for i := range 40 {
		id := models.NewID(time.Now())
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			return tx.PutAlert(models.Alert{ID: id, Fingerprint: fmt.Sprint("flood-", i), State: models.AlertOpen, Area: "street", Note: note})
		}))
		written[id] = time.Now()
		time.Sleep(100 * time.Millisecond) // they are spread over some of the hall's looks
	}
	var slowest time.Duration
	for c := range arrived {
		if at, ok := written[c.entity]; ok {
			slowest = max(slowest, c.at.Sub(at))
			delete(written, c.entity)
		}
		if len(written) == 0 {
			break
		}
	}
	require.Empty(t, written, "the page that reads was cut")
	// Another process wrote these: the hall looks for such once a second.
	require.Less(t, slowest, 3*time.Second, "who reads waits for those who do not")
	sensors := h.device()
	begun := time.Now()
	sensors.measures(1, 0, "2")
	for c := range arrived {
		if len(c.entity) == 26 {
			break
		}
	}
	own := time.Since(begun)
	require.Less(t, own, time.Second)
	h.until("those who are behind are cut", 30*time.Second, func() bool { return h.pagesOpen() <= 2 })
	memory := h.memory()
	t.Logf("%d were let in, %d told to come back; a change was seen after %s, one by another process after %s at most; memory %d MB",
		served, refused, own.Round(time.Millisecond), slowest.Round(time.Millisecond), memory>>20)
	require.Less(t, memory, floodMemory)
	h.kill()
}

func addAccounts(t *testing.T, h *hall) {
	s := h.store()
	hash, err := auth.HashPassword(killPassword)
	require.NoError(t, err)
	for i := range floodAccounts {
		name := fmt.Sprint("page-", i)
		require.NoError(t, s.PutUser(t.Context(), models.User{Username: name, Name: name, Role: models.Viewer, PasswordHash: hash}, "test"))
	}
	require.NoError(t, s.Close())
}

// mostPages is how many connections this process may have.
func mostPages(t *testing.T) int {
	var limit syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	n := min(floodPages, int(limit.Cur)-500)
	if n < floodPages {
		t.Logf("only %d pages: the limit on open files is %d here", n, limit.Cur)
	}
	return n
}

func (h *hall) memory() int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.cmd.Process.Pid))
	require.NoError(h.t, err)
	m := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(b)
	kb, err := strconv.Atoi(string(m[1]))
	require.NoError(h.t, err)
	return kb << 10
}

// arrival is a change of this entity on a page.
type arrival struct {
	entity string
	at     time.Time
}

// healthyPage reads on, and gives each change.
func (h *hall) healthyPage() <-chan arrival {
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.http+"/api/v1/changes/stream", nil)
	require.NoError(h.t, err)
	answer, err := (&http.Client{Jar: h.client.Jar}).Do(r)
	require.NoError(h.t, err)
	require.Equal(h.t, http.StatusOK, answer.StatusCode)
	changes, done := make(chan arrival, 10_000), make(chan struct{})
	go func() {
		defer close(done)
		defer answer.Body.Close()
		lines := bufio.NewScanner(answer.Body)
		lines.Buffer(nil, 4<<20)
		entity := regexp.MustCompile(`"entity":"([^"]+)"`)
		for lines.Scan() {
			if m := entity.FindStringSubmatch(lines.Text()); m != nil {
				changes <- arrival{m[1], time.Now()}
			}
		}
		close(changes)
	}()
	h.t.Cleanup(func() { cancel(); <-done })
	return changes
}

// flood opens n pages of many accounts that send their request and then nothing, and read nothing.
func (h *hall) flood(n int) []net.Conn {
	pages := make([]net.Conn, n)
	var all sync.WaitGroup
	for a := range floodAccounts {
		cookie := h.cookieOf(fmt.Sprint("page-", a))
		all.Go(func() {
			for i := a; i < n; i += floodAccounts {
				c, err := net.Dial("tcp", h.http)
				if err != nil {
					h.t.Errorf("page %d: %v", i, err)
					return
				}
				_ = c.(*net.TCPConn).SetReadBuffer(4096)
				fmt.Fprintf(c, "GET /api/v1/changes/stream HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", h.http, cookie)
				pages[i] = c
			}
		})
	}
	all.Wait()
	h.t.Cleanup(func() {
		for _, c := range pages {
			if c != nil {
				_ = c.Close()
			}
		}
	})
	return pages
}

func (h *hall) cookieOf(name string) string {
	jar, err := cookiejar.New(nil)
	require.NoError(h.t, err)
	client := &http.Client{Jar: jar, Timeout: 10 * time.Second}
	r, err := client.Post("http://"+h.http+"/api/v1/session", "application/json", strings.NewReader(fmt.Sprintf(`{"username":%q,"password":%q}`, name, killPassword)))
	require.NoError(h.t, err)
	defer r.Body.Close()
	require.Equal(h.t, http.StatusOK, r.StatusCode)
	at, err := url.Parse("http://" + h.http)
	require.NoError(h.t, err)
	var all []string
	for _, c := range jar.Cookies(at) {
		all = append(all, c.Name+"="+c.Value)
	}
	return strings.Join(all, "; ")
}

// answers reads no more than the head of each answer.
func answers(t *testing.T, pages []net.Conn) (served, refused int) {
	for i, c := range pages {
		require.NoError(t, c.SetReadDeadline(time.Now().Add(20*time.Second)))
		head := make([]byte, 0, 2048)
		for !strings.Contains(string(head), "\r\n\r\n") {
			k, err := c.Read(head[len(head):cap(head)])
			require.NoError(t, err, "page %d", i)
			head = head[:len(head)+k]
		}
		switch {
		case strings.HasPrefix(string(head), "HTTP/1.1 200"):
			served++
		case strings.HasPrefix(string(head), "HTTP/1.1 503"):
			require.Contains(t, string(head), "Retry-After: 5")
			refused++
		case strings.HasPrefix(string(head), "HTTP/1.1 429"): // one account opened too many a second
			require.Contains(t, string(head), "Retry-After: ")
			refused++
		default:
			t.Fatalf("page %d: %s", i, head)
		}
	}
	return served, refused
}

func (h *hall) pagesOpen() int {
	var health models.Health
	require.Contains(h.t, []int{0, http.StatusOK}, h.call(http.MethodGet, "/health", "", &health))
	for _, c := range health.Checks {
		if c.Part == models.PartPages {
			n, err := strconv.Atoi(c.Facts["open"])
			require.NoError(h.t, err)
			return n
		}
	}
	return floodPages
}
