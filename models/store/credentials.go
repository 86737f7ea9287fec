package store

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"zhihui/models"
)

// credentials are what is encrypted of a camera.
type credentials struct{ Username, Password string }

// ownerOf names a camera to whom its secret belongs.
func ownerOf(camera string) string { return "camera:" + camera }

// openCredentials fills in the credentials of a camera.
func (s *Store) openCredentials(c *models.Camera, secret string) error {
	if secret == "" {
		return nil
	}
	plain, err := s.keys.open(secret, ownerOf(c.ID))
	if err != nil {
		return err
	}
	var found credentials
	if err := json.Unmarshal(plain, &found); err != nil {
		return fmt.Errorf("read the credentials of camera %s: %w", c.ID, err)
	}
	c.Username, c.Password = found.Username, found.Password
	return nil
}

// sealCredentials is the opposite of openCredentials.
func (tx *Tx) sealCredentials(c models.Camera) (string, error) {
	if c.Username == "" && c.Password == "" {
		return "", nil
	}
	plain, err := json.Marshal(credentials{c.Username, c.Password})
	if err != nil {
		return "", err
	}
	return tx.seal(plain, ownerOf(c.ID))
}

// known returns the stored camera with its credentials; those that cannot be decrypted are left empty when the edit brings
// new ones.
func (s *Store) known(row cameraRow, edit models.Camera) (models.Camera, error) {
	v, err := row.view()
	if err != nil {
		return v.Camera, err
	}
	if err := s.openCredentials(&v.Camera, row.Secret); err != nil && edit.Password == "" {
		s.log.Error("store: a secret cannot be read", "camera", row.ID, "error", err)
		return v.Camera, models.FieldError("password", "the one that is kept for camera %s cannot be read any more: enter it again", row.ID)
	}
	return v.Camera, nil
}

// keepCredentials fills in what an edit leaves out, because nobody can read it back to send it again. They stay where they
// belong: an address on another machine gets none, or whoever may edit a camera could have its password sent to themselves.
func keepCredentials(c *models.Camera, old models.Camera) error {
	if c.Password != "" || old.Username == "" && old.Password == "" {
		return nil
	}
	if hostOf(c.URL) != hostOf(old.URL) {
		return models.FieldError("password", "the address of camera %s leads to another machine or port: enter the password for it again", c.ID)
	}
	if !sameDevice(c.ONVIF.Address, old) {
		return models.FieldError("password", "the ONVIF address of camera %s leads to another machine: enter the password for it again", c.ID)
	}
	c.Password = old.Password
	if c.Username == "" {
		c.Username = old.Username
	}
	return nil
}

// hostOf is to whom one speaks at a valid address, and whether others can listen.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + strings.ToLower(u.Host)
}

// sameDevice tells whether a valid ONVIF address is where the camera was asked before, by ONVIF or for its stream.
func sameDevice(address string, old models.Camera) bool {
	if address == "" || address == old.ONVIF.Address {
		return true
	}
	device, err := url.Parse("http://" + address)
	stream, none := url.Parse(old.URL)
	return err == nil && none == nil && strings.EqualFold(device.Hostname(), stream.Hostname())
}
