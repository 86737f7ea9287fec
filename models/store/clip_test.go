package store

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func clipOf(n int, event string) models.Clip {
	return models.Clip{ID: id(n), Camera: "cam-1", Area: "grid-1", From: models.At(noon) + models.Time(n)*1000, Events: []string{event}}
}

func clipIDs(t testing.TB, v Scope, f ClipFilter) (ids []string) {
	t.Helper()
	clips, _, err := v.Clips(t.Context(), f)
	require.NoError(t, err)
	for _, c := range clips {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestAClipGrowsEndsAndIsForgotten(t *testing.T) {
	s := withSite(t)
	since, err := s.LastChange(t.Context())
	require.NoError(t, err)
	c := clipOf(1, id(7))
	require.NoError(t, s.PutClip(t.Context(), c))
	growing, err := s.GrowingClips(t.Context())
	require.NoError(t, err)
	require.Equal(t, []models.Clip{c}, growing)
	c.Events, c.To = append(c.Events, id(8)), c.From+20_000
	require.NoError(t, s.PutClip(t.Context(), c))
	require.Equal(t, []string{c.ID}, clipIDs(t, s.In(Whole), ClipFilter{Event: id(8)}))
	growing, err = s.GrowingClips(t.Context())
	require.NoError(t, err)
	require.Empty(t, growing)
	n, err := s.ForgetClips(t.Context(), c.To, 0)
	require.NoError(t, err)
	require.Zero(t, n, "it ended at that instant, not before")
	n, err = s.ForgetClips(t.Context(), c.To+1, 0)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Zero(t, count(t, s, "clip_events"))

	changes, err := s.In("grid-1").Changes(t.Context(), since, 0)
	require.NoError(t, err)
	require.Len(t, changes, 3, "it began, ended and is gone")
	var told models.Clip
	require.NoError(t, json.Unmarshal(changes[1].Data, &told))
	require.Equal(t, c, told)
	require.Equal(t, "null", string(changes[2].Data))
	elsewhere, err := s.In("grid-2").Changes(t.Context(), since, 0)
	require.NoError(t, err)
	require.Empty(t, elsewhere)
}

func TestManyClipsAreForgottenInSteps(t *testing.T) {
	s := withSite(t)
	at := models.At(noon)
	require.NoError(t, s.PutSegment(t.Context(), segment("cam-1", at)))
	for i := range clipsAtOnce + 5 {
		c := clipOf(i, id(7))
		c.From = at
		c.To = at + 1 + models.Time(i)
		require.NoError(t, s.PutClip(t.Context(), c))
	}
	n, err := s.ForgetClips(t.Context(), at+longest, clipsAtOnce+1)
	require.NoError(t, err)
	require.Equal(t, clipsAtOnce+1, n)
	f, err := s.RecordedOf(t.Context(), "cam-1")
	require.NoError(t, err)
	require.Zero(t, f.Loose, "the others cover it still")
	n, err = s.ForgetClips(t.Context(), at+longest, 0)
	require.NoError(t, err)
	require.Equal(t, 4, n)
	f, err = s.RecordedOf(t.Context(), "cam-1")
	require.NoError(t, err)
	require.Equal(t, f.Bytes, f.Loose)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err = s.ForgetClips(ctx, at+longest, 0)
	require.ErrorIs(t, err, context.Canceled)
}

// What a wall sees are clips of live alerts, what a grid worker sees those of the orders that are theirs.
func TestClipsOfAlertsAndOrders(t *testing.T) {
	s := withSite(t)
	v := s.In(Whole)
	events := []string{id(1), id(2), id(3)}
	live, rejected := alert(id(1)), alert(id(2))
	rejected.Fingerprint, rejected.State = "other", models.AlertRejected
	theirs, done := order(id(1)), order(id(2))
	theirs.Alert, theirs.Assignee = live.ID, "wang"
	done.Alert, done.Assignee, done.State = rejected.ID, "wang", models.OrderClosed
	put(t, s, func(tx *Tx) error {
		for _, e := range events {
			if err := tx.PutEvent(models.Event{ID: e, Source: "cam-1", Area: "grid-1"}); err != nil {
				return err
			}
		}
		return errors.Join(tx.PutAlert(live), tx.PutAlert(rejected), tx.AttachEvent(live.ID, events[0]), tx.AttachEvent(rejected.ID, events[1]),
			tx.PutOrder(&theirs), tx.PutOrder(&done))
	})
	for i, e := range events { // the third belongs to no alert yet
		c := clipOf(i+1, e)
		c.To = c.From + 20_000
		require.NoError(t, s.PutClip(t.Context(), c))
	}
	at := clipOf(3, "").From
	for name, c := range map[string]struct {
		filter ClipFilter
		want   []string
	}{
		"all, newest first":     {ClipFilter{}, []string{id(3), id(2), id(1)}},
		"of an alert":           {ClipFilter{Alert: live.ID}, []string{id(1)}},
		"of no alert":           {ClipFilter{Alert: id(9)}, nil},
		"of an event":           {ClipFilter{Event: events[2]}, []string{id(3)}},
		"at an instant":         {ClipFilter{Camera: "cam-1", At: at - 1}, []string{id(2), id(1)}},
		"at a beginning":        {ClipFilter{Camera: "cam-1", At: at}, []string{id(3), id(2), id(1)}},
		"at an end":             {ClipFilter{Camera: "cam-1", At: at + 20_000}, nil},
		"at another camera":     {ClipFilter{Camera: "cam-2", At: at}, nil},
		"of live alerts":        {ClipFilter{Live: true}, []string{id(1)}},
		"of live alerts, then":  {ClipFilter{Camera: "cam-1", At: at, Live: true}, []string{id(1)}},
		"of a worker":           {ClipFilter{Assignee: "wang"}, []string{id(1)}},
		"of a worker, then":     {ClipFilter{Camera: "cam-1", At: at, Assignee: "wang"}, []string{id(1)}},
		"of another worker":     {ClipFilter{Assignee: "li"}, nil},
		"in an area":            {ClipFilter{Area: "street"}, []string{id(3), id(2), id(1)}},
		"in another area":       {ClipFilter{Area: "grid-2"}, nil},
		"behind one that is no": {ClipFilter{After: id(2) + ".gone"}, []string{id(2), id(1)}},
	} {
		require.Equal(t, c.want, clipIDs(t, v, c.filter), name)
	}
	page, next, err := v.Clips(t.Context(), ClipFilter{Limit: 2})
	require.NoError(t, err)
	require.Len(t, page, 2)
	require.Equal(t, []string{id(1)}, clipIDs(t, v, ClipFilter{After: next}))
	require.NoError(t, v.PutCamera(t.Context(), models.Camera{ID: "cam-3", Name: "n", Area: "grid-1", URL: "rtsp://192.0.2.1/1"}, "admin"))
	require.NoError(t, v.DeleteCamera(t.Context(), "cam-3", "admin"))
	gone := clipOf(4, events[2])
	gone.Camera = "cam-3"
	require.NoError(t, s.PutClip(t.Context(), gone))
	require.Equal(t, []string{gone.ID}, clipIDs(t, v, ClipFilter{Camera: "cam-3"}), "a camera that is gone has left its clips")
}

func TestWhatIsNoSegmentOrClipIsRefused(t *testing.T) {
	s := open(t)
	good := segment("cam-1", models.At(noon))
	require.NoError(t, s.PutSegment(t.Context(), good))
	for field, spoil := range map[string]func(*models.Segment){
		"camera": func(x *models.Segment) { x.Camera = "../etc" },
		"from":   func(x *models.Segment) { x.From = 0 },
		"to":     func(x *models.Segment) { x.To = x.From },
		"bytes":  func(x *models.Segment) { x.Bytes = 0 },
		"mime":   func(x *models.Segment) { x.MIME = string(make([]byte, maxMIME+1)) },
	} {
		x := good
		spoil(&x)
		require.ErrorContains(t, s.PutSegment(t.Context(), x), field)
	}
	long := good
	long.To = long.From + longest + 1
	require.Equal(t, models.Invalid, models.CodeOf(s.PutSegments(t.Context(), []models.Segment{good, long})))
	for field, spoil := range map[string]func(*models.Clip){
		"id":     func(c *models.Clip) { c.ID = "" },
		"camera": func(c *models.Clip) { c.Camera = "a/b" },
		"area":   func(c *models.Clip) { c.Area = string(make([]byte, models.MaxID+1)) },
		"from":   func(c *models.Clip) { c.From = -1 },
		"to":     func(c *models.Clip) { c.To = c.From + longest + 1 },
		"events": func(c *models.Clip) { c.Events = nil },
	} {
		c := clipOf(1, id(1))
		spoil(&c)
		require.ErrorContains(t, s.PutClip(t.Context(), c), field)
	}
	require.Equal(t, 1, count(t, s, "segments"))
	require.Zero(t, count(t, s, "clips"))
}

// What only touches a clip or a hold is not kept by it, whichever of them came first.
func TestWhatOnlyTouchesIsNotKept(t *testing.T) {
	at := models.At(noon) - longest
	before, after := segment("cam-1", at-60_000), segment("cam-1", at+20_000)
	for name, first := range map[string]bool{"segments first": true, "segments later": false} {
		s := withSite(t)
		if first {
			require.NoError(t, s.PutSegments(t.Context(), []models.Segment{before, after}))
		}
		c := clipOf(1, id(1))
		c.From, c.To = at, at+20_000
		require.NoError(t, s.PutClip(t.Context(), c))
		_, err := s.In(Whole).PutHold(t.Context(), models.Hold{Camera: "cam-1", From: c.From, To: c.To, Why: "w", By: "b"})
		require.NoError(t, err)
		require.NoError(t, s.PutSegments(t.Context(), []models.Segment{before, after}))
		f, err := s.RecordedOf(t.Context(), "cam-1")
		require.NoError(t, err)
		require.Equal(t, f.Bytes, f.Loose, name)
		before.To++
		require.NoError(t, s.PutSegment(t.Context(), before))
		f, err = s.RecordedOf(t.Context(), "cam-1")
		require.NoError(t, err)
		require.Equal(t, before.Bytes, f.Bytes-f.Loose, "by a millisecond")
		before.To--
	}
}
