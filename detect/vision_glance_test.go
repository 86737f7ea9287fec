package detect

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func keyUnit(camera, word string) *models.AccessUnit {
	return &models.AccessUnit{Camera: camera, Codec: models.H264, Session: 1, Seq: 1, Key: true, NALUs: [][]byte{[]byte("unit " + word)}}
}

// look glances with patience.
func (h *workshop) look(u *models.AccessUnit, jpeg bool) (Sight, error) {
	ctx, cancel := context.WithTimeout(h.t.Context(), 20*time.Second)
	defer cancel()
	return h.Glance(ctx, u, jpeg)
}

func TestAGlanceNeedsNoCameraThatIsAnalysed(t *testing.T) {
	h := newWorkshop(t, func(c *VisionConfig) { c.Instances = 2 })
	s, err := h.look(keyUnit("a", ""), false)
	require.NoError(t, err)
	require.Len(t, s.Luma, cells)
	require.Len(t, s.Energy, cells)
	require.Empty(t, s.JPEG)
	s, err = h.look(keyUnit("b", ""), true)
	require.NoError(t, err)
	require.Equal(t, "jpeg", string(s.JPEG))
	require.NotEqual(t, h.cameras["a"].home, h.cameras["b"].home, "they are spread")
	h.insist("a", "")
	require.Empty(t, h.next("a").Fault, "it can be analysed after that")
	h.insist("c", "")
	require.NotEqual(t, h.cameras["a"].home, h.cameras["c"].home, "what is only glanced at does not count")
	for _, u := range []*models.AccessUnit{{Camera: "a", Codec: models.H264, NALUs: [][]byte{{1}}}, keyUnit("../a", "")} {
		_, err = h.look(u, false)
		require.Equal(t, models.Invalid, models.CodeOf(err))
	}
	_, err = h.look(keyUnit("a", "broken"), false)
	require.Equal(t, models.Unavailable, models.CodeOf(err))
	require.ErrorContains(t, err, "the unit is damaged")
}

func TestACameraWhoseGlancesEndWorkersIsQuarantined(t *testing.T) {
	h := newWorkshop(t, nil)
	require.Eventually(t, func() bool {
		_, err := h.look(keyUnit("bad", "segv"), false)
		require.Equal(t, models.Unavailable, models.CodeOf(err))
		return len(h.Health().Quarantined) > 0
	}, 30*time.Second, 5*time.Millisecond)
	require.Equal(t, "bad", h.Health().Quarantined[0].Camera)
	require.Empty(t, h.Health().Probation)
	require.Eventually(t, func() bool {
		_, err := h.look(keyUnit("good", ""), false)
		return err == nil
	}, 20*time.Second, 5*time.Millisecond)
	require.False(t, h.offer("bad", ""), "its units are not analysed either")
}

func TestAWorkerThatHangsInAGlanceIsEnded(t *testing.T) {
	h := newWorkshop(t, func(c *VisionConfig) { c.Stuck = models.Duration(time.Second) })
	require.Eventually(t, func() bool { // on a busy machine it may be held to hang before it has begun
		_, err := h.look(keyUnit("bad", "hang"), false)
		return err != nil && len(h.Health().Probation) == 1
	}, 30*time.Second, 5*time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := h.Glance(ctx, keyUnit("bad", "hang"), false)
	require.Error(t, err)
}

func TestAWorkerFromBeforeGlancesIsSentNoneAndItIsSaid(t *testing.T) {
	h := newWorkshop(t, func(c *VisionConfig) { c.Networks = oldNetworks })
	_, err := h.look(keyUnit("a", ""), false)
	require.ErrorContains(t, err, noGlances)
	require.True(t, strings.Contains(strings.Join(h.Health().Missing, "\n"), noGlances))
	h.insist("a", "")
	require.Empty(t, h.next("a").Fault)
}
