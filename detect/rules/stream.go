package rules

import (
	"math"
	"time"

	"zhihui/models"
)

// What is wrong with a camera's stream, and what must have come back for it to be right again: the second figure is the
// quiet side, so that nothing opens and closes by turns.
const (
	lowRate, sureRate = 0.45, 0.7       // of the usual rate: half of it is how many a camera sends by night
	lossyFrom, lossTo = 5.0, 2.0        // percent
	stillFrom         = 6 * time.Second // an event within 10 s of the last change, where an encoder needs a GOP or two to settle
	skewFrom, skewTo  = 5.0, 3.0        // seconds
)

// cameraNoKeyframes holds while nothing comes that decoding could start with.
func cameraNoKeyframes(_ Rule, in Input) Verdict {
	return longer(time.Duration(in.Stream.KeyAgeMs)*time.Millisecond, models.KeyUnitsWithin)
}

// cameraFrozen holds while an encoder sends the same picture again and again, without even a sensor's noise. One that goes on
// to refine that picture is not found out: decoded, it is as a quiet room is whose noise the camera has taken away.
func cameraFrozen(_ Rule, in Input) Verdict {
	return longer(time.Duration(in.Stream.StillMs)*time.Millisecond, stillFrom)
}

func longer(lasts, limit time.Duration) Verdict {
	if lasts <= limit {
		return Verdict{Reason: Sound}
	}
	return unsound(lasts.Truncate(time.Second).Seconds(), limit.Seconds(), "s", Above)
}

// cameraLowRate holds while the camera sends too few pictures. What was lost on the way has an event of its own, so it
// counts as sent.
func cameraLowRate(_ Rule, in Input) Verdict {
	v := in.Stream
	sent := v.FPS
	if v.LossPct < 100 {
		sent /= 1 - v.LossPct/100
	}
	share := lowRate
	if in.Held {
		share = sureRate
	}
	if sent >= share*v.UsualFPS {
		return Verdict{Reason: Sound}
	}
	return unsound(tenth(v.FPS), tenth(lowRate*v.UsualFPS), "fps", Below)
}

// cameraLoss holds while too many access units do not arrive whole.
func cameraLoss(_ Rule, in Input) Verdict {
	limit := lossyFrom
	if in.Held {
		limit = lossTo
	}
	if in.Stream.LossPct <= limit {
		return Verdict{Reason: Sound}
	}
	return unsound(math.Round(in.Stream.LossPct), lossyFrom, "%", Above)
}

// cameraClockSkew holds while the camera's clock is off either way; Measured is signed, a clock that is fast has a positive
// one. Of a camera that does not say its time nothing is known.
func cameraClockSkew(_ Rule, in Input) Verdict {
	limit := skewFrom
	if in.Held {
		limit = skewTo
	}
	if in.Stream.OffsetMs == nil || math.Abs(*in.Stream.OffsetMs/1000) <= limit {
		return Verdict{Reason: Sound}
	}
	off := math.Round(*in.Stream.OffsetMs / 1000)
	if off < 0 {
		return unsound(off, -skewFrom, "s", Below)
	}
	return unsound(off, skewFrom, "s", Above)
}

func unsound(measured, limit float64, unit string, side Reason) Verdict {
	return Verdict{Holds: true, Reason: Unsound, Facts: models.Facts{Measured: measured, Limit: limit, Unit: unit, Reason: string(side)}}
}

// tenth keeps a tenth.
func tenth(v float64) float64 { return math.Round(v*10) / 10 }
