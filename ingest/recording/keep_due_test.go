package recording

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store"
)

const (
	testDay = models.Time(24 * 60 * 60 * 1000)
	testNow = 100 * testDay
	fewDays = models.Duration(10 * day)
)

func TestWhatIsTooOld(t *testing.T) {
	k := Keep{Footage: fewDays}
	for name, c := range map[string]struct {
		footage store.Footage
		record  models.Recording
		today   models.Time
		want    models.Time // 0 = nothing goes
	}{
		"younger":                   {store.Footage{Oldest: testNow - 9*testDay, Loose: 1}, models.Recording{}, testNow, 0},
		"older":                     {store.Footage{Oldest: testNow - 11*testDay, Loose: 1}, models.Recording{}, testNow, testNow - 10*testDay},
		"all of it is kept":         {store.Footage{Oldest: testNow - 11*testDay}, models.Recording{}, testNow, 0},
		"kept longer, by camera":    {store.Footage{Oldest: testNow - 11*testDay, Loose: 1}, models.Recording{KeepDays: 30}, testNow, 0},
		"kept for less, by camera":  {store.Footage{Oldest: testNow - 3*testDay, Loose: 1}, models.Recording{KeepDays: 2}, testNow, testNow - 2*testDay},
		"nobody knows what time is": {store.Footage{Oldest: testDay, Loose: 1}, models.Recording{}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := k.tooOld(map[string]store.Footage{"gate": c.footage}, map[string]models.Recording{"gate": c.record}, c.today)
			if c.want == 0 {
				require.Empty(t, got)
				return
			}
			require.Equal(t, []due{{camera: "gate", before: c.want, cause: byAge}}, got)
		})
	}
	gone := k.tooOld(map[string]store.Footage{"removed": {Oldest: testDay, Loose: 1}}, nil, testNow)
	require.Equal(t, "removed", gone[0].camera, "what a camera has left that the site no longer has")
}

func TestWhatIsTooMuch(t *testing.T) {
	recorded := map[string]store.Footage{"a": {Bytes: 900, Loose: 300}, "b": {Bytes: 50, Loose: 50}, "c": {Bytes: 500, Loose: 500}}
	require.Empty(t, Keep{}.tooMuch(recorded, nil), "no bound")
	got := Keep{Bytes: 200}.tooMuch(recorded, map[string]models.Recording{"c": {KeepBytes: 600}, "b": {KeepBytes: 20}})
	require.Equal(t, []due{{"a", endOfTime, 100, byBytes}, {"b", endOfTime, 30, byBytes}}, got, "clips and holds apart; by camera goes first")
}

func TestWhatIsTooFull(t *testing.T) {
	require.Empty(t, Room{}.tooFull(), "not looked at yet")
	require.Empty(t, Room{Free: 100, Total: 1000, Floor: 100}.tooFull())
	require.Equal(t, []due{{before: endOfTime, bytes: 11, cause: byFree}}, Room{Free: 99, Total: 1000, Floor: 100}.tooFull())
}

func TestTheOldestGoFirst(t *testing.T) {
	loose := []models.Segment{{Camera: "a", From: 1, Bytes: 10}, {Camera: "b", From: 2, Bytes: 10}, {Camera: "a", From: 3, Bytes: 10}}
	none := func(string) bool { return false }
	from := func(bytes int64, inHand func(string) bool) (all []models.Time) {
		for _, s := range (due{bytes: bytes}).oldest(loose, inHand) {
			all = append(all, s.From)
		}
		return all
	}
	require.Equal(t, []models.Time{1, 2, 3}, from(0, none), "all that is due")
	require.Equal(t, []models.Time{1}, from(10, none))
	require.Equal(t, []models.Time{1, 2}, from(11, none))
	require.Equal(t, []models.Time{1, 2, 3}, from(1000, none))
	require.Equal(t, []models.Time{2, 3}, from(11, func(file string) bool { return file == loose[0].File() }), "never what is being written")
}

func TestFootageThatGoesBeforeItsTime(t *testing.T) {
	wanted := func(string) time.Duration { return fewDays.Std() }
	deleted := func(days ...int) (all []models.Segment) {
		for _, d := range days {
			all = append(all, models.Segment{To: testNow - models.Time(d)*testDay})
		}
		return all
	}
	require.Zero(t, Short{}.after(deleted(10, 11), wanted, testNow), "it was old enough")
	s := Short{}.after(deleted(12, 5, 4, 6), wanted, testNow)
	require.Equal(t, Short{At: testNow, Age: 4 * day, Wanted: 10 * day}, s)
	require.Equal(t, 4*day, s.after(deleted(7), wanted, testNow+1000).Age, "the least of a day counts")
	require.Equal(t, Short{At: testNow + 2*testDay, Age: 9 * day, Wanted: 10 * day}, s.after(deleted(7), wanted, testNow+2*testDay))
}

func TestKeepIsValidated(t *testing.T) {
	require.NoError(t, DefaultKeep().Validate())
	for field, change := range map[string]func(*Keep){
		"keep.footage": func(k *Keep) { k.Footage = models.Duration(time.Minute) },
		"keep.clips":   func(k *Keep) { k.Clips = models.Duration(day) },
		"keep.bytes":   func(k *Keep) { k.Bytes = 5 },
		"keep.free":    func(k *Keep) { k.Free = 5 },
	} {
		k := DefaultKeep()
		change(&k)
		require.ErrorContains(t, k.Validate(), field)
	}
}
