package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtp"
	"golang.org/x/sync/errgroup"
)

// plainCmd pulls cameras with gortsplib as it comes out of the box and throws away what it gets: what pulling costs at the
// least with the library that zhihui uses.
type plainCmd struct {
	List string `arg:"" help:"File with one URL a line."`
}

// dialPause spreads the dials.
const dialPause = 5 * time.Millisecond

// Run plays until it is interrupted; then it says how many access units have come.
func (c plainCmd) Run(b *bench) error {
	list, err := os.Open(c.List)
	if err != nil {
		return err
	}
	defer list.Close()
	var units atomic.Int64
	group, ctx := errgroup.WithContext(b.ctx)
	for lines := bufio.NewScanner(list); lines.Scan(); {
		address := lines.Text()
		group.Go(func() error { return pull(ctx, address, &units) })
		if sleep(ctx, dialPause) != nil {
			break
		}
	}
	if err := group.Wait(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(b.out, units.Load(), "access units")
	return err
}

// pull plays one camera until ctx ends.
func pull(ctx context.Context, address string, units *atomic.Int64) error {
	u, err := base.ParseURL(address)
	if err != nil {
		return err
	}
	tcp := gortsplib.TransportTCP
	client := &gortsplib.Client{Scheme: u.Scheme, Host: u.Host, Transport: &tcp}
	if err := client.Start2(); err != nil {
		return err
	}
	defer client.Close()
	desc, _, err := client.Describe(u)
	if err != nil {
		return err
	}
	var video *format.H264
	media := desc.FindFormat(&video)
	if media == nil {
		return fmt.Errorf("%s has no H.264", u.Path)
	}
	decoder, err := video.CreateDecoder()
	if err != nil {
		return err
	}
	if _, err := client.Setup(desc.BaseURL, media, 0, 0); err != nil {
		return err
	}
	client.OnPacketRTP(media, video, func(p *rtp.Packet) {
		if _, err := decoder.Decode(p); err == nil {
			units.Add(1)
		}
	})
	if _, err := client.Play(nil); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- client.Wait() }()
	select {
	case <-ctx.Done():
		client.Close()
		<-ended
		return nil
	case err := <-ended:
		return err
	}
}
