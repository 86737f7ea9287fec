package store

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
)

// footageModel is what the index of footage should be, as simply as it can be said.
type footageModel struct {
	store    *Store
	scope    Scope
	segments []models.Segment
	clips    []models.Clip
	holds    []models.Hold
	made     int
}

func overlap(from, to, begins, ends models.Time) bool { return from < ends && begins < to }

func (m *footageModel) covered(x models.Segment) bool {
	clip := slices.ContainsFunc(m.clips, func(c models.Clip) bool {
		return c.Camera == x.Camera && overlap(x.From, x.To, c.From, clipEnd(c))
	})
	return clip || slices.ContainsFunc(m.holds, func(h models.Hold) bool {
		return h.LiftedAt == 0 && h.Camera == x.Camera && overlap(x.From, x.To, h.From, h.To)
	})
}

func clipEnd(c models.Clip) models.Time {
	if c.To == 0 {
		return c.From + longest
	}
	return c.To
}

func (m *footageModel) remove(gone ...models.Segment) {
	m.segments = slices.DeleteFunc(m.segments, func(x models.Segment) bool {
		return slices.ContainsFunc(gone, func(y models.Segment) bool { return x.Camera == y.Camera && x.From == y.From })
	})
}

// The draws: three cameras, and instants that meet each other's borders often.
var (
	drawCamera  = rapid.SampledFrom([]string{"cam-1", "cam-2", "cam-gone"})
	drawInstant = rapid.Custom(func(t *rapid.T) models.Time {
		return models.At(noon) - 3*longest + models.Time(rapid.IntRange(0, 36).Draw(t, "step"))*longest/12
	})
	drawLength = rapid.SampledFrom([]models.Time{1, longest / 12, longest/12 + 1, longest - 1, longest})
)

func drawSegment(t *rapid.T) models.Segment {
	from := drawInstant.Draw(t, "from")
	return models.Segment{Camera: drawCamera.Draw(t, "camera"), From: from, To: from + drawLength.Draw(t, "length"),
		Bytes: rapid.Int64Range(1, 1<<40).Draw(t, "bytes"), Units: 1, MIME: rapid.SampledFrom([]string{"a", "b'?0"}).Draw(t, "mime")}
}

func (m *footageModel) some(t *rapid.T) []models.Segment {
	return rapid.SliceOfN(rapid.SampledFrom(append(m.segments, drawSegment(t))), 0, 5).Draw(t, "some")
}

func (m *footageModel) Put(t *rapid.T) {
	x := drawSegment(t)
	require.NoError(t, m.store.PutSegment(t.Context(), x))
	m.remove(x)
	m.segments = append(m.segments, x)
}

func (m *footageModel) Drop(t *rapid.T) {
	some := m.some(t)
	require.NoError(t, m.store.DropSegments(t.Context(), some))
	m.remove(some...)
}

func (m *footageModel) DropLoose(t *rapid.T) {
	dropped, err := m.store.DropLoose(t.Context(), m.some(t))
	require.NoError(t, err)
	for _, x := range m.segments { // as it is there: what was asked for may be as it was before
		if slices.ContainsFunc(dropped, func(y models.Segment) bool { return x.Camera == y.Camera && x.From == y.From }) {
			require.False(t, m.covered(x), "%+v", x)
		}
	}
	m.remove(dropped...)
}

func (m *footageModel) Clip(t *rapid.T) {
	m.made++
	from := drawInstant.Draw(t, "from")
	c := models.Clip{ID: id(m.made), Camera: drawCamera.Draw(t, "camera"), Area: "grid-1", From: from, Events: []string{id(1)}}
	if rapid.Bool().Draw(t, "ended") {
		c.To = from + drawLength.Draw(t, "length")
	}
	if known := len(m.clips); known > 0 && rapid.Bool().Draw(t, "again") {
		i := rapid.IntRange(0, known-1).Draw(t, "which")
		c.ID = m.clips[i].ID
		m.clips = slices.Delete(m.clips, i, i+1)
	}
	require.NoError(t, m.store.PutClip(t.Context(), c))
	m.clips = append(m.clips, c)
}

