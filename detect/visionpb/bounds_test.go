package visionpb

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"zhihui/models"
)

func TestRequestsKeepTheirBounds(t *testing.T) {
	boxes := func(n int, o *Object) []*Object {
		var out []*Object
		for range n {
			out = append(out, o)
		}
		return out
	}
	good := &Object{Label: "person", Score: 0.5, Box: &Box{X: 0.5, Y: 0.5, W: 0.5, H: 0.5}}
	draw := func(list []*Object) *Request {
		return &Request{Kind: &Request_Snapshot{Snapshot: &Snapshot{Camera: "a", Boxes: list}}}
	}
	unit := func(camera string, n int) *Request {
		return &Request{Kind: &Request_Unit{Unit: &Unit{Camera: camera, Data: make([]byte, n)}}}
	}
	glance := func(camera string, n int, codec Codec) *Request {
		return &Request{Kind: &Request_Glance{Glance: &Glance{Camera: camera, Codec: codec, Data: make([]byte, n)}}}
	}
	for _, c := range []struct {
		name  string
		r     *Request
		fault string // field; "" = none
	}{
		{"hello", &Request{Kind: &Request_Hello{Hello: &Hello{Version: 1}}}, ""},
		{"long agent", &Request{Kind: &Request_Hello{Hello: &Hello{Agent: strings.Repeat("x", 129)}}}, "hello.agent"},
		{"many missing", &Request{Kind: &Request_Hello{Hello: &Hello{Missing: make([]string, 17)}}}, "hello.missing"},
		{"much credit", &Request{Kind: &Request_Hello{Hello: &Hello{Credit: math.MaxUint32}}}, "hello.credit"},
		{"unit", unit("a", MaxUnit), ""},
		{"empty unit", unit("a", 0), "unit.data"},
		{"large unit", unit("a", MaxUnit+1), "unit.data"},
		{"no camera", unit("", 1), "unit.camera"},
		{"a path", unit("../a", 1), "unit.camera"},
		{"no codec", &Request{Kind: &Request_Configure{Configure: &Configure{Camera: "a"}}}, "configure.codec"},
		{"forget", &Request{Kind: &Request_Forget{Forget: &Forget{Camera: "a"}}}, ""},
		{"snapshot", draw(boxes(MaxObjects, good)), ""},
		{"many boxes", draw(boxes(MaxObjects+1, good)), "snapshot.boxes"},
		{"no box", draw(boxes(1, &Object{})), "snapshot.boxes"},
		{"a nil in the list", draw(boxes(1, nil)), "snapshot.boxes"},
		{"not a number", draw(boxes(1, &Object{Box: &Box{X: float32(math.NaN())}})), "snapshot.boxes"},
		{"outside", draw(boxes(1, &Object{Box: &Box{X: 0.9, W: 0.2}})), "snapshot.boxes"},
		{"long label", draw(boxes(1, &Object{Label: strings.Repeat("x", 33), Box: &Box{}})), "snapshot.boxes.label"},
		{"glance", glance("a", 1, Codec_CODEC_H265), ""},
		{"empty glance", glance("a", 0, Codec_CODEC_H264), "glance.data"},
		{"large glance", glance("a", MaxUnit+1, Codec_CODEC_H264), "glance.data"},
		{"glance without a codec", glance("a", 1, 0), "glance.codec"},
		{"glance at nobody", glance("", 1, Codec_CODEC_H264), "glance.camera"},
		{"nothing", &Request{}, "kind"},
		{"nil", nil, "kind"},
		{"a kind without content", &Request{Kind: &Request_Unit{}}, "unit.data"},
	} {
		t.Run(c.name, func(t *testing.T) { requireField(t, c.fault, c.r.Check()) })
	}
}

