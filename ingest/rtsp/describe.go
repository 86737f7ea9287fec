package rtsp

import (
	"context"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"

	"zhihui/models"
)

// maxTracks bounds what is told of one address.
const maxTracks = 8

// Describe asks the camera once which videos its address offers, in the camera's order, and plays none of them. It returns a
// *Fault, or ctx's cause.
func (s *Source) Describe(ctx context.Context, camera models.Camera) ([]models.ProbeStream, error) {
	target, err := address(camera)
	if err != nil {
		return nil, &Fault{Reason: BadAddress, Cause: err}
	}
	client := s.playback(camera, Sink{}, gortsplib.TransportTCP).newClient(ctx, target)
	if err := client.Start2(); err != nil {
		return nil, &Fault{Reason: Garbage, Cause: err}
	}
	defer client.Close()
	defer context.AfterFunc(ctx, client.Close)()
	session, _, err := client.Describe(target)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, &Fault{Reason: classify(err, client.Stats().Conn.BytesReceived > 0), Cause: err}
	}
	return tracksOf(session, camera.URL), nil
}

// tracksOf are the videos that a description names.
func tracksOf(session *description.Session, address string) (tracks []models.ProbeStream) {
	for _, media := range session.Medias {
		if media.Type != description.MediaTypeVideo || media.IsBackChannel || len(media.Formats) == 0 || len(tracks) == maxTracks {
			continue
		}
		said := Format{Codec: media.Formats[0].Codec()}
		switch f := media.Formats[0].(type) {
		case *format.H264:
			said = formatH264(f.SPS)
		case *format.H265:
			said = formatH265(f.SPS)
		}
		tracks = append(tracks, models.ProbeStream{URL: address, Track: len(tracks) + 1, Codec: said.Codec, Width: said.Width, Height: said.Height})
	}
	return tracks
}
