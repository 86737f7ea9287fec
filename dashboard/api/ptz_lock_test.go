package api

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/dashboard/auth"
	"zhihui/models"
)

func TestWhoMayTakeACamera(t *testing.T) {
	now := models.At(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
	wang := models.User{Username: "wang", Name: "王", Role: models.Operator}
	free := models.PTZLock{Username: "wang", Name: "王", Priority: 2, Since: now, Until: now.Add(holdFor)}
	held := func(username string, priority int, left time.Duration) *models.PTZLock {
		return &models.PTZLock{Username: username, Priority: priority, Since: now.Add(-time.Minute), Until: now.Add(left)}
	}
	on := free
	on.Since = now.Add(-time.Minute)
	for name, c := range map[string]struct {
		held *models.PTZLock
		want models.PTZLock
		how  taking
	}{
		"nobody has it":                        {nil, free, takenFree},
		"somebody had it":                      {held("li", 4, 0), free, takenFree},
		"it is mine, and goes on":              {held("wang", 2, time.Second), on, takenOn},
		"it was mine, and is taken anew":       {held("wang", 2, -time.Second), free, takenFree},
		"somebody with a lower role has it":    {held("li", 1, time.Second), free, takenOver},
		"somebody with the same role has it":   {held("li", 2, time.Second), *held("li", 2, time.Second), refused},
		"somebody with a higher role has it":   {held("li", 3, time.Second), *held("li", 3, time.Second), refused},
		"the same person, by now another role": {held("wang", 4, time.Second), on, takenOn},
	} {
		got, how := take(c.held, wang, now)
		require.Equal(t, c.how, how, name)
		require.Equal(t, c.want, got, name)
	}
}

// Our clock was an hour ahead and is set right: nobody has a camera for an hour.
func TestALockOfAClockThatWasAhead(t *testing.T) {
	var l locks
	now := models.At(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
	_, _, err := l.take("gate", models.User{Username: "li", Role: models.Operator}, now.Add(time.Hour))
	require.NoError(t, err)
	require.Nil(t, l.holder("gate", now))
	_, fresh, err := l.take("gate", models.User{Username: "wang", Role: models.Operator}, now)
	require.NoError(t, err)
	require.True(t, fresh)
}

func TestWhoeverMayTurnHasAPriority(t *testing.T) {
	for _, r := range []models.Role{models.Admin, models.Integrator, models.Dispatcher, models.Operator, models.GridWorker, models.Viewer, models.Wall} {
		require.Equal(t, auth.Allowed(r, auth.CameraPTZ), priorityOf(r) > 0, "%s", r)
	}
}

// Whoever does what when: a camera is one person's, who keeps it for 30 s after the last act against all who are not above him, and
// who is refused is told whom it belongs to.
func TestLocks(t *testing.T) {
	roles := []models.Role{models.Admin, models.Dispatcher, models.Operator, models.Integrator}
	rapid.Check(t, func(t *rapid.T) {
		var l locks
		now := models.Time(1_000_000)
		last := map[string]struct {
			user  models.User
			until models.Time
		}{}
		for range rapid.IntRange(1, 60).Draw(t, "acts") {
			now = now.Add(time.Duration(rapid.IntRange(0, 20_000).Draw(t, "ms")) * time.Millisecond)
			n := rapid.IntRange(0, 5).Draw(t, "person")
			by := models.User{Username: string(rune('a' + n)), Role: roles[n%4]}
			camera := rapid.SampledFrom([]string{"gate", "yard"}).Draw(t, "camera")
			was := last[camera]
			free := was.until <= now
			if rapid.IntRange(0, 4).Draw(t, "releases") == 0 {
				l.release(camera, by.Username)
				if was.user.Username == by.Username {
					delete(last, camera)
				}
				continue
			}
			before, fresh, err := l.take(camera, by, now)
			require.Equal(t, free, before == nil)
			mine := was.user.Username == by.Username
			if !free && !mine && priorityOf(by.Role) <= priorityOf(was.user.Role) {
				require.Equal(t, models.Conflict, models.CodeOf(err))
				require.ErrorContains(t, err, "("+was.user.Username+")")
				require.Equal(t, was.user.Username, l.holder(camera, now).Username)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, free || !mine, fresh)
			require.Equal(t, by.Username, l.holder(camera, now).Username)
			require.Nil(t, l.holder(camera, now.Add(holdFor)))
			require.LessOrEqual(t, len(l.held), 2)
			was.user, was.until = by, now.Add(holdFor)
			last[camera] = was
		}
	})
}

func TestWhichPresetAnActWasAbout(t *testing.T) {
	one, two, other := models.Preset{Token: "1", Name: "a"}, models.Preset{Token: "2", Name: "b"}, models.Preset{Token: "1", Name: "c"}
	for name, c := range map[string]struct {
		act           models.PTZAct
		before, after []models.Preset
		was, is       *models.Preset
	}{
		"a new one":                        {models.PTZAct{Action: models.PTZSetPreset, Name: "b"}, []models.Preset{one}, []models.Preset{one, two}, nil, &two},
		"a new one of the same name":       {models.PTZAct{Action: models.PTZSetPreset, Name: "a"}, []models.Preset{one}, []models.Preset{one, {Token: "3", Name: "a"}}, nil, &models.Preset{Token: "3", Name: "a"}},
		"a new one that is not told of":    {models.PTZAct{Action: models.PTZSetPreset, Name: "b"}, nil, nil, nil, &models.Preset{Name: "b"}},
		"another view by the same token":   {models.PTZAct{Action: models.PTZSetPreset, Name: "c", Preset: "1"}, []models.Preset{one}, []models.Preset{other}, &one, &other},
		"one that is removed":              {models.PTZAct{Action: models.PTZRemovePreset, Preset: "1"}, []models.Preset{one, two}, []models.Preset{two}, &one, nil},
		"one that is gone to":              {models.PTZAct{Action: models.PTZGoto, Preset: "2"}, nil, []models.Preset{one, two}, nil, &two},
		"one that is gone to, and unknown": {models.PTZAct{Action: models.PTZGoto, Preset: "9"}, nil, nil, nil, &models.Preset{Token: "9"}},
		"home":                             {models.PTZAct{Action: models.PTZHome}, nil, []models.Preset{one}, nil, nil},
	} {
		was, is := presetsOf(c.act, c.before, c.after)
		require.Equal(t, []*models.Preset{c.was, c.is}, []*models.Preset{was, is}, name)
	}
}
