package mp4

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func sps() []byte {
	return []byte{0x67, 0x64, 0x00, 0x0c, 0xac, 0x3b, 0x50, 0xb0, 0x4b, 0x42, 0x00, 0x00, 0x03, 0x00, 0x02, 0x00, 0x00, 0x03, 0x00, 0x3d, 0x08}
}

// unit is an access unit of a stream with those parameter sets; nothing in it can be decoded.
func unit(seq, session uint64, key bool) *models.AccessUnit {
	u := &models.AccessUnit{Codec: models.H264, Seq: seq, Session: session, Key: key, PTS: time.Duration(seq) * 100 * time.Millisecond}
	if key {
		u.NALUs = [][]byte{sps(), {0x68, 0xce}, {0x65, 0x88, 0x84}}
	} else {
		u.NALUs = [][]byte{{0x41, 0x9a, 0x24}}
	}
	return u
}

func TestWhatIsShown(t *testing.T) {
	lost := func(u *models.AccessUnit) *models.AccessUnit { u.Seq++; return u }
	for _, c := range []struct {
		name string
		unit []*models.AccessUnit
		want string // k a key picture, p another, - nothing
	}{
		{"from the first key picture on", []*models.AccessUnit{unit(1, 1, false), unit(2, 1, true), unit(3, 1, false)}, "-kp"},
		{"not after a loss", []*models.AccessUnit{unit(1, 1, true), lost(unit(2, 1, false)), unit(4, 1, false), unit(5, 1, true)}, "k--k"},
		{"not in the middle of a new session", []*models.AccessUnit{unit(1, 1, true), unit(2, 2, false), unit(3, 2, true), unit(4, 2, false)}, "k-kp"},
		{"nothing without NAL units", []*models.AccessUnit{unit(1, 1, true), {Codec: models.H264, Seq: 2, Session: 1}, unit(3, 1, false), unit(4, 1, true)}, "k--k"},
		{"nothing with an empty NAL unit", []*models.AccessUnit{{Codec: models.H264, Seq: 1, Session: 1, Key: true, NALUs: [][]byte{{}}}}, "-"},
		{"no other codec", []*models.AccessUnit{{Codec: "mjpeg", Seq: 1, Session: 1, Key: true, NALUs: [][]byte{{1}}}}, "-"},
	} {
		var m Film
		got := ""
		for _, u := range c.unit {
			_, ok, err := m.Add(u)
			require.NoError(t, err, c.name)
			switch {
			case !ok:
				got += "-"
			case u.Key:
				got += "k"
			default:
				got += "p"
			}
		}
		require.Equal(t, c.want, got, c.name)
	}
}

func TestAKeyPictureNeedsItsParameters(t *testing.T) {
	var m Film
	naked := unit(1, 1, true)
	naked.NALUs = naked.NALUs[2:]
	_, ok, err := m.Add(naked)
	require.False(t, ok)
	require.ErrorContains(t, err, "parameter sets")

	_, _, err = m.Add(unit(2, 1, true))
	require.NoError(t, err)
	header := m.Header()
	naked.Seq = 3
	_, ok, err = m.Add(naked)
	require.NoError(t, err)
	require.True(t, ok, "the parameters of before still count")
	require.Same(t, header, m.Header(), "and the header stays")

	broken := unit(4, 1, true)
	broken.NALUs[0] = []byte{0x67, 0x64, 0x00, 0x0c}
	_, ok, err = m.Add(broken)
	require.False(t, ok)
	require.Error(t, err)
	_, ok, err = m.Add(unit(5, 1, false))
	require.NoError(t, err)
	require.False(t, ok, "what hangs on it is not shown either")
}

func TestAnotherCodecBringsItsOwnParameters(t *testing.T) {
	p := parameters{codec: models.H264, sps: []byte{0x67}, pps: []byte{0x68}}
	got := p.find(&models.AccessUnit{Codec: models.H265, NALUs: [][]byte{{0x40, 1}, {0x42, 1}, {0x44, 1}}})
	require.Equal(t, parameters{codec: models.H265, vps: []byte{0x40, 1}, sps: []byte{0x42, 1}, pps: []byte{0x44, 1}}, got)
	require.True(t, got.complete())
	require.False(t, p.find(&models.AccessUnit{Codec: models.H265, NALUs: [][]byte{{0x42, 1}}}).complete(), "nothing of H.264 is left")
}

func TestWhenAPictureIsDecoded(t *testing.T) {
	for _, c := range []struct {
		dts  int64
		err  error
		want int64
	}{
		{dts: 900, want: 900},
		{dts: 1000, want: 1000},
		{dts: 1001, want: 1000},
		{dts: 1000 - Ticks - 1, want: 1000},
		{err: errors.New("order type 1"), want: 1000},
	} {
		o := decodeOrder{func([][]byte, int64) (int64, error) { return c.dts, c.err }}
		require.Equal(t, c.want, o.decodeTime(nil, 1000), "%+v", c)
	}
}
