package detect

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"zhihui/detect/visionpb"
	"zhihui/models"
)

// greeting bounds the time from a worker's start to its Hello, in which it loads its network.
const greeting = 15 * time.Second

type stream = grpc.BidiStreamingClient[visionpb.Request, visionpb.Reply]

// letter is one thing to send: a request that is ready, or a unit that becomes one when its turn comes.
type letter struct {
	request *visionpb.Request
	unit    *models.AccessUnit
	want    Want
}

// post adds a letter to the outbox, under v.mu.
func (i *instance) post(l letter) {
	i.outbox = append(i.outbox, l)
	select {
	case i.wake <- struct{}{}:
	default: // the sender will look
	}
}

// talk speaks with one worker until the stream ends; the error says why.
func (i *instance) talk(ctx context.Context, target string, secured ...grpc.DialOption) error {
	conn, err := grpc.NewClient(target, append(secured,
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(visionpb.MaxMessage), grpc.MaxCallSendMsgSize(visionpb.MaxMessage)),
		grpc.WithConnectParams(grpc.ConnectParams{MinConnectTimeout: time.Second,
			Backoff: backoff.Config{BaseDelay: 20 * time.Millisecond, Multiplier: 1.2, MaxDelay: 100 * time.Millisecond}}))...)
	if err != nil {
		return err
	}
	defer conn.Close()
	both, ctx := errgroup.WithContext(ctx)
	s, err := i.greet(ctx, conn)
	if err != nil {
		return fmt.Errorf("the pixel worker does not greet: %w", err)
	}
	both.Go(func() error { return i.send(ctx, s) })
	both.Go(func() error { return i.receive(ctx, s) })
	err = both.Wait()
	if code := status.Code(err); code != codes.Unavailable && code != codes.Canceled {
		return fmt.Errorf("%w: %w", errBreach, err)
	}
	return err // the worker is gone: how it ended says why
}

func (i *instance) greet(ctx context.Context, conn *grpc.ClientConn) (stream, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	late := time.AfterFunc(greeting, func() { cancel(context.DeadlineExceeded) })
	defer late.Stop()
	s, err := visionpb.NewVisionClient(conn).Work(ctx, grpc.WaitForReady(i.remote == nil)) // one that we start takes a while to listen
	if err != nil {
		return nil, err
	}
	hello := &visionpb.Hello{Version: visionpb.Version, Agent: "zhihui"}
	if err := s.Send(&visionpb.Request{Kind: &visionpb.Request_Hello{Hello: hello}}); err != nil {
		return nil, err
	}
	first, err := s.Recv()
	if err != nil {
		return nil, err
	}
	if err := first.Check(); err != nil {
		return nil, err
	}
	if first.GetHello() == nil || first.GetHello().GetCredit() == 0 {
		return nil, models.FieldError("hello", "the worker's first message must be a Hello with a credit")
	}
	if err := first.GetHello().Speaks(); err != nil {
		return nil, err
	}
	i.v.deliver(ctx, i.up(first.GetHello()))
	return s, nil
}

// up takes the instance's cameras up where the last worker was, and returns what those must be told where that cannot be.
func (i *instance) up(hello *visionpb.Hello) (news []Result) {
	i.v.mu.Lock()
	defer i.v.mu.Unlock()
	i.hello, i.credit, i.trouble = hello, int(hello.GetCredit()), ""
	for camera, w := range i.v.cameras {
		if w.home != i {
			continue
		}
		letters := w.replay()
		for _, l := range letters {
			i.post(l)
		}
		if letters == nil && len(w.unanswered) > 0 {
			news = append(news, w.reset(camera, "more units came in than wait for a pixel worker"))
		}
	}
	i.v.log.Info("a pixel worker is up", "worker", i.name, "network", hello.GetNetwork(), "missing", hello.GetMissing())
	return news
}

// send empties the outbox whenever something lies there.
func (i *instance) send(ctx context.Context, s stream) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-i.wake:
		}
		i.v.mu.Lock()
		letters := i.outbox
		i.outbox = nil
		i.v.mu.Unlock()
		for _, l := range letters {
			if err := s.Send(l.asRequest()); err != nil {
				return nil // receive knows why
			}
		}
	}
}

