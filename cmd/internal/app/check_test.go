package app

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/alerting/notify"
	"zhihui/models"
	"zhihui/models/store"
)

// said is what a check says, without its figures.
type said struct {
	code  models.CheckCode
	grade models.Grade
}

func saidBy(checks ...models.Check) (all []said) {
	for _, c := range checks {
		all = append(all, said{c.Code, c.Grade})
	}
	return all
}

var (
	errFault = errors.New("fault")
	good     = said{"", models.GradeOK}
)

func TestStoreCheck(t *testing.T) {
	require.Equal(t, []said{good}, saidBy(storeCheck(store.Fault{}, nil)))
	require.Equal(t, []said{{models.StoreRefuses, models.GradeBad}}, saidBy(storeCheck(store.Fault{}, errFault)), "it does not answer")
	for code, want := range map[models.CheckCode]models.CheckCode{
		models.StoreLocked: models.StoreLocked, models.StoreReadOnly: models.StoreReadOnly,
		models.DiskFull: models.StoreRefuses, // the disk has its own check
	} {
		c := storeCheck(store.Fault{Code: code, Since: 7, Err: errFault}, errFault)
		require.Equal(t, []said{{want, models.GradeBad}}, saidBy(c))
		require.EqualValues(t, 7, c.Since)
	}
}

func TestDiskCheck(t *testing.T) {
	for name, c := range map[string]struct {
		fault       models.CheckCode
		free, total uint64
		err         error
		want        said
	}{
		"much":             {"", 90e9, 100e9, nil, good},
		"a tenth":          {"", 10e9, 100e9, nil, good},
		"below a tenth":    {"", 9e9, 100e9, nil, said{models.DiskLow, models.GradeWarn}},
		"below 2 GB":       {"", 1.9e9, 4e9, nil, said{models.DiskLow, models.GradeWarn}},
		"below 500 MB":     {"", 499e6, 600e6, nil, said{models.DiskFull, models.GradeBad}},
		"a write that has": {models.DiskFull, 90e9, 100e9, nil, said{models.DiskFull, models.GradeBad}}, // a quota, for example
		"nobody knows":     {"", 0, 0, errFault, said{models.DiskUnknown, models.GradeWarn}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, []said{c.want}, saidBy(diskCheck(store.Fault{Code: c.fault}, "/data", c.free, c.total, false, c.err)))
		})
	}
	filled := func(free uint64) models.Check { return diskCheck(store.Fault{}, "/data", free, 100e9, true, nil) }
	require.Equal(t, []said{good, {models.DiskLow, models.GradeWarn}}, saidBy(filled(5e9), filled(1.9e9)), "footage is to fill the disk, but not so far")
}

func TestBusChecks(t *testing.T) {
	require.Equal(t, []said{good}, saidBy(busChecks(busState{connected: true})...))
	away := []said{{models.BusAway, models.GradeBad}}
	require.Equal(t, away, saidBy(busChecks(busState{})...))
	require.Equal(t, away, saidBy(busChecks(busState{connected: true, err: errFault})...))
	require.Equal(t, []said{{models.BusRefuses, models.GradeBad}, {models.BusBacklog, models.GradeWarn}, {models.BusRejected, models.GradeWarn}},
		saidBy(busChecks(busState{connected: true, refuses: errFault, held: 3, waiting: 1000, rejected: 1})...))
	require.Equal(t, []said{{models.BusBacklog, models.GradeBad}}, saidBy(busChecks(busState{connected: true, waiting: 1001})...))
}

func TestVisionChecks(t *testing.T) {
	for name, c := range map[string]struct {
		v    models.VisionHealth
		want []said
	}{
		"off":     {models.VisionHealth{Off: true}, []said{{models.VisionOff, models.GradeOK}}},
		"well":    {models.VisionHealth{Instances: 2, Up: 2}, []said{good}},
		"down":    {models.VisionHealth{Instances: 2, Missing: []string{"no binary"}}, []said{{models.VisionDown, models.GradeBad}}},
		"one":     {models.VisionHealth{Instances: 2, Up: 1}, []said{{models.VisionShort, models.GradeWarn}}},
		"missing": {models.VisionHealth{Instances: 1, Up: 1, Missing: []string{"no network"}}, []said{{models.VisionMissing, models.GradeWarn}}},
		"quarantined": {models.VisionHealth{Instances: 1, Up: 1, Quarantined: make([]models.QuarantinedCamera, 12)},
			[]said{{models.VisionQuarantined, models.GradeWarn}}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, saidBy(visionChecks(c.v)...)) })
	}
}

func TestCamerasCheck(t *testing.T) {
	states := func(online, offline, disabled int) store.Census {
		return store.Census{Reasons: map[string]int{"timeout": offline}, Cameras: map[models.CameraState]int{
			models.CameraOnline: online, models.CameraOffline: offline, models.CameraDisabled: disabled}}
	}
	require.Equal(t, []said{good}, saidBy(camerasCheck(states(3, 0, 9))))
	require.Equal(t, []said{{models.CamerasDown, models.GradeWarn}}, saidBy(camerasCheck(states(3, 2, 9))))
	c := camerasCheck(states(2, 2, 9))
	require.Equal(t, []said{{models.CamerasDown, models.GradeBad}}, saidBy(c))
	require.Equal(t, map[string]string{"total": "4", "offline": "2", "auth_refused": "0", "degraded": "0", "connecting": "0", "code.timeout": "2"}, c.Facts)
}

