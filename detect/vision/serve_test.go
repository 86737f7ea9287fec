//go:build cgo

package vision

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"zhihui/detect/vision/blackbox"
	"zhihui/detect/vision/clips"
	"zhihui/detect/visionpb"
	"zhihui/models"
)

type stream = grpc.BidiStreamingClient[visionpb.Request, visionpb.Reply]

// library is where ONNX Runtime lies, "" where it was not fetched.
func library() string {
	path := filepath.Join(clips.Root(), ".cache", "onnxruntime", "libonnxruntime.so.1")
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// serve runs a worker and returns a way to open streams to it.
func serve(t testing.TB, cfg Config) func() stream {
	dir := t.TempDir()
	cfg.BlackBox = filepath.Join(dir, "box")
	w, err := New(cfg, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	require.NoError(t, err)
	server := grpc.NewServer(grpc.MaxRecvMsgSize(visionpb.MaxMessage), grpc.WaitForHandlers(true))
	visionpb.RegisterVisionServer(server, w)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	conn, err := grpc.NewClient("unix:"+filepath.Join(dir, "s"), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallSendMsgSize(2*visionpb.MaxMessage), grpc.MaxCallRecvMsgSize(visionpb.MaxMessage)))
	require.NoError(t, err)
	t.Cleanup(func() {
		conn.Close()
		server.Stop()
		require.NoError(t, <-served)
		w.Close()
		_, busy := blackbox.Read(cfg.BlackBox)
		require.False(t, busy)
	})
	return func() stream {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		t.Cleanup(cancel)
		s, err := visionpb.NewVisionClient(conn).Work(ctx)
		require.NoError(t, err)
		return s
	}
}

func hello(version uint32) *visionpb.Request {
	return &visionpb.Request{Kind: &visionpb.Request_Hello{Hello: &visionpb.Hello{Version: version}}}
}

func configured(camera string, codec visionpb.Codec) *visionpb.Request {
	return &visionpb.Request{Kind: &visionpb.Request_Configure{Configure: &visionpb.Configure{Camera: camera, Codec: codec}}}
}

func asUnit(u *models.AccessUnit, motion, objects bool) *visionpb.Request {
	return &visionpb.Request{Kind: &visionpb.Request_Unit{Unit: &visionpb.Unit{Camera: u.Camera, Seq: u.Seq, Key: u.Key,
		Data: visionpb.AnnexB(u.NALUs), ReceivedAtMs: u.ReceivedAt.UnixMilli(), Motion: motion, Objects: objects}}}
}

// greeted opens a stream and returns the worker's Hello.
func greeted(t testing.TB, open func() stream) (stream, *visionpb.Hello) {
	s := open()
	require.NoError(t, s.Send(hello(1)))
	r, err := s.Recv()
	require.NoError(t, err)
	require.NoError(t, r.Check())
	return s, r.GetHello()
}

// ask sends requests and returns the answer to the last.
func ask(t testing.TB, s stream, requests ...*visionpb.Request) *visionpb.Reply {
	for _, r := range requests {
		require.NoError(t, s.Send(r))
	}
	r, err := s.Recv()
	require.NoError(t, err)
	require.NoError(t, r.Check(), "what a worker says keeps the bounds")
	return r
}
