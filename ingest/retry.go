package ingest

import (
	"time"

	"zhihui/ingest/rtsp"
)

// retryAfter is the pause before the next try after so many failures in a row (1, 2 …). The pause is short even after a
// long outage, because what follows it is only a TCP dial: a camera that returns is to be live within 3 s. jitter, 0…1,
// spreads the cameras of a switch that returns by ±25 %. Refused credentials wait for AuthRetry in full.
func retryAfter(c Config, reason rtsp.Reason, failures int, jitter float64) time.Duration {
	if reason == rtsp.AuthRefused {
		return c.AuthRetry.Std()
	}
	pause := c.RetryFirst.Std() << min(failures-1, 16)
	pause = min(pause, c.RetryMost.Std())
	return time.Duration(float64(pause) * (0.75 + jitter/2))
}
