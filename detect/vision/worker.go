//go:build cgo

package vision

import (
	"iter"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"zhihui/detect/vision/blackbox"
	"zhihui/detect/vision/cv"
	"zhihui/detect/vision/decode"
	"zhihui/detect/vision/infer"
	"zhihui/detect/visionpb"
	"zhihui/models"
)

// niceness of the thread that looks at pictures: the hall itself goes first.
const niceness = 5

// Config says where a worker finds what it looks with.
type Config struct {
	BlackBox    string // file of the page shared with the parent
	OnnxRuntime string // library file
	Networks    string // folder of manifests and networks
	Agent       string // program and version, for people
}

// Worker serves one stream at a time.
type Worker struct {
	visionpb.UnimplementedVisionServer
	log     *slog.Logger
	box     *blackbox.Box
	network *infer.Network // nil = none
	started bool           // ONNX Runtime is loaded
	hello   *visionpb.Hello
	one     sync.Mutex
}

// New returns a Worker with what is there; what is missing is only said, in its Hello and the log.
func New(cfg Config, log *slog.Logger) (*Worker, error) {
	box, err := blackbox.Create(cfg.BlackBox)
	if err != nil {
		return nil, err
	}
	cv.OneThread()
	w := &Worker{log: log, box: box, hello: &visionpb.Hello{Version: visionpb.Version, Agent: cfg.Agent,
		Codecs: []string{string(models.H264), string(models.H265)}, Credit: credit, Glances: true}}
	if err := w.open(cfg); err != nil {
		w.miss(err.Error())
	}
	return w, nil
}

// open loads the network; the error says why people and vehicles will not be found.
func (w *Worker) open(cfg Config) error {
	if err := infer.Start(cfg.OnnxRuntime); err != nil {
		return err
	}
	w.started = true
	m, faults, err := infer.Choose(cfg.Networks)
	for _, f := range faults {
		w.miss(f)
	}
	if err != nil {
		return err
	}
	if w.network, err = infer.Open(m); err != nil {
		return err
	}
	w.hello.Network = w.network.Name()
	debug.FreeOSMemory() // the network's file has been read, checked and handed over
	decode.Trim()
	return nil
}

func (w *Worker) miss(sentence string) {
	w.log.Warn("something is missing", "what", sentence)
	if len(w.hello.Missing) < 16 {
		w.hello.Missing = append(w.hello.Missing, visionpb.Sentence(sentence))
	}
}

// Close frees the network and the black box, after the last stream has ended.
func (w *Worker) Close() {
	if w.network != nil {
		w.network.Close()
	}
	if w.started {
		if err := infer.Stop(); err != nil {
			w.log.Warn("ONNX Runtime did not stop cleanly", "error", err)
		}
	}
	if err := w.box.Close(); err != nil {
		w.log.Warn("the black box did not close cleanly", "error", err)
	}
}

// Work serves one stream until its client ends it or breaks the protocol.
func (w *Worker) Work(stream grpc.BidiStreamingServer[visionpb.Request, visionpb.Reply]) error {
	if !w.one.TryLock() {
		return status.Error(codes.Unavailable, "another stream is open: a worker serves one")
	}
	defer w.one.Unlock()
	if err := w.greet(stream); err != nil {
		return err
	}
	e, err := newEyes(w.box, w.network)
	if err != nil {
		return status.Error(codes.ResourceExhausted, err.Error())
	}
	q := newQueue()
	var pixels sync.WaitGroup
	pixels.Go(func() { w.answer(stream, q, e) })
	err = receive(stream, q)
	q.close()
	pixels.Wait()
	return err
}

func (w *Worker) greet(stream grpc.BidiStreamingServer[visionpb.Request, visionpb.Reply]) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	if first.GetHello() == nil {
		return status.Error(codes.InvalidArgument, "the first message must be a Hello")
	}
	if err := first.Check(); err != nil {
		return status.Error(codes.InvalidArgument, err.Error())
	}
	if err := first.GetHello().Speaks(); err != nil {
		return status.Error(codes.FailedPrecondition, err.Error())
	}
	return stream.Send(&visionpb.Reply{Kind: &visionpb.Reply_Hello{Hello: w.hello}})
}

// receive fills the queue; it ends with the stream.
func receive(stream grpc.BidiStreamingServer[visionpb.Request, visionpb.Reply], q *queue) error {
	for {
		r, err := stream.Recv()
		if err != nil {
			return err
		}
		if err := r.Check(); err != nil {
			return status.Error(codes.InvalidArgument, err.Error())
		}
		if r.GetHello() != nil {
			return status.Error(codes.InvalidArgument, "a second Hello: the stream is open already")
		}
		if err := q.put(r); err != nil {
			return status.Error(codes.ResourceExhausted, err.Error())
		}
	}
}

// answer looks at pictures, camera by camera, until the queue is closed or the client is gone. Its thread is its own and
// ends with it, because its niceness cannot be taken back.
func (w *Worker) answer(stream grpc.BidiStreamingServer[visionpb.Request, visionpb.Reply], q *queue, e *eyes) {
	runtime.LockOSThread()
	if err := syscall.Setpriority(syscall.PRIO_PROCESS, 0, niceness); err != nil { // 0 = this thread, on Linux
		w.log.Warn("the pixel thread keeps its priority", "error", err)
	}
	defer e.close()
	for t, open := q.take(); open; t, open = q.take() {
		for reply := range w.serve(e, t) {
			if err := stream.Send(reply); err != nil {
				return // receive ends with the same stream and says why
			}
		}
	}
}

// serve does one turn and yields each answer as soon as it is there.
func (w *Worker) serve(e *eyes, t turn) iter.Seq[*visionpb.Reply] {
	return func(yield func(*visionpb.Reply) bool) {
		for _, u := range t.overtaken {
			if !yield(resultReply(answer(u))) {
				return
			}
		}
		for _, r := range t.requests {
			if reply := w.reply(e, r, t.look); reply != nil && !yield(reply) {
				return
			}
		}
	}
}

// reply returns nil for a request that has no answer. The network looks at one unit only.
func (w *Worker) reply(e *eyes, r *visionpb.Request, look *visionpb.Unit) *visionpb.Reply {
	switch k := r.GetKind().(type) {
	case *visionpb.Request_Configure:
		if err := e.configure(k.Configure); err != nil {
			w.log.Warn("a camera cannot be looked at", "camera", k.Configure.GetCamera(), "error", err)
		}
	case *visionpb.Request_Unit:
		return resultReply(e.look(k.Unit, k.Unit == look))
	case *visionpb.Request_Forget:
		e.forget(k.Forget.GetCamera())
	case *visionpb.Request_Snapshot:
		return &visionpb.Reply{Kind: &visionpb.Reply_Picture{Picture: e.snapshot(k.Snapshot)}}
	case *visionpb.Request_Glance:
		return &visionpb.Reply{Kind: &visionpb.Reply_Sight{Sight: e.glance(k.Glance)}}
	}
	return nil
}

func resultReply(r *visionpb.Result) *visionpb.Reply {
	return &visionpb.Reply{Kind: &visionpb.Reply_Result{Result: r}}
}
