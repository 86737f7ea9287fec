package app

import (
	"strconv"
	"strings"
	"time"

	"zhihui/alerting/notify"
	"zhihui/models"
	"zhihui/models/store"
)

// The bounds of the checks on what goes out of the hall.
const (
	undeliveredFor = time.Minute
	undeliveredBad = 10 * time.Minute
	backupAge      = 7 * 24 * time.Hour
	backupGrace    = 24 * time.Hour // of a new hall
)

func camerasCheck(s store.Census) models.Check {
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

func sensorsChecks(s store.Census, heard bool) (all []models.Check) {
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

func backupCheck(s store.Census, now models.Time) models.Check {
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
