//go:build cgo

package vision

import (
	"bytes"
	"image/jpeg"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"zhihui/detect/vision/clips"
	"zhihui/detect/visionpb"
	"zhihui/models"
)

func TestAWorkerSeesMotionPeopleAndDrawsThem(t *testing.T) {
	if library() == "" {
		t.Skip("ONNX Runtime is not there: models/weights/fetch-onnxruntime.sh fetches it")
	}
	units := clips.Units(t, "vtest.avi", "gate", models.H264, "6", "")
	s, h := greeted(t, serve(t, Config{OnnxRuntime: library(), Networks: filepath.Join(clips.Root(), "models", "weights")}))
	require.Equal(t, "nanodet_g", h.GetNetwork())
	require.Empty(t, h.GetMissing())
	require.NoError(t, s.Send(configured("gate", visionpb.Codec_CODEC_H264)))
	people, moving := 0, 0
	var last *visionpb.Result
	for _, u := range units {
		last = ask(t, s, asUnit(u, true, u.Seq%5 == 0)).GetResult()
		require.Equal(t, u.Seq, last.GetSeq())
		require.Equal(t, u.ReceivedAt.UnixMilli(), last.GetReceivedAtMs())
		require.Equal(t, visionpb.Fault_FAULT_NONE, last.GetFault())
		require.True(t, last.GetDecoded() && last.GetHasMotion() && last.GetHasObjects() == (u.Seq%5 == 0))
		if last.GetMotion() > 0.003 && len(last.GetMotionBoxes()) > 0 {
			moving++
		}
		for _, o := range last.GetObjects() {
			if o.GetLabel() == "person" {
				people++
			}
		}
	}
	require.Greater(t, moving, 40)
	require.Greater(t, people, 3*12)

	p := ask(t, s, &visionpb.Request{Kind: &visionpb.Request_Snapshot{Snapshot: &visionpb.Snapshot{Camera: "gate", Request: 7, Boxes: last.GetObjects()}}}).GetPicture()
	require.Equal(t, uint64(7), p.GetRequest())
	picture, err := jpeg.Decode(bytes.NewReader(p.GetJpeg()))
	require.NoError(t, err)
	require.Equal(t, [2]int{640, 360}, [2]int{picture.Bounds().Dx(), picture.Bounds().Dy()})
}

func TestBoxesAreDrawnOnThePictureThatTheyWereFoundIn(t *testing.T) {
	if library() == "" {
		t.Skip("ONNX Runtime is not there: models/weights/fetch-onnxruntime.sh fetches it")
	}
	units := clips.Units(t, "vtest.avi", "gate", models.H264, "1", "")
	s, _ := greeted(t, serve(t, Config{OnnxRuntime: library(), Networks: filepath.Join(clips.Root(), "models", "weights")}))
	require.NoError(t, s.Send(configured("gate", visionpb.Codec_CODEC_H264)))
	shot := func(boxes ...*visionpb.Object) []byte {
		r := ask(t, s, &visionpb.Request{Kind: &visionpb.Request_Snapshot{Snapshot: &visionpb.Snapshot{Camera: "gate", Boxes: boxes}}})
		require.Empty(t, r.GetPicture().GetSentence())
		return r.GetPicture().GetJpeg()
	}
	var looked []byte
	for i, u := range units {
		ask(t, s, asUnit(u, true, i == 3))
		if i == 3 {
			looked = shot()
		}
	}
	unseen := &visionpb.Object{Box: &visionpb.Box{}} // of no size, so that nothing is drawn
	require.Equal(t, looked, shot(unseen))
	require.NotEqual(t, looked, shot(), "without boxes the newest picture")
}

func TestWithoutANetworkMotionIsSeenAndTheHelloSaysWhatIsMissing(t *testing.T) {
	units := clips.Units(t, "vtest.avi", "gate", models.H265, "2", "")
	s, h := greeted(t, serve(t, Config{OnnxRuntime: "/nowhere.so"}))
	require.Empty(t, h.GetNetwork())
	require.Len(t, h.GetMissing(), 1)
	require.Contains(t, h.GetMissing()[0], "ONNX Runtime")
	require.NoError(t, s.Send(configured("gate", visionpb.Codec_CODEC_H265)))
	var last *visionpb.Result
	for _, u := range units {
		last = ask(t, s, asUnit(u, true, true)).GetResult()
	}
	require.True(t, last.GetDecoded() && last.GetHasMotion())
	require.False(t, last.GetHasObjects())
}

