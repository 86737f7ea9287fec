package vision

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/detect/visionpb"
	"zhihui/models"
)

func unit(camera string, seq uint64, objects bool) *visionpb.Request {
	return &visionpb.Request{Kind: &visionpb.Request_Unit{Unit: &visionpb.Unit{Camera: camera, Seq: seq, Key: true, Data: []byte{1}, Objects: objects}}}
}

func forget(camera string) *visionpb.Request {
	return &visionpb.Request{Kind: &visionpb.Request_Forget{Forget: &visionpb.Forget{Camera: camera}}}
}

func snapshot(camera string) *visionpb.Request {
	return &visionpb.Request{Kind: &visionpb.Request_Snapshot{Snapshot: &visionpb.Snapshot{Camera: camera, Request: 1}}}
}

func TestCamerasTakeTurns(t *testing.T) {
	q := newQueue()
	for _, r := range []*visionpb.Request{unit("a", 1, false), unit("a", 2, false), unit("b", 1, false), unit("a", 3, false), unit("c", 1, false), snapshot("c")} {
		require.NoError(t, q.put(r))
	}
	require.Len(t, q.take(), 2, "a snapshot goes first, with what waits of its camera")
	require.Len(t, q.take(), 3)
	require.NoError(t, q.put(unit("a", 4, false)))
	require.Equal(t, "b", q.take()[0].GetUnit().GetCamera())
	require.Equal(t, uint64(4), q.take()[0].GetUnit().GetSeq())
	q.close()
	require.Nil(t, q.take())
}

func TestASnapshotWithBoxesComesBeforeTheNextLook(t *testing.T) {
	boxes := snapshot("a")
	boxes.GetSnapshot().Boxes = []*visionpb.Object{{Box: &visionpb.Box{}}}
	begin := &visionpb.Request{Kind: &visionpb.Request_Configure{Configure: &visionpb.Configure{Camera: "a"}}}
	look := unit("a", 1, true)
	for _, c := range []struct{ in, want []*visionpb.Request }{
		{[]*visionpb.Request{look, boxes}, []*visionpb.Request{boxes, look}},
		{[]*visionpb.Request{look, snapshot("a")}, []*visionpb.Request{look, snapshot("a")}},
		{[]*visionpb.Request{begin, look, boxes}, []*visionpb.Request{begin, look, boxes}},
	} {
		q := newQueue()
		for _, r := range c.in {
			require.NoError(t, q.put(r))
		}
		require.Equal(t, c.want, q.take())
	}
}

func TestWhoExceedsTheCreditIsTold(t *testing.T) {
	q := newQueue()
	for n := range credit {
		require.NoError(t, q.put(unit("a", uint64(n), false)))
	}
	require.Equal(t, models.TooMany, models.CodeOf(q.put(unit("a", 99, false))))
	require.NoError(t, q.put(unit("b", 1, false)), "the credit is a camera's own")
	for range maxOthers {
		require.NoError(t, q.put(forget("a")))
	}
	require.Equal(t, models.TooMany, models.CodeOf(q.put(forget("a"))))
	for n := range maxCameras - 2 {
		require.NoError(t, q.put(unit(fmt.Sprint("c", n), 1, false)))
	}
	require.Equal(t, models.TooMany, models.CodeOf(q.put(unit("one-more", 1, false))))
}

func TestOnlyTheNewestOfATurnGetsObjects(t *testing.T) {
	require.Nil(t, newestWanting(nil))
	require.Nil(t, newestWanting([]*visionpb.Request{unit("a", 1, false), snapshot("a")}))
	batch := []*visionpb.Request{unit("a", 1, true), unit("a", 2, true), unit("a", 3, false), snapshot("a")}
	require.Equal(t, uint64(2), newestWanting(batch).GetSeq())
}

// TestNothingIsLostAndEachCameraKeepsItsOrder holds the queue to its promises for any order of putting and taking.
func TestNothingIsLostAndEachCameraKeepsItsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := newQueue()
		put, got := map[string]uint64{}, map[string]uint64{}
		take := func() {
			for _, r := range q.take() {
				u := r.GetUnit()
				require.Equal(t, got[u.GetCamera()]+1, u.GetSeq())
				got[u.GetCamera()]++
			}
		}
		for range rapid.IntRange(0, 200).Draw(t, "steps") {
			camera := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "camera")
			if rapid.Bool().Draw(t, "put") {
				if q.put(unit(camera, put[camera]+1, false)) == nil {
					put[camera]++
				}
			} else if len(q.order) > 0 {
				take()
			}
		}
		for len(q.order) > 0 {
			take()
		}
		require.Equal(t, put, got)
		require.Empty(t, q.waiting)
	})
}