// receive delivers answers until the stream ends or the worker breaks the protocol.
func (i *instance) receive(ctx context.Context, s stream) error {
	for {
		reply, err := s.Recv()
		if err != nil {
			return err
		}
		if err := reply.Check(); err != nil {
			return err
		}
		switch {
		case reply.GetPicture() != nil:
			i.picture(reply.GetPicture())
		case reply.GetSight() != nil:
			i.sight(reply.GetSight())
		case reply.GetResult() != nil:
			news, err := i.result(reply.GetResult())
			if err != nil {
				return err
			}
			i.v.deliver(ctx, news)
		default:
			return models.FieldError("kind", "a second Hello")
		}
	}
}

func (i *instance) picture(p *visionpb.Picture) {
	i.v.mu.Lock()
	defer i.v.mu.Unlock()
	if answer := i.pictures[p.GetRequest()]; answer != nil {
		answer <- p // has room for its one answer
		delete(i.pictures, p.GetRequest())
	}
}

// result takes an answer off its camera's account and returns what to deliver: one Result, or none of a forgotten camera.
func (i *instance) result(r *visionpb.Result) ([]Result, error) {
	i.v.mu.Lock()
	defer i.v.mu.Unlock()
	i.v.metrics.answered(r)
	i.answers++
	w := i.v.cameras[r.GetCamera()]
	if w == nil || w.home != i || len(w.unanswered) == 0 || w.unanswered[0].seq != r.GetSeq() {
		return nil, models.FieldError("result.seq", "the worker answers a unit of camera %s that was not next", r.GetCamera())
	}
	first := w.unanswered[0]
	w.unanswered = w.unanswered[1:]
	if w.forgotten && len(w.unanswered) == 0 {
		delete(i.v.cameras, r.GetCamera())
	}
	if first.off {
		return nil, nil
	}
	out := resultOf(r, first.at)
	switch r.GetFault() {
	case visionpb.Fault_FAULT_UNKNOWN_CAMERA:
		w.codec = ""
		fallthrough
	case visionpb.Fault_FAULT_NEEDS_KEY, visionpb.Fault_FAULT_BROKEN:
		out.Reset = w.follow.lost(r.GetSeq())
	}
	return []Result{out}, nil
}

func (l letter) asRequest() *visionpb.Request {
	if l.unit == nil {
		return l.request
	}
	return &visionpb.Request{Kind: &visionpb.Request_Unit{Unit: &visionpb.Unit{
		Camera: l.unit.Camera, Seq: l.unit.Seq, Key: l.unit.Key, Data: visionpb.AnnexB(l.unit.NALUs),
		ReceivedAtMs: l.unit.ReceivedAt.UnixMilli(), Motion: l.want&WantMotion != 0, Objects: l.want&WantObjects != 0,
		Whole: l.want&WantWhole != 0}}}
}

func configure(u *models.AccessUnit) *visionpb.Request {
	return &visionpb.Request{Kind: &visionpb.Request_Configure{Configure: &visionpb.Configure{Camera: u.Camera, Codec: codecOf(u.Codec)}}}
}

// resultOf returns r in the words of this package; at is its unit's receipt.
func resultOf(r *visionpb.Result, at time.Time) Result {
	out := Result{Camera: r.GetCamera(), Seq: r.GetSeq(), ReceivedAt: at, Decoded: r.GetDecoded(), Motion: float64(r.GetMotion()), HasMotion: r.GetHasMotion(), HasObjects: r.GetHasObjects(),
		Fault: r.GetSentence(), DecodeTime: milliseconds(r.GetDecodeMs()), MotionTime: milliseconds(r.GetMotionMs()), InferTime: milliseconds(r.GetInferMs())}
	if out.Fault == "" && r.GetFault() != visionpb.Fault_FAULT_NONE {
		out.Fault = r.GetFault().String()
	}
	for _, b := range r.GetMotionBoxes() {
		out.MotionBoxes = append(out.MotionBoxes, b.Model())
	}
	for _, o := range r.GetObjects() {
		out.Objects = append(out.Objects, o.Model())
	}
	return out
}

func milliseconds(ms float32) time.Duration {
	return time.Duration(float64(ms) * float64(time.Millisecond))
}
