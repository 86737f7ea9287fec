package detect

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/detect/rules"
	"zhihui/models"
)

// strictEye takes units as a decoder does, and leaves the answering to the test.
type strictEye struct {
	mute
	t interface {
		Helper()
		Fatalf(string, ...any)
	}
	full  bool
	last  *models.AccessUnit
	open  []*models.AccessUnit
	asked []asking
}

func (e *strictEye) Analyse(u *models.AccessUnit, want Want) bool {
	if e.full {
		return false
	}
	if e.last != nil && u.Seq <= e.last.Seq {
		e.t.Fatalf("unit %d after %d", u.Seq, e.last.Seq)
	}
	if !u.Key && (e.last == nil || u.Session != e.last.Session || u.Seq != e.last.Seq+1) {
		e.t.Fatalf("unit %d cannot be decoded after %+v", u.Seq, e.last)
	}
	e.last = u
	e.open, e.asked = append(e.open, u), append(e.asked, asking{u, want})
	return true
}

// mute is an analyser that does nothing by itself.
type mute struct{}

func (mute) Workers() int           { return 1 }
func (mute) Results() <-chan Result { return nil }
func (mute) Forget(string)          {}
func (mute) Glance(context.Context, *models.AccessUnit, bool) (Sight, error) {
	return Sight{}, errors.New("no glances here")
}
func (mute) Snapshot(context.Context, string, []models.Object) ([]byte, error) {
	return nil, models.Errorf(models.NotFound, "none")
}

// answer gives the Results of all that is asked, with motion where moves says so.
func (e *strictEye) answer(c *camera, moves func(*models.AccessUnit) bool) {
	for len(e.open) > 0 {
		u := e.open[0]
		e.open = e.open[1:]
		want := WantMotion
		for _, a := range e.asked {
			if a.unit == u {
				want = a.want
			}
		}
		r := Result{Camera: "c1", Seq: u.Seq, ReceivedAt: u.ReceivedAt, HasMotion: want&WantMotion != 0, DecodeTime: time.Millisecond}
		if r.HasMotion && moves(u) {
			r.Motion = 0.1
		}
		c.result(r)
	}
}

// bareCamera is a camera with one rule about its pictures, in an engine that does not run.
func bareCamera(eye analyser) *camera {
	return watchedCamera(bareEngine(eye, nil), "c1")
}

