package live

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

var (
	wang = models.User{Username: "wang", Name: "王"}
	zhao = models.User{Username: "zhao", Name: "赵"}
)

func everywhere(string) bool { return true }

// heard is what a page hears next, one line an alert: its id and who looks at it.
func heard(p *presence, n *uint64, sees func(string) bool) []string {
	wires, next := p.since(*n, sees)
	*n = next
	lines := []string{}
	for _, w := range wires {
		line := strings.TrimSpace(strings.TrimPrefix(string(w), "event: presence\ndata: "))
		var names []string
		for _, who := range []string{"wang", "zhao"} {
			if strings.Contains(line, `"username":"`+who+`"`) {
				names = append(names, who)
			}
		}
		lines = append(lines, line[10:11]+":"+strings.Join(names, ","))
	}
	return lines
}

func TestPeopleOnOneAlertSeeEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, page, quiet := newPresence(), uint64(0), uint64(0)
		look := func(u models.User, alert string) {
			_, err := p.look(u, alert, "a1", time.Now())
			require.NoError(t, err)
		}
		look(wang, "A")
		require.Equal(t, []string{"A:wang"}, heard(&p, &page, everywhere))
		time.Sleep(10 * time.Second)
		look(wang, "A")
		require.Empty(t, heard(&p, &page, everywhere), "that he is still there is no news")
		look(zhao, "A")
		require.Equal(t, []string{"A:wang,zhao"}, heard(&p, &page, everywhere))
		look(wang, "B")
		require.Equal(t, []string{"A:zhao", "B:wang"}, heard(&p, &page, everywhere))
		require.Equal(t, []string{"A:zhao", "B:wang"}, heard(&p, &quiet, everywhere), "who comes later hears where everybody is")
		look(wang, "")
		require.Equal(t, []string{"B:"}, heard(&p, &page, everywhere))
		begins := uint64(0)
		require.Equal(t, []string{"A:zhao"}, heard(&p, &begins, everywhere))
	})
}

func TestWhoFallsSilentHasGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, page := newPresence(), uint64(0)
		_, err := p.look(wang, "A", "a1", time.Now())
		require.NoError(t, err)
		heard(&p, &page, everywhere)
		time.Sleep(lookFor)
		require.False(t, p.expire(time.Now()))
		time.Sleep(time.Millisecond)
		require.True(t, p.expire(time.Now()))
		require.Equal(t, []string{"A:"}, heard(&p, &page, everywhere))
		time.Sleep(partedFor + time.Millisecond)
		require.False(t, p.expire(time.Now()))
		require.Empty(t, p.alerts, "nothing is kept of alerts at which nobody looks")
	})
}

func TestNobodyHearsOfAlertsElsewhere(t *testing.T) {
	p, page := newPresence(), uint64(0)
	_, err := p.look(wang, "A", "east", t0())
	require.NoError(t, err)
	_, err = p.look(zhao, "B", "west", t0())
	require.NoError(t, err)
	require.Equal(t, []string{"B:zhao"}, heard(&p, &page, func(area string) bool { return area == "west" }))
}

func TestOnlySoManyLookers(t *testing.T) {
	p := newPresence()
	for i := range maxLooking {
		_, err := p.look(models.User{Username: fmt.Sprint(i)}, "A", "", t0())
		require.NoError(t, err)
	}
	_, err := p.look(wang, "A", "", t0())
	require.Equal(t, models.Unavailable, models.CodeOf(err))
	_, err = p.look(models.User{Username: "7"}, "B", "", t0())
	require.NoError(t, err, "who is there already may look elsewhere")
}

func t0() time.Time { return time.UnixMilli(1_777_000_000_000) }

func TestPresenceIsOnTheStream(t *testing.T) {
	f, srv := startFeed(t, openStore(t))
	page := follow(t, srv.URL)
	require.Equal(t, "heartbeat", page.next().name)
	require.NoError(t, f.Look(wang, "A", "a1"))
	e := page.until("presence")
	require.Zero(t, e.id)
	require.Contains(t, e.data, `{"alert":"A","people":[{"username":"wang","name":"王","since":`)
	require.Contains(t, follow(t, srv.URL).until("presence").data, `"wang"`, "a page that begins hears of it too")
	require.NoError(t, f.Look(wang, "", ""))
	require.Equal(t, `{"alert":"A","people":[]}`, page.until("presence").data)
}

func TestWhoDecidesNothingHearsOfNobody(t *testing.T) {
	f, srv := startFeed(t, openStore(t))
	wall := follow(t, srv.URL+"?role=wall")
	require.Equal(t, "heartbeat", wall.next().name)
	require.NoError(t, f.Look(wang, "A", "a1"))
	require.Equal(t, "heartbeat", wall.next().name)
}
