package detect

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func obj(label string, score, x, y, w, h float64) models.Object {
	return models.Object{Label: label, Score: score, Box: models.Box{X: x, Y: y, W: w, H: h}}
}

func secs(s float64) time.Time { return noon.Add(time.Duration(s * float64(time.Second))) }

func ids(tracks []models.Track) []uint64 {
	var all []uint64
	for _, t := range tracks {
		all = append(all, t.ID)
	}
	return all
}

func TestATrackIsBelievedAfterTwoSightings(t *testing.T) {
	k := tracker{minScore: 0.45}
	k.update(secs(0), []models.Object{obj("person", 0.8, 0.1, 0.5, 0.05, 0.2)})
	require.Empty(t, k.present())
	k.update(secs(0.4), []models.Object{obj("person", 0.9, 0.12, 0.5, 0.05, 0.2)})
	got := k.present()
	require.Len(t, got, 1)
	require.Equal(t, models.Track{ID: 1, Label: "person", Score: 0.9, Box: models.Box{X: 0.12, Y: 0.5, W: 0.05, H: 0.2},
		First: models.At(secs(0)), Last: models.At(secs(0.4)), Seen: 2}, got[0])
}

func TestAWalkerKeepsTheTrackAtFewLooks(t *testing.T) {
	for _, every := range []float64{0.1, 0.4, 1} { // seconds between two looks
		k := tracker{minScore: 0.45}
		for s := 0.0; s < 8; s += every {
			k.update(secs(s), []models.Object{obj("person", 0.8, 0.05+0.1*s, 0.5, 0.06, 0.25)})
		}
		require.Equal(t, []uint64{1}, ids(k.present()), "every %g s", every)
	}
}

func TestTwoWhoCrossAreNotOne(t *testing.T) {
	k := tracker{minScore: 0.45}
	for s := 0.0; s <= 6; s += 0.4 {
		k.update(secs(s), []models.Object{
			obj("person", 0.8, 0.1+0.1*s, 0.40, 0.05, 0.2),
			obj("person", 0.8, 0.7-0.1*s, 0.45, 0.05, 0.2),
		})
	}
	got := k.present()
	require.Equal(t, []uint64{1, 2}, ids(got))
	require.Greater(t, got[0].Box.X, got[1].Box.X)
}

func TestAMissIsBridgedAndALongAbsenceForgotten(t *testing.T) {
	k := tracker{minScore: 0.45}
	here := []models.Object{obj("person", 0.8, 0.1, 0.5, 0.05, 0.2)}
	k.update(secs(0), here)
	k.update(secs(0.4), here)
	k.update(secs(0.8), nil)
	require.Len(t, k.present(), 1, "missed once")
	k.update(secs(1.6), nil)
	require.Empty(t, k.present(), "missed for more than a second")
	k.update(secs(2), here)
	require.Equal(t, []uint64{1}, ids(k.present()))
	k.update(secs(3.5), nil)
	k.update(secs(4.6), nil)
	require.Empty(t, k.tracks)
	k.update(secs(5), here)
	k.update(secs(5.4), here)
	require.Equal(t, []uint64{2}, ids(k.present()), "an id is not used again")
}

func TestOnlyLooksMakeATrackOlder(t *testing.T) {
	k := tracker{minScore: 0.45}
	here := []models.Object{obj("car", 0.8, 0.1, 0.5, 0.3, 0.2)}
	k.update(secs(0), here)
	k.update(secs(0.4), here)
	k.update(secs(60), nil) // nobody looked in between: one miss is no proof
	require.Len(t, k.tracks, 1)
	k.update(secs(60.4), here)
	require.Equal(t, []uint64{1}, ids(k.present()))
}

func TestUnsureDetectionsProlongButDoNotBegin(t *testing.T) {
	k := tracker{minScore: 0.45}
	weak := []models.Object{obj("person", 0.3, 0.1, 0.5, 0.05, 0.2)}
	k.update(secs(0), weak)
	require.Empty(t, k.tracks)
	k.update(secs(0.4), []models.Object{obj("person", 0.6, 0.1, 0.5, 0.05, 0.2)})
	k.update(secs(0.8), weak)
	require.Equal(t, []uint64{1}, ids(k.present()))
}

