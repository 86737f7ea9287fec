package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/signal"
	"syscall"

	"zhihui/ingest"
	"zhihui/models"
)

type cameraProbeCommand struct {
	asking
	Transport string `default:"auto" enum:"auto,tcp,udp,multicast" help:"How its packets shall come: auto, tcp, udp or multicast."`
	URL       string `arg:"" name:"url" help:"Address such as rtsp://192.0.2.10:554/stream1, without credentials."`
}

// Run looks at the camera and prints what it found. It fails when there is no picture.
func (c cameraProbeCommand) Run(w world) error {
	networks, password, err := c.begin(w)
	if err != nil {
		return err
	}
	var way models.Transport
	if err := way.UnmarshalText([]byte(c.Transport)); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	found, _ := ingest.NewProber(networks).Study(ctx, models.Camera{URL: c.URL, Username: c.Username, Password: password, Transport: way})
	if c.JSON {
		err = json.NewEncoder(w.out).Encode(found)
	} else {
		for _, line := range told(found, c.Lang == "en") {
			fmt.Fprintln(w.out, line)
		}
	}
	if err == nil && !found.OK {
		err = errSaid
	}
	return err
}
