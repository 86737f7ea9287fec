package playback

import (
	"context"

	"zhihui/models"
)

// few is how many segments are asked for at once.
const few = 5000

// Spans returns when there is footage of a camera in [from, to), oldest first: limit stretches at most, and where to go on when
// there are more, else 0.
func (l *Library) Spans(ctx context.Context, camera string, from, to models.Time, limit int) (all []models.Span, next models.Time, err error) {
	for at := from; ; {
		some, err := l.segments(ctx, camera, at, to, few)
		if err != nil {
			return nil, 0, err
		}
		for _, s := range some {
			all = join(all, models.Span{From: max(s.From, from), To: min(s.To, to), MIME: s.MIME})
			if len(all) > limit {
				return all[:limit], all[limit].From, nil
			}
		}
		if len(some) < few {
			return all, 0, nil
		}
		at = some[len(some)-1].To
	}
}

// Stock tells how much footage of a camera there is, in bytes, and since when, 0 where there is none; what is being written counts.
func (l *Library) Stock(ctx context.Context, camera string) (bytes int64, oldest models.Time, err error) {
	written := l.open(camera)
	footage, err := l.store.RecordedOf(ctx, camera)
	bytes, oldest = footage.Bytes, footage.Oldest
	for _, s := range written {
		bytes += s.Bytes
		if oldest == 0 || s.From < oldest {
			oldest = s.From
		}
	}
	return bytes, oldest, err
}

// join adds a span, to the last one where there is nothing between them.
func join(all []models.Span, s models.Span) []models.Span {
	if n := len(all); n > 0 && all[n-1].MIME == s.MIME && s.From-all[n-1].To < seam {
		all[n-1].To = max(all[n-1].To, s.To)
		return all
	}
	return append(all, s)
}
