//go:build cgo

package main

import (
	"bufio"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/detect"
	"zhihui/detect/vision/clips"
	"zhihui/models"
	"zhihui/models/pki"
)

// certificates makes ca, server and hall (.pem and .key), and returns their folder.
func certificates(t *testing.T) func(name string) string {
	made, err := pki.NewCA("test", nil, time.Now())
	require.NoError(t, err)
	ca, err := pki.ReadCA(made.Cert, made.Key)
	require.NoError(t, err)
	dir := t.TempDir()
	put := func(name string, m pki.Made, err error) {
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".pem"), m.Cert, 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".key"), m.Key, 0o600))
	}
	put("ca", made, nil)
	server, err := ca.Server([]string{"127.0.0.1"}, time.Now())
	put("server", server, err)
	client, err := ca.Client("hall", time.Now())
	put("hall", client, err)
	return func(name string) string { return filepath.Join(dir, name) }
}

// listening starts the real worker on a free port and returns its address.
func listening(t *testing.T, binary string, args ...string) string {
	cmd := exec.Command(binary, append(args, "--listen", "127.0.0.1:0")...)
	out, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	said := bufio.NewScanner(out)
	at := regexp.MustCompile(`zhihui-vision listens" address=(\S+)`)
	for said.Scan() {
		if m := at.FindStringSubmatch(said.Text()); m != nil {
			drained := make(chan struct{})
			go func() {
				defer close(drained)
				for said.Scan() {
				}
			}()
			t.Cleanup(func() {
				require.NoError(t, cmd.Process.Signal(os.Interrupt))
				<-drained
				require.NoError(t, cmd.Wait())
			})
			return m[1]
		}
	}
	t.Fatal("it does not listen")
	return ""
}

func TestTheRealWorkerElsewhereOverTLS(t *testing.T) {
	units := clips.Units(t, "vtest.avi", "gate", models.H264, "4", "")
	path := certificates(t)
	address := listening(t, build(t), "--tls-cert", path("server.pem"), "--tls-key", path("server.key"), "--tls-ca", path("ca.pem"))
	cfg := detect.DefaultVisionConfig()
	cfg.Remotes = []detect.RemoteConfig{{Address: address, TLSCert: path("hall.pem"), TLSKey: path("hall.key"), TLSCA: path("ca.pem")}}
	v, err := detect.NewVision(cfg, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- v.Run(ctx) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-done) })
	require.Eventually(t, func() bool { return v.Health().Up == 1 }, 30*time.Second, 10*time.Millisecond)
	defer play(v, units, detect.WantMotion)()
	seen := await(t, v, func(r detect.Result) bool { return r.Fault == "" && r.Motion > 0 })
	require.Equal(t, "gate", seen.Camera)
}
