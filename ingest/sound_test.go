package ingest

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp"
	"zhihui/models"
)

// soundOf is what is told of a camera's sound, nil = nothing.
func soundOf(s *stage, id string) *models.SoundMeasure {
	for _, m := range s.hub.Measures(time.Now()) {
		if m.Camera == id {
			return m.Sound
		}
	}
	return nil
}

// Sound is asked for where it is kept, and an edit that changes that calls that camera alone again.
func TestWhoseSoundIsAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kept := models.SoundMeasure{Codec: "AAC", Kept: true}
		st := newStage(t, func(ctx context.Context, camera models.Camera, sink rtsp.Sink) error {
			if sink.Sound != nil {
				sink.Sound(kept)
				sink.Unheard(1)
			}
			return beat(ctx, camera, sink, 10_000)
		})
		site := []models.Camera{camera("always", 1), camera("silent", 1), camera("plain", 1), camera("analysed", 1)}
		site[0].Record.Mode = models.RecordAlways
		site[1].Record = models.Recording{Mode: models.RecordAlways, Silent: true}
		site[3].Analyse = true
		st.Apply(site)
		time.Sleep(3 * time.Second)
		for _, id := range []string{"always", "analysed"} {
			require.Equal(t, &kept, soundOf(st, id), id)
		}
		for _, id := range []string{"silent", "plain"} {
			require.Nil(t, soundOf(st, id), id)
		}
		edited := append([]models.Camera(nil), site...)
		edited[0].Record.Silent, edited[0].Revision = true, 2
		edited[3].Record.KeepDays, edited[3].Revision = 7, 2
		st.Apply(edited)
		time.Sleep(3 * time.Second)
		require.Nil(t, soundOf(st, "always"))
		require.Equal(t, []int{2, 1, 1, 1}, []int{st.actor.count("always"), st.actor.count("silent"), st.actor.count("plain"), st.actor.count("analysed")})
	})
}

// A camera that gives no picture when it is asked for its sound gives it at the next try, which asks for the picture alone; the try
// after that one asks for both again.
func TestAPictureThatSoundKeepsAwayComesWithoutIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, func(ctx context.Context, camera models.Camera, sink rtsp.Sink) error {
			found := models.SoundMeasure{Codec: "AAC", Kept: true}
			if sink.Sound != nil {
				sink.Sound(found)
				return hang(ctx)
			}
			sink.Open(found)
			return beat(ctx, camera, sink, 200)
		})
		gate := camera("gate", 1)
		gate.Record.Mode = models.RecordAlways
		st.Apply([]models.Camera{gate})
		time.Sleep(15 * time.Second)
		require.Equal(t, models.CameraOnline, st.status("gate").State)
		require.Equal(t, &models.SoundMeasure{Codec: "AAC", Code: models.SoundRefused}, soundOf(st, "gate"))
		require.Equal(t, 2, st.actor.count("gate"))
		time.Sleep(25 * time.Second)
		require.Equal(t, 4, st.actor.count("gate"), "once with its sound, and then without")
		require.Equal(t, models.CameraOnline, st.status("gate").State)
	})
}