func bareEngine(eye analyser, now func() time.Time) *Engine {
	e, err := New(DefaultConfig(), Deps{Vision: eye, Now: now}, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	if err != nil {
		panic(err)
	}
	return e
}

func watchedCamera(e *Engine, id string) *camera {
	c := e.newCamera(models.Camera{ID: id})
	c.describe(models.Camera{ID: id})
	rule, err := rules.New(models.Rule{Kind: models.Intrusion}, nil, false, time.UTC)
	if err != nil {
		panic(err)
	}
	c.watches = []*watch{{rule: rule}}
	c.emit, c.shoot = func(models.Event) {}, func(models.Event, string) {}
	return c
}

// learnt makes c one whose units have told what nothing is like.
func learnt(c *camera) *camera {
	c.eyes.level.units = manyUnits
	return c
}

// play gives a camera units from one second to another, ten a second, with a key unit every gop, and answers each.
func (e *strictEye) play(c *camera, from, to float64, gop int, moves func(*models.AccessUnit) bool) {
	for n := int(from * 10); n < int(to*10); n++ {
		at := noon.Add(time.Duration(n) * 100 * time.Millisecond)
		c.now = func() time.Time { return at }
		c.unit(unitAt(uint64(n+1), 1, n%gop == 0, at))
		e.answer(c, moves)
	}
}

func still(*models.AccessUnit) bool { return false }

func TestASleeperIsLookedAtEveryTwoSecondsOrGOP(t *testing.T) {
	for gop, every := range map[int]int{5: 20, 10: 20, 15: 15, 20: 20, 50: 50, 80: 80} {
		eye := &strictEye{t: t}
		c := learnt(bareCamera(eye))
		eye.play(c, 0, 100, gop, still)
		asked := len(eye.asked)
		eye.play(c, 100, 180, gop, still)
		got := eye.asked[asked:]
		require.InDelta(t, 800/every, len(got), 1, "GOP of %d", gop)
		for _, a := range got {
			require.True(t, a.unit.Key)
		}
	}
}

func TestASleeperWhoseUnitsTellNothingIsLookedAtBetweenKeyUnits(t *testing.T) {
	eye := &strictEye{t: t}
	c := bareCamera(eye)
	eye.play(c, 0, 80, 80, still)
	asked := len(eye.asked)
	eye.play(c, 80, 160, 80, still)
	compared := 0
	for _, a := range eye.asked[asked:] {
		if a.want != 0 {
			compared++
		}
	}
	require.InDelta(t, 40, compared, 1)
	require.Zero(t, c.eyes.level.vain, "it was no wake")
}

func TestAWakeCatchesUpFromTheKeyUnit(t *testing.T) {
	eye := &strictEye{t: t}
	c := learnt(bareCamera(eye))
	eye.play(c, 0, 15, 80, still) // a key unit at 8
	asked := len(eye.asked)
	c.eyes.told = true
	c.eyes.gate.rouse(trialPictures)
	eye.play(c, 15, 15.1, 80, still)
	got := eye.asked[asked:]
	require.Len(t, got, 70, "8.1 to 15, and not the key unit again")
	for n, a := range got {
		require.Equal(t, n >= 67, a.want&WantMotion != 0, "only the newest are compared")
	}
	eye.play(c, 15.1, 15.9, 80, still)
	require.Len(t, eye.asked[asked:], 72, "five have shown nothing: back to sleep")
	require.InDelta(t, 72, c.eyes.level.vain, 1, "and the wake is paid for")

	eye.play(c, 16, 23, 80, still)
	c.eyes.gate.rouse(trialPictures)
	moves := func(u *models.AccessUnit) bool { return u.ReceivedAt.After(noon.Add(22900 * time.Millisecond)) }
	eye.play(c, 23, 23.5, 80, moves)
	require.True(t, c.eyes.gate.awake(noon.Add(23500*time.Millisecond), 5*time.Second))
	_, looks := count(eye.asked, noon.Add(23*time.Second))
	require.NotZero(t, looks, "motion has confirmed it, so the network looks")
}

func count(asked []asking, from time.Time) (units, looks int) {
	for _, a := range asked {
		if !a.unit.ReceivedAt.Before(from) {
			units++
			if a.want&WantObjects != 0 {
				looks++
			}
		}
	}
	return units, looks
}

func TestASleeperIsPatrolled(t *testing.T) {
	eye := &strictEye{t: t}
	c := learnt(bareCamera(eye))
	eye.play(c, 0, 10, 20, still)
	_, looks := count(eye.asked, noon.Add(4*time.Second))
	require.Zero(t, looks)
	eye.play(c, 10, 310, 20, still)
	_, looks = count(eye.asked, noon.Add(10*time.Second))
	require.InDelta(t, 5, looks, 1)
}

func TestATrialGoesOnWhereTheCreditRanOut(t *testing.T) {
	eye := &strictEye{t: t}
	c := learnt(bareCamera(eye))
	eye.play(c, 0, 15, 80, still)
	c.eyes.told = true
	c.eyes.gate.rouse(trialPictures)
	eye.full = true
	eye.play(c, 15, 15.1, 80, still)
	asked := len(eye.asked)
	eye.full = false
	eye.play(c, 15.1, 15.2, 80, still)
	require.Len(t, eye.asked[asked:], 71)
}

func TestAKeyUnitThatWaitsOutlivesTheLossBeforeIt(t *testing.T) {
	eye := &strictEye{t: t}
	c := learnt(bareCamera(eye))
	eye.play(c, 0, 8.2, 80, still)
	at := noon.Add(9 * time.Second)
	c.now = func() time.Time { return at }
	eye.full = true
	c.unit(unitAt(91, 1, true, at)) // no credit: it waits
	eye.full, eye.last = false, nil
	c.result(Result{Camera: "c1", Seq: 82, Reset: true})
	c.eyes.gate.rouse(trialPictures)
	c.unit(unitAt(92, 1, false, at.Add(100*time.Millisecond)))
	require.NotNil(t, eye.last)
	require.EqualValues(t, 92, eye.last.Seq)

	c.result(Result{Camera: "c1", Seq: 92, Reset: true})
	eye.last = nil
	c.eyes.gate.rouse(trialPictures)
	c.unit(unitAt(93, 1, false, at.Add(200*time.Millisecond)))
	require.Nil(t, eye.last, "what builds on what is lost does not")
}

func TestATrialThatWasLeftOutTeachesNothing(t *testing.T) {
	eye := &strictEye{t: t}
	c := learnt(bareCamera(eye))
	eye.play(c, 0, 8.2, 80, still)
	c.eyes.told = true
	c.eyes.gate.rouse(trialPictures)
	for n := uint64(83); c.eyes.gate.trial > 0; n++ {
		at := noon.Add(time.Duration(n) * 100 * time.Millisecond)
		c.now = func() time.Time { return at }
		c.unit(unitAt(n, 1, false, at))
	}
	for _, u := range eye.open { // a key unit has overtaken them all
		c.result(Result{Camera: "c1", Seq: u.Seq, ReceivedAt: u.ReceivedAt})
	}
	require.Zero(t, c.eyes.level.vain)
}

// A camera that is not analysed for a while is seen afresh then: who came meanwhile and stands still is found.
func TestWhoIsAnalysedAgainIsLookedAtAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.eye.script["c1"] = func(s float64) scene {
			if s < 25 {
				return scene{}
			}
			return walker(30)
		}
		off := yard()
		off.Analyse = false
		require.NoError(t, h.Apply([]models.Camera{yard()}, nil))
		h.start()
		h.until(20)
		require.NoError(t, h.Apply([]models.Camera{off}, nil))
		h.until(30)
		require.NoError(t, h.Apply([]models.Camera{yard()}, nil))
		h.until(36)
		require.NotEmpty(t, h.took(models.Intrusion))
		h.end()
	})
}
