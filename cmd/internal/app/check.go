package app

import (
	"fmt"
	"strconv"
	"strings"

	"zhihui/models"
	"zhihui/models/store"
)

// A check judges what the hall has found out about one part of itself; health.go gathers them. A new one needs a code in
// models/health.go, the judgement here (check_site.go: what the site says; check_time.go: what needs a memory), a line in
// watch.find, and its two sentences, what is wrong and what to do, in dashboard/web/src/health; tests hold the lists together.

// The bounds of the checks.
const (
	diskLowBytes  = 2e9
	diskLowShare  = 0.10
	diskFullBytes = 500e6
	backlogMany   = 1000 // events that wait are bad from here on
	mostNames     = 10
	maxFact       = 500 // bytes
)

// facts are pairs of name and value; a value is bounded, since some come from outside.
func facts(pairs ...string) map[string]string {
	f := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		f[pairs[i]] = fmt.Sprintf("%.*s", maxFact, pairs[i+1])
	}
	return f
}

func well(part models.Part, pairs ...string) models.Check {
	return models.Check{Part: part, Grade: models.GradeOK, Facts: facts(pairs...)}
}

func ill(part models.Part, code models.CheckCode, grade models.Grade, pairs ...string) models.Check {
	return models.Check{Part: part, Code: code, Grade: grade, Facts: facts(pairs...)}
}

func graver(bad bool) models.Grade {
	if bad {
		return models.GradeBad
	}
	return models.GradeWarn
}

// storeCheck says of a disk that is full under DiskFull alone, where diskCheck puts it.
func storeCheck(f store.Fault, probed error) models.Check {
	if f.Code == "" && probed != nil { // the writer does not answer
		f.Code, f.Err = models.StoreRefuses, probed
	}
	if f.Code == "" {
		return well(models.PartStore)
	}
	code := f.Code
	if code == models.DiskFull {
		code = models.StoreRefuses
	}
	c := ill(models.PartStore, code, models.GradeBad, "fault", f.Err.Error())
	c.Since = f.Since
	return c
}

// diskCheck finds a small share of the disk normal where footage fills it up to a floor.
func diskCheck(f store.Fault, dir string, free, total uint64, filled bool, err error) models.Check {
	if err != nil {
		return ill(models.PartDisk, models.DiskUnknown, models.GradeWarn, "dir", dir, "fault", err.Error())
	}
	room := []string{"free_bytes", strconv.FormatUint(free, 10), "total_bytes", strconv.FormatUint(total, 10), "dir", dir}
	switch {
	case f.Code == models.DiskFull, free < diskFullBytes:
		return ill(models.PartDisk, models.DiskFull, models.GradeBad, room...)
	case free < diskLowBytes, !filled && float64(free) < diskLowShare*float64(total):
		return ill(models.PartDisk, models.DiskLow, models.GradeWarn, room...)
	}
	return well(models.PartDisk, room...)
}

// busState is how the broker is.
type busState struct {
	connected bool
	since     models.Time // since when it keeps no events
	refuses   error       // why, nil = it keeps them
	held      int         // events that detection has not got rid of
	waiting   uint64      // events that alerting has not handled
	err       error       // why waiting is not known
	rejected  uint64
}

func busChecks(b busState) []models.Check {
	if !b.connected || b.err != nil {
		return []models.Check{ill(models.PartBus, models.BusAway, models.GradeBad)}
	}
	var all []models.Check
	if b.refuses != nil {
		c := ill(models.PartBus, models.BusRefuses, models.GradeBad, "events", strconv.Itoa(b.held), "fault", b.refuses.Error())
		c.Since = b.since
		all = append(all, c)
	}
	if b.waiting > 0 {
		all = append(all, ill(models.PartBus, models.BusBacklog, graver(b.waiting > backlogMany), "events", strconv.FormatUint(b.waiting, 10)))
	}
	if b.rejected > 0 {
		all = append(all, ill(models.PartBus, models.BusRejected, models.GradeWarn, "messages", strconv.FormatUint(b.rejected, 10)))
	}
	if all == nil {
		all = append(all, well(models.PartBus))
	}
	return all
}

func visionChecks(v models.VisionHealth) []models.Check {
	up := []string{"up", strconv.Itoa(v.Up), "instances", strconv.Itoa(v.Instances)}
	var all []models.Check
	switch {
	case v.Off:
		c := well(models.PartVision)
		c.Code = models.VisionOff
		return []models.Check{c}
	case v.Up == 0:
		all = append(all, ill(models.PartVision, models.VisionDown, models.GradeBad, append(up, "missing", strings.Join(v.Missing, " "))...))
	case v.Up < v.Instances:
		all = append(all, ill(models.PartVision, models.VisionShort, models.GradeWarn, up...))
	}
	if v.Up > 0 && len(v.Missing) > 0 {
		all = append(all, ill(models.PartVision, models.VisionMissing, models.GradeWarn, "missing", strings.Join(v.Missing, " ")))
	}
	if n := len(v.Quarantined); n > 0 {
		var names []string
		for _, q := range v.Quarantined[:min(n, mostNames)] {
			names = append(names, q.Camera)
		}
		all = append(all, ill(models.PartVision, models.VisionQuarantined, models.GradeWarn, "cameras", strconv.Itoa(n), "names", strings.Join(names, ", ")))
	}
	if all == nil {
		all = append(all, well(models.PartVision, up...))
	}
	return all
}
