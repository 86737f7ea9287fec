package app

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"zhihui/alerting/notify"
	"zhihui/models"
	"zhihui/models/store"
)

// The bounds of the checks.
const (
	diskLowBytes   = 2e9
	diskLowShare   = 0.10
	diskFullBytes  = 500e6
	backlogMany    = 1000 // events that wait are bad from here on
	undeliveredFor = time.Minute
	undeliveredBad = 10 * time.Minute
	backupAge      = 7 * 24 * time.Hour
	backupGrace    = 24 * time.Hour // of a new hall
	mostNames      = 10
	maxFact        = 500 // bytes
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

func diskCheck(f store.Fault, dir string, free, total uint64, err error) models.Check {
	if err != nil {
		return ill(models.PartDisk, models.DiskUnknown, models.GradeWarn, "dir", dir, "fault", err.Error())
	}
	room := []string{"free_bytes", strconv.FormatUint(free, 10), "total_bytes", strconv.FormatUint(total, 10), "dir", dir}
	switch {
	case f.Code == models.DiskFull, free < diskFullBytes:
		return ill(models.PartDisk, models.DiskFull, models.GradeBad, room...)
	case free < diskLowBytes, float64(free) < diskLowShare*float64(total):
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
		grade := models.GradeWarn
		if b.waiting > backlogMany {
			grade = models.GradeBad
		}
		all = append(all, ill(models.PartBus, models.BusBacklog, grade, "events", strconv.FormatUint(b.waiting, 10)))
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

func camerasCheck(s store.Condition) models.Check {
	total, down := 0, 0
	for state, n := range s.Cameras {
		if state != models.CameraDisabled {
			total += n
		}
	}
	c := well(models.PartCameras, "total", strconv.Itoa(total))
	for _, state := range []models.CameraState{models.CameraOffline, models.CameraAuthRefused, models.CameraDegraded, models.CameraConnecting} {
		c.Facts[string(state)] = strconv.Itoa(s.Cameras[state])
		down += s.Cameras[state]
	}
	for reason, n := range s.Reasons {
		c.Facts["code."+reason] = strconv.Itoa(n)
	}
	if down > 0 {
		c.Code, c.Grade = models.CamerasDown, graver(2*down >= total)
	}
	return c
}

func sensorsChecks(s store.Condition, heard bool) (all []models.Check) {
	stale, waiting, spoken := s.Sensors[models.SensorStale], s.Sensors[models.SensorWaiting], s.Sensors[models.SensorOK]+s.Sensors[models.SensorStale]
	figures := []string{"total", strconv.Itoa(spoken + waiting), "stale", strconv.Itoa(stale), "waiting", strconv.Itoa(waiting)}
	if spoken+waiting > 0 && !heard {
		all = append(all, ill(models.PartSensors, models.SensorsBrokerAway, models.GradeBad))
	}
	if stale > 0 {
		all = append(all, ill(models.PartSensors, models.SensorsSilent, graver(2*stale >= spoken), figures...))
	}
	if n := len(s.Unreadable); n > 0 {
		all = append(all, ill(models.PartSensors, models.SensorsUnreadable, models.GradeWarn, "sensors", strconv.Itoa(n),
			"names", strings.Join(s.Unreadable[:min(n, mostNames)], ", ")))
	}
	if all == nil {
		all = append(all, well(models.PartSensors, figures...))
	}
	return all
}

func graver(bad bool) models.Grade {
	if bad {
		return models.GradeBad
	}
	return models.GradeWarn
}

// notifyChecks tells of a channel whose oldest message has waited for longer than its first tries take.
func notifyChecks(waiting []store.Backlog, now models.Time) (all []models.Check) {
	for _, b := range waiting {
		age := now.Sub(b.Oldest)
		if age < undeliveredFor {
			continue
		}
		all = append(all, ill(models.PartNotify, models.NotifyWaiting, graver(age >= undeliveredBad), "channel", b.Channel,
			"messages", strconv.Itoa(b.Messages), "oldest", b.Oldest.String(), "fault", b.Fault))
	}
	if all == nil {
		all = append(all, well(models.PartNotify))
	}
	return all
}

func deadmanCheck(d notify.DeadmanStatus) models.Check {
	c := well(models.PartDeadman)
	switch {
	case d.Off:
		c.Code = models.DeadmanOff
		return c
	case d.Unable != "":
		c = ill(models.PartDeadman, models.DeadmanSilent, models.GradeBad, "fault", d.Unable)
	case d.Fault != "":
		c = ill(models.PartDeadman, models.DeadmanFails, models.GradeWarn, "fault", d.Fault)
	}
	c.Since = d.Since
	return c
}

func backupCheck(s store.Condition, now models.Time) models.Check {
	age := now.Sub(s.LastBackup)
	switch {
	case s.LastBackup == 0 && (s.Begun == 0 || now.Sub(s.Begun) < backupGrace):
		return well(models.PartBackup)
	case s.LastBackup == 0:
		return ill(models.PartBackup, models.BackupNone, models.GradeWarn)
	case age > backupAge:
		return ill(models.PartBackup, models.BackupOld, models.GradeWarn, "at", s.LastBackup.String(), "days", strconv.Itoa(int(age.Hours()/24)))
	}
	return well(models.PartBackup, "at", s.LastBackup.String())
}

// clock finds out when the wall clock is set: then it differs from what has gone by.
type clock struct {
	wall   time.Time
	gone   time.Duration
	jumped time.Duration // 0 = never
	at     time.Duration
}

const (
	jump     = 5 * time.Second
	toldOfIt = time.Hour
)

// look takes the wall clock and how much time has gone by since the start, by a clock that nobody sets.
func (c *clock) look(wall time.Time, gone time.Duration) models.Check {
	wall = wall.Round(0)
	if by := wall.Sub(c.wall) - (gone - c.gone); !c.wall.IsZero() && by.Abs() > jump {
		c.jumped, c.at = by, gone
	}
	c.wall, c.gone = wall, gone
	if c.jumped == 0 || gone-c.at > toldOfIt {
		return well(models.PartClock)
	}
	return ill(models.PartClock, models.ClockJumped, models.GradeWarn,
		"seconds", strconv.Itoa(int(c.jumped.Round(time.Second).Seconds())), "at", models.At(wall.Add(c.at-gone)).String())
}

// turnedAway tells for some minutes that pages were refused.
type turnedAway struct {
	seen uint64
	at   time.Time
}

const turnedAwayFor = 5 * time.Minute

func (p *turnedAway) look(now time.Time, open int, refused uint64) models.Check {
	if refused > p.seen {
		p.seen, p.at = refused, now
	}
	figures := []string{"open", strconv.Itoa(open), "refused", strconv.FormatUint(refused, 10)}
	if p.at.IsZero() || now.Sub(p.at) > turnedAwayFor {
		return well(models.PartPages, figures...)
	}
	return ill(models.PartPages, models.PagesRefused, models.GradeWarn, figures...)
}
