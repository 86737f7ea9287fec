package ingest

import (
	"time"

	"zhihui/ingest/rtsp"
)

// retryAfter is the pause before the next try after so many failures in a row (1, 2 …). The pause is short even after a
// long outage, because what follows it is only a probe: a camera that returns is to be live within 3 s. jitter, 0…1,
// spreads the cameras of a switch that returns by ±25 %. What the try itself has spent, waiting for an answer, counts, but
// for the shortest pause. Refused credentials wait for AuthRetry in full.
func retryAfter(c Config, reason rtsp.Reason, failures int, jitter float64, spent time.Duration) time.Duration {
	if reason == rtsp.AuthRefused {
		return c.AuthRetry.Std()
	}
	spread := func(d time.Duration) time.Duration { return time.Duration(float64(d) * (0.75 + jitter/2)) }
	pause := min(c.RetryFirst.Std()<<min(max(failures, 1)-1, 16), c.RetryMost.Std())
	return max(spread(pause)-spent, spread(c.RetryFirst.Std()))
}
