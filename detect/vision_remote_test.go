package detect

import (
	"context"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"zhihui/detect/visionpb"
	"zhihui/models"
	"zhihui/models/pki"
)

// box is a worker on another machine, which lives in this process.
type box struct {
	t       *testing.T
	address string
	dir     string
	options []grpc.ServerOption
	server  *grpc.Server
	end     chan struct{} // of a hang
}

// newBox makes the certificates of a site and starts a box that shows one and demands another.
func newBox(t *testing.T) *box {
	made, err := pki.NewCA("test", nil, time.Now())
	require.NoError(t, err)
	ca, err := pki.ReadCA(made.Cert, made.Key)
	require.NoError(t, err)
	b := &box{t: t, dir: t.TempDir(), address: "127.0.0.1:0", end: make(chan struct{})}
	put := func(name string, m pki.Made, err error) {
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(b.path(name+".pem"), m.Cert, 0o600))
		require.NoError(t, os.WriteFile(b.path(name+".key"), m.Key, 0o600))
	}
	put("ca", made, nil)
	server, err := ca.Server([]string{"127.0.0.1"}, time.Now())
	put("server", server, err)
	client, err := ca.Client("hall", time.Now())
	put("hall", client, err)
	config, err := pki.New("box", pki.Files{Cert: b.path("server.pem"), Key: b.path("server.key"), CA: b.path("ca.pem")}, slog.New(slog.DiscardHandler)).Server()
	require.NoError(t, err)
	b.options = []grpc.ServerOption{grpc.MaxRecvMsgSize(visionpb.MaxMessage), grpc.Creds(credentials.NewTLS(config))}
	b.start()
	return b
}

func (b *box) path(name string) string { return filepath.Join(b.dir, name) }

func (b *box) start() {
	l, err := net.Listen("tcp", b.address)
	require.NoError(b.t, err)
	b.address, b.server = l.Addr().String(), grpc.NewServer(b.options...)
	visionpb.RegisterVisionServer(b.server, &fake{end: b.end})
	served := make(chan error, 1)
	server := b.server
	go func() { served <- server.Serve(l) }()
	b.t.Cleanup(func() { server.Stop(); <-served })
}

func (b *box) config(name string) RemoteConfig {
	return RemoteConfig{Address: b.address, TLSCert: b.path(name + ".pem"), TLSKey: b.path(name + ".key"), TLSCA: b.path("ca.pem")}
}

func TestAWorkerElsewhereOverTLS(t *testing.T) {
	b := newBox(t)
	h := newWorkshop(t, func(c *VisionConfig) { c.Remotes = []RemoteConfig{b.config("hall")} })
	h.insist("a", "")
	require.Empty(t, h.next("a").Fault)
	jpeg, err := h.Snapshot(t.Context(), "a", nil)
	require.NoError(t, err)
	require.NotEmpty(t, jpeg)
	require.Len(t, h.Certificates(), 1)

	b.server.Stop()
	require.Eventually(t, func() bool { return h.Health().Up == 1 }, 10*time.Second, 5*time.Millisecond, "the one here goes on")
	require.Eventually(t, func() bool { return strings.Contains(strings.Join(h.Health().Missing, " "), b.address) }, 10*time.Second, 5*time.Millisecond)
	b.start()
	require.Eventually(t, func() bool { return h.Health().Up == 2 }, 10*time.Second, 5*time.Millisecond, "and it is found again")
	h.insist("a", "")
	for r := h.next("a"); r.Seq != h.seq["a"]; r = h.next("a") {
	}
	require.Empty(t, h.Health().Quarantined)
}

// A worker elsewhere that hangs cannot be ended, but its cameras do not wait for it.
func TestAWorkerElsewhereThatHangsIsGivenUp(t *testing.T) {
	b := newBox(t)
	h := newWorkshop(t, func(c *VisionConfig) {
		c.Instances, c.Stuck, c.Remotes = 0, models.Duration(time.Second), []RemoteConfig{b.config("hall")}
	})
	h.insist("a", "hang")
	require.True(t, h.next("a").Reset)
	h.insist("a", "")
	require.Empty(t, h.next("a").Fault)
	require.Empty(t, h.Health().Probation, "nobody is suspected")
	close(b.end)
}

