package ingest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/ingest/rtsp"
	"zhihui/models"
)

func TestJudge(t *testing.T) {
	const s = time.Second
	tests := []struct {
		name   string
		v      beats
		state  models.CameraState
		reason rtsp.Reason
		next   time.Duration
	}{
		{"just begun", beats{now: 0}, models.CameraConnecting, "", 10 * s},
		{"nothing yet", beats{now: 4 * s}, models.CameraConnecting, "", 6 * s},
		{"nothing at all", beats{now: 10 * s}, models.CameraOffline, rtsp.Silent, 0},
		{"no key unit yet", beats{now: 20 * s, lastUnit: 19 * s, newUnits: 50}, models.CameraConnecting, "", 4 * s},
		{"dead before a key unit", beats{now: 20 * s, lastUnit: 14 * s, newUnits: 50}, models.CameraOffline, rtsp.Silent, 0},
		{"no key unit for long", beats{now: 29 * s, lastUnit: 29 * s, newUnits: 50}, models.CameraConnecting, "", s + 1},
		{"fresh", beats{now: 20 * s, lastUnit: 19 * s, lastKey: 18 * s, newUnits: 50}, models.CameraOnline, "", 4 * s},
		{"dead", beats{now: 25 * s, lastUnit: 20 * s, lastKey: 18 * s}, models.CameraOffline, rtsp.Silent, 0},
		{"perhaps dead, we slept", beats{now: 25 * s, lates: 1, lastUnit: 20 * s, lastKey: 18 * s}, models.CameraConnecting, "", catchUp},
		{"dead, and we are always late", beats{now: 25 * s, lates: latesMost + 1, lastUnit: 20 * s, lastKey: 18 * s}, models.CameraOffline, rtsp.Silent, 0},
		{"perhaps nothing, we slept", beats{now: 10 * s, lates: 1}, models.CameraConnecting, "", catchUp},
		{"no key unit ever", beats{now: 31 * s, lastUnit: 31 * s, newUnits: 50}, models.CameraDegraded, noKeyUnits, 5 * s},
		{"a long GOP", beats{now: 31 * s, lastUnit: 31 * s, lastKey: 2 * s, newUnits: 50}, models.CameraOnline, "", 5 * s},
		{"one in fifty lost", beats{now: 9 * s, lastUnit: 9 * s, lastKey: 9 * s, newUnits: 49, newLost: 1}, models.CameraOnline, "", 5 * s},
		{"one in ten lost", beats{now: 9 * s, lastUnit: 9 * s, lastKey: 9 * s, newUnits: 45, newLost: 5}, models.CameraDegraded, lossy, 5 * s},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			state, reason, next := judge(test.v, 5*s)
			require.Equal(t, test.state, state)
			require.Equal(t, test.reason, reason)
			require.Equal(t, test.next, next)
			require.Equal(t, reason == "", sentence(reason) == "")
		})
	}
}

func TestPulseReadsWhatIsNew(t *testing.T) {
	var p pulse
	require.True(t, p.beat(0, false), "the first unit")
	require.False(t, p.beat(0, false))
	require.True(t, p.beat(0, true), "the first picture")
	require.False(t, p.beat(time.Second, true))
	p.lost.Add(3)
	v := p.read(2*time.Second, 0, beats{})
	require.Equal(t, beats{
		now: 2 * time.Second, lastUnit: time.Second, lastKey: time.Second, newUnits: 4, newLost: 3, allUnits: 4, allFlaws: 3,
	}, v)
	v = p.read(3*time.Second, lateMost, v)
	require.Zero(t, v.newUnits)
	require.Zero(t, v.lates)
	for n := range 3 {
		v = p.read(4*time.Second, lateMost+1, v)
		require.Equal(t, n+1, v.lates)
	}
	require.Zero(t, p.read(5*time.Second, 0, v).lates)
}

func TestRetryAfter(t *testing.T) {
	c := DefaultConfig()
	require.Equal(t, c.AuthRetry.Std(), retryAfter(c, rtsp.AuthRefused, 1, 0.3, time.Second))
	require.Equal(t, 250*time.Millisecond, retryAfter(c, rtsp.Ended, 1, 0.5, 0))
	require.Equal(t, 1200*time.Millisecond, retryAfter(c, rtsp.Ended, 9, 0.5, 0))
	require.Equal(t, 700*time.Millisecond, retryAfter(c, rtsp.Silent, 9, 0.5, 500*time.Millisecond), "what the try has spent counts")
	rapid.Check(t, func(t *rapid.T) {
		failures := rapid.IntRange(1, 1_000_000).Draw(t, "failures")
		jitter := rapid.Float64Range(0, 1).Draw(t, "jitter")
		spent := time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "spent"))
		got := retryAfter(c, rtsp.Refused, failures, jitter, spent)
		require.GreaterOrEqual(t, got, c.RetryFirst.Std()*3/4)
		require.LessOrEqual(t, got, c.RetryMost.Std()*5/4)
	})
}

func TestConfigValidate(t *testing.T) {
	require.NoError(t, DefaultConfig().Validate())
	for field, spoil := range map[string]func(*Config){
		"dial_timeout": func(c *Config) { c.DialTimeout = 0 },
		"silence":      func(c *Config) { c.Silence = models.Duration(time.Hour) },
		"retry_first":  func(c *Config) { c.RetryFirst = 0 },
		"retry_most":   func(c *Config) { c.RetryMost = c.RetryFirst - 1 },
		"auth_retry":   func(c *Config) { c.AuthRetry = 0 },
		"handshakes":   func(c *Config) { c.Handshakes = 0 },
		"gop_units":    func(c *Config) { c.GOPUnits = -1 },
		"gop_bytes":    func(c *Config) { c.GOPBytes = 1 },
	} {
		c := DefaultConfig()
		spoil(&c)
		var fault *models.Error
		require.ErrorAs(t, c.Validate(), &fault, field)
		require.Equal(t, field, fault.Field)
	}
}
