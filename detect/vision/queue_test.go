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

// taken is the next turn, which must be there.
func taken(t require.TestingT, q *queue) turn {
	got, open := q.take()
	require.True(t, open)
	return got
}

func TestCamerasTakeTurns(t *testing.T) {
	q := newQueue()
	for _, r := range []*visionpb.Request{unit("a", 1, false), unit("a", 2, false), unit("b", 1, false), unit("a", 3, false), unit("c", 1, false), snapshot("c")} {
		require.NoError(t, q.put(r))
	}
	require.Len(t, taken(t, q).requests, 2, "a snapshot goes first, with what waits of its camera")
	require.Len(t, taken(t, q).requests, 3)
	require.NoError(t, q.put(unit("a", 4, false)))
	require.Equal(t, "b", taken(t, q).requests[0].GetUnit().GetCamera())
	require.Equal(t, uint64(4), taken(t, q).requests[0].GetUnit().GetSeq())
	q.close()
	_, open := q.take()
	require.False(t, open)
}

func TestACameraThatIsBehindKeepsNobodyWaiting(t *testing.T) {
	q := newQueue()
	for n := range credit {
		r := unit("busy", uint64(n+1), false)
		r.GetUnit().Key = n == 0
		require.NoError(t, q.put(r))
	}
	require.NoError(t, q.put(unit("asleep", 1, false)))
	require.Len(t, taken(t, q).requests, maxTurn)
	require.Equal(t, "asleep", taken(t, q).requests[0].GetUnit().GetCamera())
	require.Equal(t, uint64(maxTurn+1), taken(t, q).requests[0].GetUnit().GetSeq())
}

func TestAKeyUnitOvertakesWhatACameraIsBehindWith(t *testing.T) {
	plain := func(seq uint64) *visionpb.Request {
		r := unit("a", seq, false)
		r.GetUnit().Key = false
		return r
	}
	line := func(n, key int) (list []*visionpb.Request) {
		for i := range n {
			list = append(list, plain(uint64(i)))
		}
		list[key].GetUnit().Key = true
		return list
	}
	behindForget := append([]*visionpb.Request{forget("a")}, line(12, 9)...)
	for _, c := range []struct {
		name                 string
		line                 []*visionpb.Request
		overtaken, now, rest int
	}{
		{"not behind", line(maxTurn, 5), 0, maxTurn, 0},
		{"behind", line(20, 5), 5, maxTurn, 7},
		{"behind, and the key unit is the newest", line(20, 19), 19, 1, 0},
		{"the key unit comes first", line(20, 0), 0, maxTurn, 12},
		{"what is no unit is not passed over", behindForget, 0, maxTurn, 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, rest := turnOf(c.line)
			require.Equal(t, [3]int{c.overtaken, c.now, c.rest}, [3]int{len(got.overtaken), len(got.requests), len(rest)})
		})
	}
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
		var got []*visionpb.Request
		for len(got) < len(c.want) {
			got = append(got, taken(t, q).requests...)
		}
		require.Equal(t, c.want, got)
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

func TestOnlyTheNewestOfALineGetsObjects(t *testing.T) {
	require.Equal(t, -1, newestWanting(nil))
	require.Equal(t, -1, newestWanting([]*visionpb.Request{unit("a", 1, false), snapshot("a")}))
	line := []*visionpb.Request{unit("a", 1, true), unit("a", 2, true), unit("a", 3, false), snapshot("a")}
	require.Equal(t, 1, newestWanting(line))
	first, _ := turnOf(line)
	require.Equal(t, line[1].GetUnit(), first.look)
	for n := range uint64(maxTurn) {
		line = append(line, unit("a", 4+n, n == maxTurn-1))
		line[len(line)-1].GetUnit().Key = false
	}
	first, rest := turnOf(line)
	require.Nil(t, first.look, "a later turn has one that is newer")
	second, _ := turnOf(rest)
	require.Equal(t, uint64(3+maxTurn), second.look.GetSeq())
}

// TestNothingIsLostAndEachCameraKeepsItsOrder holds the queue to its promises for any order of putting and taking.
func TestNothingIsLostAndEachCameraKeepsItsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := newQueue()
		put, answered := map[string]uint64{}, map[string]uint64{}
		take := func() {
			got := taken(t, q)
			for _, r := range got.requests {
				got.overtaken = append(got.overtaken, r.GetUnit())
			}
			for _, u := range got.overtaken {
				require.Equal(t, answered[u.GetCamera()]+1, u.GetSeq())
				answered[u.GetCamera()]++
			}
		}
		for range rapid.IntRange(0, 200).Draw(t, "steps") {
			camera := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "camera")
			switch rapid.SampledFrom([]string{"put", "put", "take"}).Draw(t, "what") {
			case "put":
				r := unit(camera, put[camera]+1, rapid.IntRange(0, 4).Draw(t, "wants") == 0)
				r.GetUnit().Key = rapid.IntRange(0, 4).Draw(t, "key") == 0
				if q.put(r) == nil {
					put[camera]++
				}
			case "take":
				if len(q.order) > 0 {
					take()
				}
			}
		}
		for len(q.order) > 0 {
			take()
		}
		require.Equal(t, put, answered)
		require.Empty(t, q.waiting)
	})
}
