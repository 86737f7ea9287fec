package live

import (
	"errors"
	"slices"

	"zhihui/models"
)

var errNotShown = errors.New("not a key unit that can be shown alone")

// Picture is a key unit as an MP4 of one picture, made as the live video is, for a browser to show in a <video>.
func Picture(u *models.AccessUnit) ([]byte, error) {
	m := newMuxer()
	part, err := m.add(u)
	switch {
	case err != nil:
		return nil, err
	case part == nil:
		return nil, errNotShown
	}
	return slices.Concat(m.film.Header().Init, part.bytes), nil
}
