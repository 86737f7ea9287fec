package detect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	"zhihui/models"
	"zhihui/models/pki"
)

// RemoteConfig is a worker on another machine: a zhihui-vision that listens, or a box that speaks its protocol.
type RemoteConfig struct {
	Address string `yaml:"address"`  // host:port
	TLSCert string `yaml:"tls_cert"` // PEM file, with TLSKey, by which we show who we are
	TLSKey  string `yaml:"tls_key"`  // PEM file
	TLSCA   string `yaml:"tls_ca"`   // PEM file of who signs the worker's certificate
}

func (c RemoteConfig) validate(f *models.Faults, field string) {
	host, _, err := net.SplitHostPort(c.Address)
	f.Add(err == nil && host != "", field+".address", "must be host:port such as 10.0.0.5:7443, it is %.80q", c.Address)
	all, none := c.TLSCert != "" && c.TLSKey != "" && c.TLSCA != "", c.TLSCert == "" && c.TLSKey == "" && c.TLSCA == ""
	f.Add(all || none, field+".tls_cert", "TLS needs tls_cert, tls_key and tls_ca, or none of them")
	f.Add(err != nil || all || pki.Loopback(host), field+".address", "pictures would cross the network unencrypted: set tls_cert, tls_key and tls_ca (zhihui cert makes them)")
}

// remote is the worker that an instance visits instead of starting one.
type remote struct {
	config   RemoteConfig
	identity *pki.Identity // nil without TLS
	lost     time.Time     // since when it is not up, under v.mu; it begins as the time of its making
}

func newRemote(v *Vision, config RemoteConfig, log *slog.Logger) *instance {
	i := newInstance(v, 0, false)
	i.name, i.remote = config.Address, &remote{config: config, lost: v.now()}
	if config.TLSCert != "" {
		i.remote.identity = pki.New("vision "+config.Address, pki.Files{Cert: config.TLSCert, Key: config.TLSKey, CA: config.TLSCA}, log)
	}
	return i
}

// errSilent is all that can be done about a worker elsewhere that hangs: who runs it there must end it.
var errSilent = errors.New("it gave no answer for too long, so the connection was given up; it cannot be ended from here, look after it on its machine")

// visit speaks with a worker elsewhere until the conversation ends, and returns how. Which camera its end was about is not
// known here, so none is suspected.
func (i *instance) visit(ctx context.Context) death {
	r := i.remote
	secure := insecure.NewCredentials()
	if r.identity != nil {
		config, err := r.identity.Client()
		if err != nil {
			return death{cause: causeStart, sentence: fmt.Sprintf("pixel worker %s: %v", i.name, err)}
		}
		secure = credentials.NewTLS(config)
	}
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error {
		return i.talk(ctx, "passthrough:///"+r.config.Address, grpc.WithTransportCredentials(secure),
			grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 5 * time.Second}))
	})
	both.Go(func() error { return i.overdue(ctx) })
	why := both.Wait()
	d := death{cause: causeAway, sentence: fmt.Sprintf("pixel worker %s: %v", i.name, why)}
	switch {
	case errors.Is(why, errSilent):
		d.cause = causeStuck
	case errors.Is(why, errBreach):
		d.cause = causeBroken
	}
	return d
}

// overdue gives up on a worker that owes an answer for too long: its cameras' credit would not come back.
func (i *instance) overdue(ctx context.Context) error {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	var last uint64
	since := time.Now()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if answers, asked := i.progress(); answers != last || !asked {
			last, since = answers, time.Now()
		} else if time.Since(since) > i.v.cfg.Stuck.Std() {
			return errSilent
		}
	}
}

// abandoned tells, under v.mu, whether the instance's cameras should go to others: a worker elsewhere that stays away may do
// so for days, while one that we start is back in seconds.
func (i *instance) abandoned() bool {
	return i.remote != nil && i.v.now().Sub(i.remote.lost) > i.v.cfg.Stuck.Std()
}

// Certificates are what we show to workers elsewhere.
func (v *Vision) Certificates() (all []*pki.Identity) {
	for _, i := range v.instances {
		if i.remote != nil && i.remote.identity != nil {
			all = append(all, i.remote.identity)
		}
	}
	return all
}
