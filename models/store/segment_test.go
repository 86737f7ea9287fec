package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func segment(camera string, from models.Time) models.Segment {
	return models.Segment{Camera: camera, From: from, To: from + 60_000, Bytes: 1000, Units: 600, MIME: `video/mp4; codecs="avc1.42c01e"`}
}

func TestSegmentsComeBackAsTheyWentIn(t *testing.T) {
	s := open(t)
	at := models.At(noon)
	a, b := segment("cam-1", at), segment("cam-1", at+60_000)
	require.NoError(t, s.PutSegments(t.Context(), []models.Segment{b, a, segment("cam-2", at)}))
	require.NoError(t, s.PutSegment(t.Context(), a), "again is no fault")
	found, err := s.Segments(t.Context(), "cam-1", at+59_999, at+60_001, 0)
	require.NoError(t, err)
	require.Equal(t, []models.Segment{a, b}, found)
	found, err = s.Segments(t.Context(), "cam-1", at+60_000, at+60_001, 0)
	require.NoError(t, err)
	require.Equal(t, []models.Segment{b}, found)
	next, ok, err := s.NextSegment(t.Context(), "cam-1", at+1)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, b, next)
	all, err := s.Recorded(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]Footage{"cam-1": {2000, 2000, at}, "cam-2": {1000, 1000, at}}, all)

	clip := models.Clip{ID: id(1), Camera: "cam-1", Area: "grid-1", From: at + 10, Events: []string{id(2)}}
	require.NoError(t, s.PutClip(t.Context(), clip))
	clip.To = at + 20
	one, err := s.RecordedOf(t.Context(), "cam-1")
	require.NoError(t, err)
	require.Equal(t, Footage{2000, 0, at}, one)
	require.NoError(t, s.PutClip(t.Context(), clip))
	loose, err := s.LooseSegments(t.Context(), "", at+200_000, 0)
	require.NoError(t, err)
	require.Equal(t, []string{"cam-2", "cam-1"}, []string{loose[0].Camera, loose[1].Camera})
	gone, err := s.DropLoose(t.Context(), []models.Segment{a, b})
	require.NoError(t, err)
	require.Equal(t, []models.Segment{b}, gone)
}
