package detect

import (
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/detect/visionpb"
	"zhihui/models"
)

// crew is a Vision whose workers are lists: what each was sent and has not answered.
type crew struct {
	*Vision
	t    *rapid.T
	owed map[*instance]map[string][]uint64
	seq  map[string]uint64
}

// collect takes what lies in the outboxes of workers that are up.
func (k *crew) collect() {
	for _, i := range k.instances {
		if i.hello == nil {
			require.Empty(k.t, i.outbox, "nobody is there to take it")
			continue
		}
		for _, l := range i.outbox {
			if l.unit != nil {
				k.owed[i][l.unit.Camera] = append(k.owed[i][l.unit.Camera], l.unit.Seq)
				require.LessOrEqual(k.t, len(k.owed[i][l.unit.Camera]), i.credit, "a worker would end the conversation")
			}
		}
		i.outbox = nil
	}
}

// audit compares Vision's account of each camera with what its worker owes.
func (k *crew) audit() {
	k.collect()
	for camera, w := range k.cameras {
		if w.home == nil || w.home.hello == nil {
			continue
		}
		var account []uint64
		for _, u := range w.unanswered {
			account = append(account, u.seq)
		}
		require.Equal(k.t, k.owed[w.home][camera], account, "camera %s", camera)
	}
}

func (k *crew) answer(i *instance, camera string, fault visionpb.Fault) {
	seq := k.owed[i][camera][0]
	k.owed[i][camera] = k.owed[i][camera][1:]
	if len(k.owed[i][camera]) == 0 {
		delete(k.owed[i], camera)
	}
	_, err := i.result(&visionpb.Result{Camera: camera, Seq: seq, Fault: fault})
	require.NoError(k.t, err)
}

func (k *crew) up(i *instance) {
	if i.hello == nil {
		k.owed[i] = map[string][]uint64{}
		i.up(&visionpb.Hello{Version: 1, Credit: 4})
	}
}

func (k *crew) step() {
	camera := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(k.t, "camera")
	i := rapid.SampledFrom(k.instances).Draw(k.t, "worker")
	switch rapid.SampledFrom([]string{"unit", "unit", "unit", "answer", "answer", "forget", "up", "die"}).Draw(k.t, "what") {
	case "unit":
		k.seq[camera]++
		key := rapid.IntRange(0, 5).Draw(k.t, "key") == 0
		k.Analyse(&models.AccessUnit{Camera: camera, Codec: models.H264, Session: 1, Seq: k.seq[camera], Key: key, NALUs: [][]byte{{1}}}, WantMotion)
	case "answer":
		if len(k.owed[i][camera]) > 0 {
			k.answer(i, camera, rapid.SampledFrom([]visionpb.Fault{visionpb.Fault_FAULT_NONE, visionpb.Fault_FAULT_NONE,
				visionpb.Fault_FAULT_BROKEN, visionpb.Fault_FAULT_UNKNOWN_CAMERA}).Draw(k.t, "fault"))
		}
	case "forget":
		k.Forget(camera)
	case "up":
		k.up(i)
	case "die":
		k.bury(i, death{cause: rapid.SampledFrom([]string{causeKilled, causeStuck, causeBroken, causeStart}).Draw(k.t, "cause")})
		k.owed[i] = map[string][]uint64{}
	}
}

// TestCreditIsNeverLost: whatever comes in which order, Vision's account of a camera is what its worker owes; once all is
// answered the camera has its whole credit again, and its next key unit is taken.
func TestCreditIsNeverLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := DefaultVisionConfig()
		cfg.Instances = 2
		v, err := NewVision(cfg, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
		require.NoError(t, err)
		v.now = func() time.Time { return time.Unix(1_700_000_000, 0) }
		k := &crew{Vision: v, t: t, owed: map[*instance]map[string][]uint64{}, seq: map[string]uint64{}}
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			k.step()
			k.audit()
		}
		for _, i := range k.instances {
			k.up(i)
		}
		k.collect()
		for _, i := range k.instances {
			for camera := range k.owed[i] {
				for len(k.owed[i][camera]) > 0 {
					k.answer(i, camera, visionpb.Fault_FAULT_NONE)
				}
			}
		}
		for _, camera := range []string{"a", "b", "c"} {
			k.seq[camera]++
			key := &models.AccessUnit{Camera: camera, Codec: models.H264, Session: 1, Seq: k.seq[camera], Key: true, NALUs: [][]byte{{1}}}
			require.True(t, k.Analyse(key, WantMotion), "camera %s", camera)
			require.Len(t, k.cameras[camera].unanswered, 1)
		}
	})
}
