package rtsp

import (
	"context"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

func TestDescribeOfRealCameras(t *testing.T) {
	s := &Source{DialTimeout: time.Second, AnswerTimeout: time.Second, Now: time.Now}
	for codec, camera := range map[string]*rtsptest.Camera{"H.264 High": rtsptest.H264(t), "H.265": rtsptest.H265(t), "M-JPEG": rtsptest.MJPEG(t)} {
		c := camera.Model("")
		tracks, err := s.Describe(t.Context(), c)
		require.NoError(t, err)
		require.Len(t, tracks, 1)
		require.Equal(t, []any{c.URL, 1, codec}, []any{tracks[0].URL, tracks[0].Track, tracks[0].Codec})
		c.Password = "wrong"
		_, err = s.Describe(t.Context(), c)
		require.Equal(t, AuthRefused, ReasonOf(err))
		c = camera.Model("")
		c.URL += "/elsewhere"
		_, err = s.Describe(t.Context(), c)
		require.Equal(t, NotFound, ReasonOf(err))
	}
	_, err := s.Describe(t.Context(), models.Camera{URL: "rtsp://u:p@127.0.0.1/"})
	require.Equal(t, BadAddress, ReasonOf(err))
	tracks, err := s.Describe(t.Context(), rtsptest.Opus(t).Model(""))
	require.NoError(t, err)
	require.Empty(t, tracks)
}

// The end of its context ends it, whatever the camera does.
func TestDescribeEnds(t *testing.T) {
	s := &Source{DialTimeout: time.Second, AnswerTimeout: time.Minute, Now: time.Now}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := s.Describe(ctx, rtsptest.NewRaw(t, rtsptest.Mute).Model(""))
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestTracksAreBounded(t *testing.T) {
	video := &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{&format.H264{SPS: rtsptest.SPS()}}}
	session := &description.Session{Medias: []*description.Media{
		{Type: description.MediaTypeAudio, Formats: []format.Format{&format.Opus{}}},
		{Type: description.MediaTypeVideo, IsBackChannel: true, Formats: video.Formats},
	}}
	for range 50 {
		session.Medias = append(session.Medias, video)
	}
	tracks := tracksOf(session, "rtsp://192.0.2.1/x")
	require.Len(t, tracks, maxTracks)
	require.Equal(t, models.ProbeStream{URL: "rtsp://192.0.2.1/x", Track: 2, Codec: "H.264 High", Width: 352, Height: 288}, tracks[1])
}
