package detect

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/grpc"

	"zhihui/detect/vision/blackbox"
	"zhihui/detect/visionpb"
	"zhihui/models"
)

// fakeEnv makes this test binary a worker: its value is the worker's arguments.
const fakeEnv = "ZHIHUI_TEST_VISION_WORKER"

// oldNetworks makes it a worker of before there were glances.
const oldNetworks = "old"

// fake is a worker that answers at once, and fails at units that say so.
type fake struct {
	visionpb.UnimplementedVisionServer
	box *blackbox.Box // nil elsewhere, where two conversations may overlap
	end chan struct{} // ends a hang; nil = nothing does
	old bool          // knows of no glances
}

// TestFakeVisionWorker is no test: those of vision start this binary with it as their worker.
func TestFakeVisionWorker(t *testing.T) {
	args := os.Getenv(fakeEnv)
	if args == "" {
		t.Skip("runs as a child of the tests of Vision")
	}
	flags := flag.NewFlagSet("worker", flag.ExitOnError)
	socket, box := flags.String("socket", "", ""), flags.String("blackbox", "", "")
	flags.String("onnxruntime", "", "")
	networks := flags.String("networks", "", "")
	require.NoError(t, flags.Parse(strings.Split(strings.TrimSuffix(args, "\nend"), "\n")))
	b, err := blackbox.Create(*box)
	require.NoError(t, err)
	l, err := net.Listen("unix", *socket)
	require.NoError(t, err)
	server := grpc.NewServer(grpc.MaxRecvMsgSize(visionpb.MaxMessage))
	visionpb.RegisterVisionServer(server, &fake{box: b, old: *networks == oldNetworks})
	require.NoError(t, server.Serve(l))
}

func (f *fake) Work(s grpc.BidiStreamingServer[visionpb.Request, visionpb.Reply]) error {
	if _, err := s.Recv(); err != nil {
		return err
	}
	hello := &visionpb.Hello{Version: 1, Credit: 4, Network: "fake", Missing: []string{"everything"}, Glances: !f.old}
	if err := s.Send(&visionpb.Reply{Kind: &visionpb.Reply_Hello{Hello: hello}}); err != nil {
		return err
	}
	known, last := map[string]bool{}, map[string]uint64{}
	for {
		r, err := s.Recv()
		if err != nil {
			return err
		}
		reply := &visionpb.Reply{}
		switch {
		case r.GetConfigure() != nil:
			known[r.GetConfigure().GetCamera()] = true
			continue
		case r.GetForget() != nil:
			delete(known, r.GetForget().GetCamera())
			continue
		case r.GetSnapshot() != nil:
			reply.Kind = &visionpb.Reply_Picture{Picture: &visionpb.Picture{Camera: r.GetSnapshot().GetCamera(), Request: r.GetSnapshot().GetRequest(),
				Jpeg: fmt.Appendf(nil, "jpeg of %d", len(r.GetSnapshot().GetBoxes()))}}
		case r.GetGlance() != nil:
			reply.Kind = &visionpb.Reply_Sight{Sight: f.glance(r.GetGlance())}
		default:
			u := r.GetUnit()
			reply.Kind = &visionpb.Reply_Result{Result: f.look(u, known[u.GetCamera()])}
			if !u.GetKey() && u.GetSeq() != last[u.GetCamera()]+1 {
				reply.GetResult().Fault = visionpb.Fault_FAULT_NEEDS_KEY
			}
			last[u.GetCamera()] = u.GetSeq()
		}
		if err := s.Send(reply); err != nil {
			return err
		}
	}
}

// glance fails at what fails to be looked at.
func (f *fake) glance(g *visionpb.Glance) *visionpb.Sight {
	const cells = visionpb.SightWidth * visionpb.SightHeight
	s := &visionpb.Sight{Camera: g.GetCamera(), Request: g.GetRequest()}
	r := f.look(&visionpb.Unit{Camera: g.GetCamera(), Data: g.GetData()}, true)
	if s.Sentence = r.GetSentence(); s.Sentence == "" {
		s.Luma, s.Energy = bytes.Repeat([]byte{7}, cells), make([]byte, cells)
	}
	if g.GetJpeg() {
		s.Jpeg = []byte("jpeg")
	}
	return s
}

