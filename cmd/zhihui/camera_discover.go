package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os/signal"
	"strings"
	"syscall"

	"zhihui/ingest/onvif"
	"zhihui/models"
)

type cameraDiscoverCommand struct {
	asking
	Address string `placeholder:"HOST:PORT" help:"Ask this device alone instead of all on this machine's networks; the port may be left out."`
}

// Run prints what speaks ONVIF on the network, and what each device offers. It fails when there is nothing.
func (c cameraDiscoverCommand) Run(w world) error {
	networks, password, err := c.begin(w)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	found, err := onvif.NewSearcher(networks, slog.New(slog.DiscardHandler)).Search(ctx, c.Address, c.Username, password)
	if err != nil {
		return err
	}
	for _, d := range found {
		if c.JSON {
			if err := json.NewEncoder(w.out).Encode(d); err != nil {
				return err
			}
			continue
		}
		for _, line := range deviceLines(d, c.Lang == "en") {
			fmt.Fprintln(w.out, line)
		}
	}
	if len(found) > 0 {
		return nil
	}
	if c.Lang == "en" {
		return models.Errorf(models.NotFound, "nothing on these networks answers ONVIF: switch ONVIF on in the cameras, or ask one by --address")
	}
	return models.Errorf(models.NotFound, "网络上没有设备应答 ONVIF：请在摄像机设置中开启 ONVIF，或用 --address 指定地址")
}

// deviceLines are what a device is, a line; why it tells no more, a line; and each of its streams, a line.
func deviceLines(d models.FoundDevice, en bool) []string {
	head := strings.Join(strings.Fields(strings.Join([]string{d.Address, d.Maker, d.Model, d.Firmware, d.Name}, " ")), " ")
	if d.Named != "" {
		head += said(en, "（自称 %s）", " (calls itself %s)", d.Named)
	}
	if d.OffsetMs != nil && (*d.OffsetMs > 5000 || *d.OffsetMs < -5000) {
		head += said(en, "（时钟偏差 %+.0f s）", " (its clock is off by %+.0f s)", float64(*d.OffsetMs)/1000)
	}
	lines := []string{head}
	if d.Code != "" {
		reason := d.Reason
		if en {
			reason = discoveryWords(onvif.Reason(d.Code))
		}
		lines = append(lines, "  ✕ "+reason)
	}
	for _, s := range d.Streams {
		line := fmt.Sprintf("  %s %s %d×%d %g/s", s.Name, dash(s.Codec), s.Width, s.Height, s.FPS)
		if s.BitRate > 0 {
			line += fmt.Sprintf(" %d kbit/s", s.BitRate/1000)
		}
		lines = append(lines, line+" "+dash(s.URL))
	}
	return lines
}

func said(en bool, zh, english string, v any) string {
	if en {
		return fmt.Sprintf(english, v)
	}
	return fmt.Sprintf(zh, v)
}

// discoveryWords is a reason in English; its own sentence is Chinese.
func discoveryWords(r onvif.Reason) string {
	switch r {
	case onvif.OutOfReach:
		return "the address lies in no network that may be dialled: check it, or add its network to ingest.networks"
	case onvif.UnknownName:
		return "there is no host of that name: check the spelling, or use its IP address"
	case onvif.NoAnswer:
		return "nothing answers: check power, cable, IP address and firewalls"
	case onvif.Refused:
		return "the host is there, but nothing listens: check the port (usually 80) and switch ONVIF on in the device"
	case onvif.Unreachable:
		return "this machine has no way to that network: check cable, routes and gateway"
	case onvif.Untrusted:
		return "the certificate cannot be verified: check it, or allow plain HTTP in the device"
	case onvif.NotONVIF:
		return "what answers is not ONVIF: check the port and switch ONVIF on in the device"
	case onvif.AuthNeeded:
		return "the device wants credentials: give --username and --password-stdin (some want an ONVIF user of its own)"
	case onvif.AuthRefused:
		return "the device refuses the username or password (some want an ONVIF user of its own; several wrong ones may lock you out for minutes)"
	case onvif.NoVideo:
		return "the device offers no video: switch a stream on in its settings"
	}
	return "the device answers with an error of its own: check its firmware, or restart it"
}
