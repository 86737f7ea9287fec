package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"zhihui/models"
	"zhihui/models/pki"
)

type certCommand struct {
	CA     certCACommand     `cmd:"" name:"ca" help:"Make the authority of this site, for 10 years: ca.pem to trust, ca.key to keep."`
	Server certServerCommand `cmd:"" help:"Make a certificate for a listener, for 397 days: server.pem and server.key."`
	Client certClientCommand `cmd:"" help:"Make a certificate by which a program shows who it is, for 397 days: NAME.pem and NAME.key."`
}

// certFolder is where the files of a site's certificates lie.
type certFolder struct {
	Dir   string `help:"Folder of the files." default:"tls" type:"path"`
	Force bool   `help:"Replace files that are there."`
}

type certCACommand struct {
	certFolder
	Name string   `help:"Name that people see where they trust it." default:"Zhihui"`
	Only []string `help:"Names and networks beyond which it cannot speak, such as hall.lan,10.0.0.0/8: then its key, when stolen, opens nothing else."`
}

// Run makes the authority. To replace one means that everybody has to trust the new one.
func (c certCACommand) Run(w world) error {
	made, err := pki.NewCA(c.Name, c.Only, time.Now())
	if err != nil {
		return err
	}
	if err := c.keep("ca", made); err != nil {
		return err
	}
	fmt.Fprintf(w.out, `%[1]s is the authority of this site until %[3]s.
Who is to trust the hall needs this file, and only this one:
  Windows       double-click (as ca.crt), install in "Trusted Root Certification Authorities" of the computer
  macOS         add to the keychain "System", then "Always Trust"
  Debian        copy to /usr/local/share/ca-certificates/zhihui.crt, run update-ca-certificates
  Firefox       Settings, Certificates, Authorities, Import, "identify websites"
  Android, iOS  send it to the phone, install as CA certificate; on iOS also switch it on under Certificate Trust Settings
  sensors       as the CA file of their MQTT client; cameras are dialed by us and need nothing
%[2]s signs for this site: keep it secret and away from this machine, it is needed for new certificates alone.
`, c.path("ca.pem"), c.path("ca.key"), made.Expires.Format(time.DateOnly))
	return nil
}

type certServerCommand struct {
	certFolder
	Host []string `help:"Names and addresses under which browsers, sensors or the hall reach it, such as hall.lan,10.0.0.1." required:""`
}

// Run makes the certificate of a listener.
func (c certServerCommand) Run(w world) error {
	ca, err := c.authority()
	if err != nil {
		return err
	}
	made, err := ca.Server(c.Host, time.Now())
	if err != nil {
		return err
	}
	if err := c.keep("server", made); err != nil {
		return err
	}
	fmt.Fprintf(w.out, `%[1]s is for %[3]s, until %[4]s. For people and for sensors, in the settings:
  dashboard: {listen: "0.0.0.0:8443", tls_cert: %[1]s, tls_key: %[2]s}
  bus: {mqtt: {address: "0.0.0.0:8883", tls_cert: %[1]s, tls_key: %[2]s}}
A running hall takes up a renewed certificate (--force) by itself.
`, c.path("server.pem"), c.path("server.key"), strings.Join(c.Host, ", "), made.Expires.Format(time.DateOnly))
	return nil
}

type certClientCommand struct {
	certFolder
	Name string `help:"Who it is, such as hall or pump-7: letters, digits, dots, dashes." required:""`
}

// Run makes the certificate of a program that dials.
func (c certClientCommand) Run(w world) error {
	if !models.ValidID(c.Name) || c.Name == "ca" || c.Name == "server" {
		return models.FieldError("name", "%.80q cannot be the name of a client: write 1 to %d of a-z A-Z 0-9 . _ -, but not ca or server", c.Name, models.MaxID)
	}
	ca, err := c.authority()
	if err != nil {
		return err
	}
	made, err := ca.Client(c.Name, time.Now())
	if err != nil {
		return err
	}
	if err := c.keep(c.Name, made); err != nil {
		return err
	}
	fmt.Fprintf(w.out, `%[1]s shows that its holder is %[4]s, until %[5]s. It goes with its key and with %[3]s, such as for a pixel worker elsewhere:
  vision: {remotes: [{address: "HOST:7443", tls_cert: %[1]s, tls_key: %[2]s, tls_ca: %[3]s}]}
or to a sensor, where bus.mqtt.tls_ca is set.
`, c.path(c.Name+".pem"), c.path(c.Name+".key"), c.path("ca.pem"), c.Name, made.Expires.Format(time.DateOnly))
	return nil
}

func (c certFolder) path(name string) string { return filepath.Join(c.Dir, name) }

func (c certFolder) authority() (*pki.Authority, error) {
	cert, err := os.ReadFile(c.path("ca.pem"))
	if err == nil {
		var key []byte
		if key, err = os.ReadFile(c.path("ca.key")); err == nil {
			return pki.ReadCA(cert, key)
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, models.Errorf(models.NotFound, "the authority of the site is not in %s (ca.pem and ca.key); make it with: zhihui cert ca --dir %[1]s", c.Dir)
	}
	return nil, models.Errorf(models.Unavailable, "the authority of the site cannot be read: %v", err)
}

// keep writes both files or refuses before the first. Each appears whole, so that a hall that runs never reads half a file.
func (c certFolder) keep(name string, m pki.Made) error {
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return models.Errorf(models.Unavailable, "the folder cannot be made: %v", err)
	}
	files := []struct {
		path string
		text []byte
		mode fs.FileMode
	}{{c.path(name + ".key"), m.Key, 0o600}, {c.path(name + ".pem"), m.Cert, 0o644}}
	for _, f := range files {
		if _, err := os.Lstat(f.path); !c.Force && !errors.Is(err, fs.ErrNotExist) {
			return models.Errorf(models.Conflict, "%s is there already; --force replaces it", f.path)
		}
	}
	for _, f := range files {
		if err := replace(f.path, f.text, f.mode); err != nil {
			return models.Errorf(models.Unavailable, "%s cannot be written: %v", f.path, err)
		}
	}
	return nil
}

func replace(path string, text []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".zhihui-cert-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already when all went well
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