func TestGroups(t *testing.T) {
	k := tracker{minScore: 0.45}
	k.update(secs(0), []models.Object{obj("car", 0.8, 0.1, 0.5, 0.3, 0.2), obj("suitcase", 0.9, 0.6, 0.5, 0.3, 0.2)})
	k.update(secs(0.4), []models.Object{obj("truck", 0.8, 0.1, 0.5, 0.3, 0.2), obj("person", 0.8, 0.1, 0.5, 0.3, 0.2)})
	got := k.present()
	require.Equal(t, []uint64{1}, ids(got), "a car that is called a truck is the same thing, a suitcase is nothing")
	require.Equal(t, "truck", got[0].Label)
	require.Len(t, k.tracks, 2, "a person in the same place is another thing")
}

func TestAnUnbelievedTrackGoesQuickly(t *testing.T) {
	k := tracker{minScore: 0.45}
	k.update(secs(0), []models.Object{obj("person", 0.8, 0.1, 0.5, 0.05, 0.2)})
	k.update(secs(0.4), nil)
	k.update(secs(0.8), nil)
	require.Empty(t, k.tracks)
}

func TestTheTrackerIsBounded(t *testing.T) {
	k := tracker{}
	var many []models.Object
	for i := range 1000 {
		many = append(many, obj("person", 0.8, float64(i), 0, 0.1, 0.1))
	}
	k.update(secs(0), many)
	require.Len(t, k.tracks, maxObjects)
}

// Ten people walk about, one in ten detections is missed, boxes tremble: few tracks for many.
func TestACrowdOfWalkers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	k := tracker{minScore: 0.45}
	for s := 0.0; s < 30; s += 0.4 {
		var seen []models.Object
		for p := range 10 {
			if r.Float64() < 0.1 {
				continue
			}
			x := 0.03*s*float64(1+p%3)/3 + r.NormFloat64()*0.003
			seen = append(seen, obj("person", 0.8, x, 0.09*float64(p), 0.03, 0.08+r.NormFloat64()*0.003))
		}
		k.update(secs(s), seen)
	}
	require.Len(t, k.present(), 10)
	require.LessOrEqual(t, k.next, uint64(15))
}

func TestUnnamedMotion(t *testing.T) {
	named := tracker{minScore: 0.45}
	named.update(secs(0), []models.Object{obj("person", 0.8, 0.1, 0.1, 0.2, 0.6)})
	got := unnamed([]models.Box{
		{X: 0.1, Y: 0.2, W: 0.2, H: 0.5},   // the person, seen once only
		{X: 0.0, Y: 0.0, W: 0.45, H: 0.9},  // the person with a shadow
		{X: 0.3, Y: 0.8, W: 0.05, H: 0.05}, // too small
		{X: 0.5, Y: 0.2, W: 0.4, H: 0.5},   // near the shadow
	}, named.covers)
	require.Equal(t, []models.Object{obj("motion", 1, 0.5, 0.2, 0.4, 0.5)}, got)
}

func TestPartsOfOneMovingThingAreJoined(t *testing.T) {
	for name, c := range map[string]struct{ parts, want []models.Box }{
		"nothing":         {nil, nil},
		"apart":           {[]models.Box{{X: 0, Y: 0, W: 0.1, H: 0.1}, {X: 0.3, Y: 0, W: 0.1, H: 0.1}}, []models.Box{{X: 0, Y: 0, W: 0.1, H: 0.1}, {X: 0.3, Y: 0, W: 0.1, H: 0.1}}},
		"near":            {[]models.Box{{X: 0, Y: 0, W: 0.125, H: 0.5}, {X: 0.1875, Y: 0.25, W: 0.0625, H: 0.5}}, []models.Box{{X: 0, Y: 0, W: 0.25, H: 0.75}}},
		"joined by third": {[]models.Box{{X: 0, Y: 0, W: 0.25, H: 0.25}, {X: 0.5, Y: 0, W: 0.25, H: 0.25}, {X: 0.25, Y: 0, W: 0.25, H: 0.25}}, []models.Box{{X: 0, Y: 0, W: 0.75, H: 0.25}}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, whole(c.parts)) })
	}
}