func TestAWorkerElsewhereMustBeKnownAndKnowUs(t *testing.T) {
	b := newBox(t)
	strange := newBox(t)
	stranger := strange.config("hall")
	stranger.Address, stranger.TLSCA = b.address, b.path("ca.pem")
	for want, remote := range map[string]RemoteConfig{
		"unknown authority": func() RemoteConfig { c := b.config("hall"); c.TLSCA = strange.path("ca.pem"); return c }(),
		"bad certificate":   stranger,
		"none.pem cannot":   b.config("none"),
		"refused":           {Address: "127.0.0.1:1"},
	} {
		cfg := DefaultVisionConfig()
		cfg.Remotes = []RemoteConfig{remote}
		require.NoError(t, cfg.Validate())
		v, err := NewVision(cfg, slog.New(slog.NewTextHandler(io.Discard, nil)), prometheus.NewRegistry())
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- v.Run(ctx) }()
		require.Eventually(t, func() bool { return strings.Contains(strings.Join(v.Health().Missing, " "), want) }, 10*time.Second, 5*time.Millisecond, want)
		require.Equal(t, 1, v.Health().Instances)
		require.Zero(t, v.Health().Up)
		cancel()
		require.NoError(t, <-done)
	}
}

func TestCamerasLeaveAWorkerElsewhereThatStaysAway(t *testing.T) {
	cfg := DefaultVisionConfig()
	cfg.Instances, cfg.Remotes = 1, []RemoteConfig{{Address: "127.0.0.1:1"}}
	v, err := NewVision(cfg, slog.New(slog.NewTextHandler(io.Discard, nil)), prometheus.NewRegistry())
	require.NoError(t, err)
	now := time.Unix(1_700_000_000, 0)
	v.now = func() time.Time { return now }
	here, there := v.instances[0], v.instances[1]
	here.up(&visionpb.Hello{Credit: 4})
	there.up(&visionpb.Hello{Credit: 4})
	unit := &models.AccessUnit{Camera: "a", Codec: models.H264, Session: 1, Seq: 1, Key: true, NALUs: [][]byte{{1}}}
	require.True(t, v.Analyse(unit, WantMotion))
	v.cameras["a"].home = there
	require.Len(t, v.bury(there, death{cause: causeAway}), 1)
	require.Equal(t, there, v.cameras["a"].home, "it may be back at once")
	now = now.Add(cfg.Stuck.Std() + time.Second)
	v.bury(there, death{cause: causeAway})
	require.Equal(t, here, v.cameras["a"].home)
}

func TestRemoteConfig(t *testing.T) {
	for field, edit := range map[string]func(*VisionConfig){
		"remotes[0].address":  func(c *VisionConfig) { c.Remotes = []RemoteConfig{{Address: "10.0.0.5:7443"}} },
		"remotes[1].address":  func(c *VisionConfig) { c.Remotes = []RemoteConfig{{Address: "localhost:1"}, {Address: "box"}} },
		"remotes[0].tls_cert": func(c *VisionConfig) { c.Remotes = []RemoteConfig{{Address: "[::1]:1", TLSCA: "ca"}} },
		"remotes":             func(c *VisionConfig) { c.Remotes = make([]RemoteConfig, 65) },
	} {
		c := DefaultVisionConfig()
		edit(&c)
		var e *models.Error
		require.ErrorAs(t, c.Validate(), &e, field)
		require.Equal(t, field, e.Field)
	}
	c := DefaultVisionConfig()
	c.Remotes = []RemoteConfig{{Address: "10.0.0.5:7443", TLSCert: "c", TLSKey: "k", TLSCA: "ca"}}
	require.NoError(t, c.Validate())
	require.Zero(t, c.instances(), "beside remotes none runs here unless told")
	c.Instances = 2
	require.Equal(t, 2, c.instances())
}
