package bus

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheBrokerCannotFillTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		l := newBrokerLog(slog.New(slog.NewTextHandler(&out, nil)))
		for i := range 1000 {
			l.Errorf("192.0.2.1:%d - TLS handshake error: EOF", i)
		}
		require.Equal(t, saidAMinute, strings.Count(out.String(), "handshake"))
		l.Warnf("something else")
		require.Contains(t, out.String(), "something else", "another kind has its own turn")
		l.Noticef("a detail")
		require.NotContains(t, out.String(), "a detail")

		time.Sleep(time.Minute)
		l.Errorf("192.0.2.1:%d - TLS handshake error: EOF", 1)
		require.Equal(t, saidAMinute+1, strings.Count(out.String(), "handshake"))
		require.Contains(t, out.String(), "left_out_before=995")
	})
}

func TestALineOfTheBrokerIsOneLineOfSomeLength(t *testing.T) {
	var out bytes.Buffer
	l := newBrokerLog(slog.New(slog.NewTextHandler(&out, nil)))
	l.Errorf("client %s", "x\ntime=2026 level=ERROR msg=\"all is lost\""+strings.Repeat("y", 10_000))
	require.Equal(t, 1, strings.Count(out.String(), "\n"), "nobody writes a line of his own")
	require.Less(t, out.Len(), 2*maxSaid)
	for i := range 2 * maxKinds {
		l.turn(fmt.Sprint("kind ", i), time.Now())
	}
	require.LessOrEqual(t, len(l.kinds), maxKinds)
}