func TestEachUnitGetsOneResultWhateverIsWrongWithIt(t *testing.T) {
	units := clips.Units(t, "vtest.avi", "gate", models.H264, "4", "")
	s, _ := greeted(t, serve(t, Config{}))
	damaged := *units[1]
	damaged.NALUs = [][]byte{bytes.Repeat([]byte{0x65, 0x88}, 500)}
	require.Equal(t, visionpb.Fault_FAULT_UNKNOWN_CAMERA, ask(t, s, asUnit(units[0], true, true)).GetResult().GetFault())
	require.NoError(t, s.Send(configured("gate", visionpb.Codec_CODEC_H264)))
	for _, c := range []struct {
		name string
		u    *models.AccessUnit
		want visionpb.Fault
	}{
		{"not key first", units[1], visionpb.Fault_FAULT_NEEDS_KEY},
		{"key", units[0], visionpb.Fault_FAULT_NONE},
		{"damaged", &damaged, visionpb.Fault_FAULT_BROKEN},
		{"after damage", units[2], visionpb.Fault_FAULT_NEEDS_KEY},
		{"key again", units[20], visionpb.Fault_FAULT_NONE},
		{"next", units[21], visionpb.Fault_FAULT_NONE},
		{"a gap", units[23], visionpb.Fault_FAULT_NEEDS_KEY},
	} {
		r := ask(t, s, asUnit(c.u, true, true)).GetResult()
		require.Equal(t, c.want, r.GetFault(), c.name)
		require.Equal(t, c.want != visionpb.Fault_FAULT_NONE, r.GetSentence() != "", c.name)
	}
	p := ask(t, s, forget("gate"), snapshot("gate")).GetPicture()
	require.Empty(t, p.GetJpeg())
	require.NotEmpty(t, p.GetSentence())
}

func TestWhatAKeyUnitHasOvertakenIsAnsweredInItsPlace(t *testing.T) {
	units := clips.Units(t, "vtest.avi", "gate", models.H264, "3", "")
	e := hall(t, 0)
	w := &Worker{log: slog.New(slog.DiscardHandler)}
	q := newQueue()
	require.NoError(t, q.put(configured("gate", visionpb.Codec_CODEC_H264)))
	first, open := q.take()
	require.True(t, open)
	require.Nil(t, w.reply(e, first.requests[0], nil))
	for _, u := range units[:25] {
		require.NoError(t, q.put(asUnit(u, true, false)))
	}
	var seqs []uint64
	for len(seqs) < 25 {
		turn, open := q.take()
		require.True(t, open)
		for r := range w.serve(e, turn) {
			r := r.GetResult()
			seqs = append(seqs, r.GetSeq())
			require.Zero(t, r.GetFault(), r.GetSentence())
			require.Equal(t, r.GetSeq() > 20, r.GetDecoded(), "unit %d", r.GetSeq())
		}
	}
	for n, seq := range seqs {
		require.Equal(t, units[n].Seq, seq)
	}
}

func TestABreachOfTheProtocolEndsTheStreamWithASentence(t *testing.T) {
	big := &visionpb.Request{Kind: &visionpb.Request_Unit{Unit: &visionpb.Unit{Camera: "a", Data: make([]byte, visionpb.MaxUnit+1)}}}
	huge := &visionpb.Request{Kind: &visionpb.Request_Unit{Unit: &visionpb.Unit{Camera: "a", Data: make([]byte, visionpb.MaxMessage+1)}}}
	var flood []*visionpb.Request
	for n := range 4000 {
		flood = append(flood, unit("a", uint64(n), false))
	}
	for _, c := range []struct {
		name  string
		hello *visionpb.Request
		then  []*visionpb.Request
		want  codes.Code
	}{
		{"no hello", configured("a", visionpb.Codec_CODEC_H264), nil, codes.InvalidArgument},
		{"another version", hello(2), nil, codes.FailedPrecondition},
		{"a second hello", hello(1), []*visionpb.Request{hello(1)}, codes.InvalidArgument},
		{"nothing", hello(1), []*visionpb.Request{{}}, codes.InvalidArgument},
		{"odd camera", hello(1), []*visionpb.Request{configured("../a", visionpb.Codec_CODEC_H264)}, codes.InvalidArgument},
		{"odd codec", hello(1), []*visionpb.Request{configured("a", 9)}, codes.InvalidArgument},
		{"large unit", hello(1), []*visionpb.Request{big}, codes.InvalidArgument},
		{"large message", hello(1), []*visionpb.Request{huge}, codes.ResourceExhausted},
		{"more than the credit", hello(1), flood, codes.ResourceExhausted},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, Config{})() // its own worker: the stream before may not be over there when it is here
			_ = s.Send(c.hello)       // the answer says what was wrong
			for _, r := range c.then {
				_ = s.Send(r)
			}
			var err error
			for err == nil {
				_, err = s.Recv()
			}
			require.Equal(t, c.want, status.Code(err), "%v", err)
			require.NotEmpty(t, status.Convert(err).Message())
		})
	}
}

func TestAWorkerServesOneStream(t *testing.T) {
	open := serve(t, Config{})
	first, _ := greeted(t, open)
	second := open()
	_ = second.Send(hello(1)) // the answer says what was wrong
	_, err := second.Recv()
	require.Equal(t, codes.Unavailable, status.Code(err))
	require.NoError(t, first.CloseSend())
	_, err = first.Recv()
	require.Error(t, err)
}

func BenchmarkUnit640x360(b *testing.B) {
	units := clips.Units(b, "vtest.avi", "gate", models.H264, "8", "")
	e := hall(b, 0)
	require.NoError(b, e.configure(&visionpb.Configure{Camera: "gate", Codec: visionpb.Codec_CODEC_H264}))
	for i := 0; b.Loop(); i++ {
		if i%len(units) == 0 {
			e.cameras["gate"].next = 0
		}
		if r := e.look(asUnit(units[i%len(units)], true, false).GetUnit(), false); r.GetFault() != 0 {
			b.Fatal(r)
		}
	}
}