func (f *fake) look(u *visionpb.Unit, known bool) *visionpb.Result {
	if f.box != nil {
		f.box.Enter(u.GetCamera(), u.GetSeq(), blackbox.Decode)
		defer f.box.Leave()
	}
	says := func(word string) bool { return bytes.Contains(u.GetData(), []byte(word)) }
	switch {
	case says("segv"):
		syscall.Kill(os.Getpid(), syscall.SIGSEGV)
		time.Sleep(time.Minute) // until the signal is there
	case says("exit"):
		os.Exit(2)
	case says("hang"):
		select { // until the parent has had enough
		case <-time.After(time.Minute):
		case <-f.end:
		}
	case says("mute"):
		f.box.Leave()
		time.Sleep(time.Minute) // stopped, or hanging beside the pictures
	case says("slow"):
		time.Sleep(50 * time.Millisecond) // is the case itself: units that take long
	case says("lie"):
		return &visionpb.Result{Camera: u.GetCamera(), Seq: u.GetSeq() + 1}
	case says("rude"):
		return &visionpb.Result{Camera: u.GetCamera(), Seq: u.GetSeq(), Motion: 7}
	}
	r := &visionpb.Result{Camera: u.GetCamera(), Seq: u.GetSeq(), Decoded: true, HasMotion: u.GetMotion(), Motion: 0.5, HasObjects: u.GetObjects()}
	if says("person") && u.GetObjects() {
		r.Objects = visionpb.ObjectsOf([]models.Object{{Label: "person", Score: 0.9, Box: models.Box{X: 0.4, Y: 0.4, W: 0.1, H: 0.3}}})
	}
	switch {
	case !known:
		r.Fault = visionpb.Fault_FAULT_UNKNOWN_CAMERA
	case says("broken"):
		r.Fault, r.Sentence = visionpb.Fault_FAULT_BROKEN, "the unit is damaged"
	}
	return r
}

// workshop is a running Vision over fake workers, and a camera's way of sending units to it.
type workshop struct {
	*Vision
	t   *testing.T
	seq map[string]uint64
}

func newWorkshop(t *testing.T, edit func(*VisionConfig)) *workshop {
	before := goleak.IgnoreCurrent()
	script := filepath.Join(t.TempDir(), "worker")
	text := "#!/bin/sh\n" + fakeEnv + "=$(printf '%s\\n' \"$@\" end) exec '" + os.Args[0] + "' -test.run='^TestFakeVisionWorker$'\n"
	require.NoError(t, os.WriteFile(script, []byte(text), 0o700))
	cfg := DefaultVisionConfig()
	cfg.Binary, cfg.Instances = script, 1
	if edit != nil {
		edit(&cfg)
	}
	v, err := NewVision(cfg, slog.New(slog.NewTextHandler(io.Discard, nil)), prometheus.NewRegistry())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- v.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
		goleak.VerifyNone(t, before)
	})
	h := &workshop{Vision: v, t: t, seq: map[string]uint64{}}
	require.Eventually(t, func() bool { return v.Health().Up == len(v.instances) }, 20*time.Second, 5*time.Millisecond)
	return h
}

// offer sends the camera's next unit, a key unit, with a word for the worker.
func (h *workshop) offer(camera, word string) bool {
	h.seq[camera]++
	return h.Analyse(&models.AccessUnit{Camera: camera, Codec: models.H264, Session: 1, Seq: h.seq[camera], Key: true,
		ReceivedAt: time.Unix(1_700_000_000, int64(h.seq[camera])), NALUs: [][]byte{[]byte("unit " + word)}}, WantMotion)
}

// insist offers units until one is taken.
func (h *workshop) insist(camera, word string) {
	h.t.Helper()
	require.Eventually(h.t, func() bool { return h.offer(camera, word) }, 20*time.Second, 2*time.Millisecond)
}

// next returns the next Result of a camera, passing over those of others.
func (h *workshop) next(camera string) Result {
	h.t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case r := <-h.Results():
			if r.Camera == camera {
				return r
			}
		case <-limit:
			h.t.Fatalf("no Result of camera %s came", camera)
		}
	}
}
