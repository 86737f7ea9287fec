package onvif

import (
	"context"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"zhihui/models"
)

const (
	searchMost = 15 * time.Second // from the first question to the last answer
	atOnce     = 16               // devices that are asked at the same time
	dialMost   = 2 * time.Second
)

// Searcher looks for cameras that speak ONVIF.
type Searcher struct {
	networks models.Reach
	log      *slog.Logger
	now      func() time.Time
	group    string // where WS-Discovery asks all …
	port     string // … and one
}

// NewSearcher returns a searcher that dials no address outside of the networks.
func NewSearcher(networks models.Reach, log *slog.Logger) *Searcher {
	return &Searcher{networks: networks, log: log, now: time.Now, group: "239.255.255.250:3702", port: "3702"}
}

// Search finds what speaks ONVIF on the networks of this machine, or at one address, HOST or HOST:PORT, and asks each device
// what it is and where its streams play; by address, 512 at most. It takes 15 s at most and ends early, with what it has, when
// ctx does. The credentials, which may be empty, are tried at every device that is found; they go out as digests only. The
// error is about the address, or that this machine has no network; a device that does not answer well says so itself.
func (s *Searcher) Search(ctx context.Context, address, username, password string) ([]models.FoundDevice, error) {
	ctx, cancel := context.WithTimeout(ctx, searchMost)
	defer cancel()
	candidates, err := s.candidates(ctx, address)
	if err != nil {
		return nil, err
	}
	devices := make([]models.FoundDevice, len(candidates))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, c := range candidates {
		group.Go(func() error {
			devices[i] = s.ask(ctx, c, username, password)
			return nil
		})
	}
	_ = group.Wait() // each device has its own reason
	slices.SortFunc(devices, func(a, b models.FoundDevice) int { return strings.Compare(a.Address, b.Address) })
	return devices, nil
}

func (s *Searcher) candidates(ctx context.Context, address string) ([]candidate, error) {
	if address == "" {
		return s.hearAll(ctx)
	}
	base, err := baseOf(address)
	if err != nil {
		return nil, err
	}
	c := candidate{base: base}
	if heard := s.hearFrom(ctx, base.Hostname()); heard != nil {
		c.name, c.model, c.named = heard.name, heard.model, heard.named
		c.base.Path, c.base.RawPath, c.base.RawQuery = heard.base.Path, heard.base.RawPath, heard.base.RawQuery
		if _, _, err := net.SplitHostPort(address); err != nil { // no port was asked for
			c.base.Scheme, c.base.Host = heard.base.Scheme, net.JoinHostPort(base.Hostname(), heard.base.Port())
		}
	}
	return []candidate{c}, nil
}

// ask is one device with all that it tells.
func (s *Searcher) ask(ctx context.Context, c candidate, username, password string) models.FoundDevice {
	d := models.FoundDevice{Address: c.base.Host, Named: c.named, Name: c.name, Model: c.model, Streams: []models.FoundStream{}}
	asking := newClient(c.base, username, password, s.networks, s.now)
	defer asking.http.CloseIdleConnections()
	if err := asking.describe(ctx, &d); err != nil {
		reason := reasonOf(err)
		d.Code, d.Reason = string(reason), reason.Sentence()
		s.log.Debug("onvif: a device does not tell all", "address", d.Address, "error", err)
	}
	return d
}