func TestRepliesKeepTheirBounds(t *testing.T) {
	result := func(edit func(*Result)) *Reply {
		r := &Result{Camera: "a", Motion: 0.5, MotionBoxes: []*Box{{W: 1, H: 1}}}
		edit(r)
		return &Reply{Kind: &Reply_Result{Result: r}}
	}
	picture := func(p *Picture) *Reply { return &Reply{Kind: &Reply_Picture{Picture: p}} }
	sight := func(luma, energy, jpeg int, sentence string) *Reply {
		return &Reply{Kind: &Reply_Sight{Sight: &Sight{Camera: "a", Luma: make([]byte, luma), Energy: make([]byte, energy), Jpeg: make([]byte, jpeg), Sentence: sentence}}}
	}
	const cells = SightWidth * SightHeight
	for _, c := range []struct {
		name  string
		r     *Reply
		fault string
	}{
		{"result", result(func(*Result) {}), ""},
		{"motion above 1", result(func(r *Result) { r.Motion = 1.5 }), "result.motion"},
		{"motion is no number", result(func(r *Result) { r.Motion = float32(math.NaN()) }), "result.motion"},
		{"many motion boxes", result(func(r *Result) { r.MotionBoxes = make([]*Box, MaxMotionBoxes+1) }), "result.motion_boxes"},
		{"a nil box", result(func(r *Result) { r.MotionBoxes = []*Box{nil} }), "result.motion_boxes"},
		{"long sentence", result(func(r *Result) { r.Sentence = strings.Repeat("x", 257) }), "result.sentence"},
		{"score above 1", result(func(r *Result) { r.Objects = []*Object{{Score: 2, Box: &Box{}}} }), "result.objects"},
		{"odd camera", result(func(r *Result) { r.Camera = "a b" }), "result.camera"},
		{"picture", picture(&Picture{Camera: "a", Jpeg: make([]byte, MaxJPEG)}), ""},
		{"large picture", picture(&Picture{Camera: "a", Jpeg: make([]byte, MaxJPEG+1)}), "picture.jpeg"},
		{"sight", sight(cells, cells, MaxJPEG, ""), ""},
		{"sight of nothing", sight(0, 0, 0, "why"), ""},
		{"half a sight", sight(cells, 0, 0, ""), "sight.luma"},
		{"a small sight", sight(9, 9, 0, ""), "sight.luma"},
		{"a large sight", sight(cells+1, cells+1, 0, ""), "sight.luma"},
		{"sight with a large picture", sight(cells, cells, MaxJPEG+1, ""), "sight.jpeg"},
		{"sight with a long sentence", sight(0, 0, 0, strings.Repeat("x", 257)), "sight.sentence"},
		{"hello", &Reply{Kind: &Reply_Hello{Hello: &Hello{Network: strings.Repeat("x", 65)}}}, "hello.network"},
		{"nothing", &Reply{}, "kind"},
	} {
		t.Run(c.name, func(t *testing.T) { requireField(t, c.fault, c.r.Check()) })
	}
}

func requireField(t *testing.T, field string, err error) {
	t.Helper()
	if field == "" {
		require.NoError(t, err)
		return
	}
	var e *models.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, field, e.Field)
}

func TestSpeaks(t *testing.T) {
	require.NoError(t, (&Hello{Version: Version}).Speaks())
	require.ErrorContains(t, (&Hello{Version: 2}).Speaks(), "update the older")
}

func TestWhatIsConvertedKeepsTheBounds(t *testing.T) {
	odd := models.Object{Label: strings.Repeat("人", 20), Score: math.Inf(1), Box: models.Box{X: -1, Y: math.NaN(), W: 9, H: -3}}
	list := make([]models.Object, 100)
	for i := range list {
		list[i] = odd
	}
	r := &Request{Kind: &Request_Snapshot{Snapshot: &Snapshot{Camera: "a", Boxes: ObjectsOf(list)}}}
	require.NoError(t, r.Check())
	_, err := proto.Marshal(r)
	require.NoError(t, err, "a label that is cut stays valid text")
	_, err = proto.Marshal(&Result{Sentence: Sentence(strings.Repeat("坏", 300))})
	require.NoError(t, err)
	o := models.Object{Label: "car", Score: 0.5, Box: models.Box{X: 0.25, Y: 0.5, W: 0.25, H: 0.5}}
	require.Equal(t, o, ObjectsOf([]models.Object{o})[0].Model())
}

func TestAnnexB(t *testing.T) {
	require.Equal(t, []byte{0, 0, 0, 1, 7, 8, 0, 0, 0, 1, 9}, AnnexB([][]byte{{7, 8}, {9}}))
	require.Empty(t, AnnexB(nil))
}

// FuzzCheck holds the bounds against whatever bytes come over the socket.
func FuzzCheck(f *testing.F) {
	seed, err := proto.Marshal(&Request{Kind: &Request_Snapshot{Snapshot: &Snapshot{Camera: "a", Boxes: []*Object{{Box: &Box{X: 0.5}}}}}})
	require.NoError(f, err)
	f.Add(seed)
	f.Fuzz(func(t *testing.T, data []byte) {
		var q Request
		if proto.Unmarshal(data, &q) == nil && q.Check() == nil && q.GetSnapshot() != nil {
			require.True(t, models.ValidID(q.GetSnapshot().GetCamera()))
			require.LessOrEqual(t, len(q.GetSnapshot().GetBoxes()), MaxObjects)
		}
		var p Reply
		if proto.Unmarshal(data, &p) == nil && p.Check() == nil && len(p.GetSight().GetLuma()) > 0 {
			require.Len(t, p.GetSight().GetEnergy(), SightWidth*SightHeight)
		}
	})
}

func TestTheGeneratedFilesAreFresh(t *testing.T) {
	if _, err := exec.LookPath("protoc"); err != nil {
		t.Skip("protoc is not installed (Debian: protobuf-compiler)")
	}
	dir := t.TempDir()
	said, err := exec.Command("./generate.sh", dir).CombinedOutput()
	require.NoError(t, err, "%s", said)
	for _, name := range []string{"vision.pb.go", "vision_grpc.pb.go"} {
		want, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		have, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, string(want), string(have), "%s is stale: run go generate", name)
	}
}
