package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// A stored password goes to the machine it was given for, and to no other that somebody types in.
func TestAPasswordStaysWithItsMachine(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, withCameras(t, dir).Close())
	s := until(t, dir)
	for address, refused := range map[string]bool{
		"rtsp://10.0.0.1/another-path": false,
		"rtsp://10.0.0.2/1":            true,
		"rtsp://10.0.0.1:8554/1":       true,
		"rtsps://10.0.0.1/1":           true,
	} {
		edit := models.Camera{ID: "one", Name: "one", Area: "a", URL: address}
		err := s.In(Whole).PutCamera(t.Context(), edit, "test")
		require.Equal(t, refused, err != nil, "%s: %v", address, err)
		if refused {
			require.Equal(t, models.Invalid, models.CodeOf(err))
			require.ErrorContains(t, err, "password")
			edit.Password = "given again"
			require.NoError(t, s.In(Whole).PutCamera(t.Context(), edit, "test"), address)
		}
		edit.URL, edit.Username, edit.Password = "rtsp://10.0.0.1/1", "u", "first"
		require.NoError(t, s.In(Whole).PutCamera(t.Context(), edit, "test"))
	}
	open := models.Camera{ID: "open", Name: "open", Area: "a", URL: "rtsp://10.9.9.9/1"}
	require.NoError(t, s.In(Whole).PutCamera(t.Context(), open, "test"), "there is nothing to keep")
}

// Nor does it go to whatever device somebody types in as the camera's own.
func TestAPasswordStaysWithItsDevice(t *testing.T) {
	old := models.Camera{URL: "rtsp://Gate.example:554/1", Username: "u", Password: "first", ONVIF: models.ONVIF{Address: "10.0.0.7:8080"}}
	for address, refused := range map[string]bool{"": false, "10.0.0.7:8080": false, "gate.example:80": false, "10.0.0.7:80": true, "10.0.0.8:80": true} {
		c := models.Camera{ID: "one", URL: old.URL, ONVIF: models.ONVIF{Address: address}}
		err := keepCredentials(&c, old)
		require.Equal(t, refused, err != nil, address)
		if !refused {
			require.Equal(t, "first", c.Password)
			continue
		}
		require.ErrorContains(t, err, "password: ")
		c.Password = "given again"
		require.NoError(t, keepCredentials(&c, old))
	}
}

// A name without a password is kept, too.
func TestANameWithoutAPasswordIsKept(t *testing.T) {
	c := models.Camera{ID: "one", URL: "rtsp://10.0.0.1/2"}
	require.NoError(t, keepCredentials(&c, models.Camera{URL: "rtsp://10.0.0.1/1", Username: "guest"}))
	require.Equal(t, "guest", c.Username)
}
