package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"zhihui/configs"
	"zhihui/ingest"
	"zhihui/models"
)

type cameraCommands struct {
	Probe    cameraProbeCommand    `cmd:"" help:"Look at a camera for 10 s and say what it sends, or why not and what to do."`
	Discover cameraDiscoverCommand `cmd:"" help:"Find what speaks ONVIF on the network, or ask one device, and list its streams."`
	Import   cameraImportCommand   `cmd:"" help:"Add and change many cameras by a sheet; what it does not name stays."`
	Undo     undoCommand           `cmd:"" help:"Make the cameras of an import what they were before it."`
	Imports  importsCommand        `cmd:"" help:"List the imports that can be undone."`
}

// asking is what those who ask a camera or a device have in common.
type asking struct {
	Config string `help:"Settings file: its ingest.networks say where cameras may be." default:"zhihui.yml" type:"path"`
	login
	Lang string `default:"zh" enum:"zh,en" help:"Language: zh or en."`
	JSON bool   `name:"json" help:"Print JSON, one object a line."`
}

// begin returns where may be asked, and with which password.
func (a asking) begin(w world) (networks models.Reach, password string, err error) {
	if networks, err = reachOf(a.Config); err == nil {
		password, err = a.read(w)
	}
	return networks, password, err
}

// login is how a camera's credentials come from the shell, where an argument would be seen by others.
type login struct {
	Username      string `help:"Name to log in to the camera with."`
	PasswordStdin bool   `help:"Read the camera's password from standard input (the only way: an argument would be seen by others)."`
}

// maxPassword bounds the password of a camera, in bytes.
const maxPassword = 256

// read returns the password, "" where none is asked for.
func (l login) read(w world) (string, error) {
	if !l.PasswordStdin {
		return "", nil
	}
	b, err := io.ReadAll(io.LimitReader(w.in, maxPassword+3))
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	password := strings.TrimRight(string(b), "\r\n")
	if len(password) > maxPassword {
		return "", models.FieldError("password", "write %d bytes at most", maxPassword)
	}
	return password, nil
}

// reachOf is where cameras may be by the settings file; where there is no such file, by the defaults.
func reachOf(config string) (models.Reach, error) {
	cfg, err := configs.Load(config)
	if errors.Is(err, fs.ErrNotExist) {
		return ingest.DefaultConfig().Networks, nil
	}
	return cfg.Ingest.Networks, err
}