func TestSensorsChecks(t *testing.T) {
	states := func(ok, stale int) store.Census {
		return store.Census{Sensors: map[models.SensorState]int{models.SensorOK: ok, models.SensorStale: stale}}
	}
	require.Equal(t, []said{good}, saidBy(sensorsChecks(states(0, 0), false)...), "nobody needs a broker")
	require.Equal(t, []said{good}, saidBy(sensorsChecks(states(2, 0), true)...))
	require.Equal(t, []said{{models.SensorsBrokerAway, models.GradeBad}, {models.SensorsSilent, models.GradeBad}}, saidBy(sensorsChecks(states(1, 1), false)...))
	unreadable := states(9, 1)
	unreadable.Unreadable = []string{"a", "b"}
	all := sensorsChecks(unreadable, true)
	require.Equal(t, []said{{models.SensorsSilent, models.GradeWarn}, {models.SensorsUnreadable, models.GradeWarn}}, saidBy(all...))
	require.Equal(t, "a, b", all[1].Facts["names"])
}

func TestNotifyChecks(t *testing.T) {
	now := models.At(time.Now())
	waits := func(d time.Duration) []store.Backlog {
		return []store.Backlog{{Channel: "webhook:duty", Messages: 3, Oldest: now.Add(-d), Fault: "refused"}}
	}
	require.Equal(t, []said{good}, saidBy(notifyChecks(nil, now)...))
	require.Equal(t, []said{good}, saidBy(notifyChecks(waits(30*time.Second), now)...))
	require.Equal(t, []said{{models.NotifyWaiting, models.GradeWarn}}, saidBy(notifyChecks(waits(2*time.Minute), now)...))
	require.Equal(t, []said{{models.NotifyWaiting, models.GradeBad}}, saidBy(notifyChecks(waits(time.Hour), now)...))
}

func TestDeadmanCheck(t *testing.T) {
	require.Equal(t, []said{{models.DeadmanOff, models.GradeOK}}, saidBy(deadmanCheck(notify.DeadmanStatus{Off: true})))
	require.Equal(t, []said{good}, saidBy(deadmanCheck(notify.DeadmanStatus{})))
	require.Equal(t, []said{{models.DeadmanFails, models.GradeWarn}}, saidBy(deadmanCheck(notify.DeadmanStatus{Fault: "away"})))
	require.Equal(t, []said{{models.DeadmanSilent, models.GradeBad}}, saidBy(deadmanCheck(notify.DeadmanStatus{Unable: "full", Fault: "away"})))
}

func TestBackupCheck(t *testing.T) {
	now := models.At(time.Now())
	ago := func(d time.Duration) models.Time { return now.Add(-d) }
	require.Equal(t, []said{good}, saidBy(backupCheck(store.Census{}, now)), "nothing to back up")
	require.Equal(t, []said{good}, saidBy(backupCheck(store.Census{Begun: ago(time.Hour)}, now)), "a new hall")
	require.Equal(t, []said{{models.BackupNone, models.GradeWarn}}, saidBy(backupCheck(store.Census{Begun: ago(25 * time.Hour)}, now)))
	require.Equal(t, []said{good}, saidBy(backupCheck(store.Census{Begun: 1, LastBackup: ago(6 * 24 * time.Hour)}, now)))
	require.Equal(t, []said{{models.BackupOld, models.GradeWarn}}, saidBy(backupCheck(store.Census{Begun: 1, LastBackup: ago(8 * 24 * time.Hour)}, now)))
}

func TestClockThatIsSet(t *testing.T) {
	var c clock
	wall, gone := time.Now(), time.Duration(0)
	step := func(byWall, by time.Duration) models.Check {
		wall, gone = wall.Add(byWall), gone+by
		return c.look(wall, gone)
	}
	require.Equal(t, []said{good}, saidBy(step(0, 0)))
	require.Equal(t, []said{good}, saidBy(step(lookEvery+2*time.Second, lookEvery)), "a clock that is drawn slowly")
	back := step(lookEvery-time.Hour, lookEvery)
	require.Equal(t, []said{{models.ClockJumped, models.GradeWarn}}, saidBy(back))
	require.Equal(t, "-3600", back.Facts["seconds"])
	require.Equal(t, []said{{models.ClockJumped, models.GradeWarn}}, saidBy(step(lookEvery, lookEvery)))
	require.Equal(t, []said{good}, saidBy(step(time.Hour, time.Hour)))
	require.Equal(t, "3600", step(lookEvery+time.Hour, lookEvery).Facts["seconds"])
}

func TestClockThatIsNotTheCameras(t *testing.T) {
	require.Equal(t, []said{good}, saidBy(clockChecks(well(models.PartClock), 0, 0)...))
	off := clockChecks(well(models.PartClock), -8*time.Hour, 900)
	require.Equal(t, []said{{models.ClockOff, models.GradeWarn}}, saidBy(off...))
	require.Equal(t, map[string]string{"seconds": "-28800", "cameras": "900"}, off[0].Facts)
	both := clockChecks(ill(models.PartClock, models.ClockJumped, models.GradeWarn), time.Minute, 8)
	require.Equal(t, []said{{models.ClockJumped, models.GradeWarn}, {models.ClockOff, models.GradeWarn}}, saidBy(both...))
}

func TestPagesThatWereTurnedAway(t *testing.T) {
	var p turnedAway
	now := time.Now()
	require.Equal(t, []said{good}, saidBy(p.look(now, 5, 0)))
	require.Equal(t, []said{{models.PagesRefused, models.GradeWarn}}, saidBy(p.look(now, 64, 3)))
	require.Equal(t, []said{{models.PagesRefused, models.GradeWarn}}, saidBy(p.look(now.Add(time.Minute), 64, 3)))
	require.Equal(t, []said{good}, saidBy(p.look(now.Add(time.Hour), 64, 3)))
}

func TestFactsAreBounded(t *testing.T) {
	require.LessOrEqual(t, len(facts("fault", strings.Repeat("x", 1<<20))["fault"]), maxFact)
}