func (m *footageModel) Forget(t *rapid.T) {
	before, limit := drawInstant.Draw(t, "before"), rapid.IntRange(1, 3).Draw(t, "limit")
	old := slices.DeleteFunc(slices.Clone(m.clips), func(c models.Clip) bool { return c.To == 0 || c.To >= before })
	n, err := m.store.ForgetClips(t.Context(), before, limit)
	require.NoError(t, err)
	require.Equal(t, min(limit, len(old)), n)
	left, _, err := m.scope.Clips(t.Context(), ClipFilter{})
	require.NoError(t, err)
	require.Len(t, left, len(m.clips)-n)
	for _, c := range m.clips {
		gone := !slices.ContainsFunc(left, func(l models.Clip) bool { return l.ID == c.ID })
		require.True(t, !gone || c.To != 0 && c.To < before, "%+v", c)
	}
	m.clips = left
}

func (m *footageModel) Hold(t *rapid.T) {
	from := drawInstant.Draw(t, "from")
	camera := drawCamera.Draw(t, "camera")
	h, err := m.scope.PutHold(t.Context(), models.Hold{Camera: camera, From: from, To: from + drawLength.Draw(t, "length"), Why: "w", By: "b"})
	if err != nil {
		require.Equal(t, "cam-gone", camera)
		require.Equal(t, models.Invalid, models.CodeOf(err))
		return
	}
	m.holds = append(m.holds, h)
}

func (m *footageModel) Lift(t *rapid.T) {
	if len(m.holds) == 0 {
		t.Skip("no hold")
	}
	i := rapid.IntRange(0, len(m.holds)-1).Draw(t, "which")
	h, err := m.scope.LiftHold(t.Context(), m.holds[i].ID, "w", "b")
	if m.holds[i].LiftedAt != 0 {
		require.Equal(t, models.Conflict, models.CodeOf(err))
		return
	}
	require.NoError(t, err)
	m.holds[i] = h
}

// Check compares all that can be asked with the model.
func (m *footageModel) Check(t *rapid.T) {
	slices.SortFunc(m.segments, func(a, b models.Segment) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Camera, b.Camera))
	})
	want := map[string]Footage{}
	from, to := drawInstant.Draw(t, "from"), drawInstant.Draw(t, "to")
	meets, loose := map[string][]models.Segment{}, map[string][]models.Segment{}
	for _, x := range m.segments {
		f := want[x.Camera]
		if f.Bytes += x.Bytes; f.Oldest == 0 {
			f.Oldest = x.From
		}
		if !m.covered(x) {
			f.Loose += x.Bytes
			if x.To <= to {
				loose[x.Camera] = append(loose[x.Camera], x)
				loose[""] = append(loose[""], x)
			}
		}
		want[x.Camera] = f
		if overlap(x.From, x.To, from, to) {
			meets[x.Camera] = append(meets[x.Camera], x)
		}
	}
	totals, err := m.store.Recorded(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, totals)
	for _, camera := range []string{"cam-1", "cam-2", "cam-gone"} {
		got, err := m.store.Segments(t.Context(), camera, from, to, 0)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(meets[camera]), fmt.Sprint(got))
	}
	for _, camera := range []string{"", "cam-1", "cam-2", "cam-gone"} {
		got, err := m.store.LooseSegments(t.Context(), camera, to, 0)
		require.NoError(t, err)
		slices.SortStableFunc(got, func(a, b models.Segment) int {
			return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Camera, b.Camera))
		})
		require.Equal(t, fmt.Sprint(loose[camera]), fmt.Sprint(got))
	}
}

// TestIndexOfFootageIsAsItsModel: whatever is put, dropped, clipped, forgotten, held and lifted in whatever order, what is kept is what
// a clip or a hold covers, and the totals are the sums.
func TestIndexOfFootageIsAsItsModel(t *testing.T) {
	s := withSite(t)
	rapid.Check(t, func(t *rapid.T) {
		for _, table := range []string{"segments", "footage", "clips", "holds"} {
			require.NoError(t, s.Write(t.Context(), func(tx *Tx) error {
				_, err := tx.db.NewRaw("DELETE FROM " + table).Exec(tx.ctx)
				return err
			}))
		}
		m := &footageModel{store: s, scope: s.In(Whole)}
		t.Repeat(map[string]func(*rapid.T){"put": m.Put, "put more": m.Put, "drop": m.Drop, "drop loose": m.DropLoose, "clip": m.Clip,
			"forget": m.Forget, "hold": m.Hold, "lift": m.Lift, "": m.Check})
	})
}
