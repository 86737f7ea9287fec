package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"
)

// patience bounds every wait for something that must come.
const patience = 10 * time.Second

// received is one access unit as a reader sees it.
type received struct {
	number uint64
	key    bool
	clock  uint32
	codec  Codec
	params [][]byte
	slices [][]byte
}

// reader plays one camera over TCP.
type reader struct {
	client *gortsplib.Client
	format format.Format  // which was described
	units  chan received  // what came, in order; closed when the session has ended
	clocks chan time.Time // of the sender reports
}

// connection is a client that has described a camera.
type connection struct {
	client *gortsplib.Client
	desc   *description.Session
}

func connect(t *testing.T, s *site, path, password string) (*connection, error) {
	t.Helper()
	address := s.server.addr()
	if c := s.server.cameras[path]; c != nil && c.port != nil {
		address = c.port.address
	}
	u, err := base.ParseURL(fmt.Sprintf("rtsp://zhihui:%s@%s/%s", password, address, path))
	require.NoError(t, err)
	tcp := gortsplib.TransportTCP
	// gortsplib notes when a frame came in whole seconds: with one second, a frame of the second before would be a silence.
	client := &gortsplib.Client{Scheme: u.Scheme, Host: u.Host, Transport: &tcp, ReadTimeout: 2 * time.Second}
	require.NoError(t, client.Start2())
	t.Cleanup(client.Close)
	desc, _, err := client.Describe(u)
	return &connection{client, desc}, err
}

// play reads a camera as soon as it lets anybody in.
func play(t *testing.T, s *site, path string) *reader {
	t.Helper()
	var c *connection
	require.Eventually(t, func() (ok bool) {
		var err error
		c, err = connect(t, s, path, "secret")
		return err == nil
	}, patience, 20*time.Millisecond)
	media := c.desc.Medias[0]
	decode := decoderOf(t, media.Formats[0])
	require.NoError(t, c.client.SetupAll(c.desc.BaseURL, c.desc.Medias))
	r := &reader{client: c.client, format: media.Formats[0], units: make(chan received, 1000), clocks: make(chan time.Time, 100)}
	c.client.OnPacketRTP(media, r.format, func(pkt *rtp.Packet) {
		if au, err := decode(pkt); err == nil {
			r.units <- look(au, pkt.Timestamp)
		}
	})
	c.client.OnPacketRTCP(media, func(p rtcp.Packet) {
		if sr, ok := p.(*rtcp.SenderReport); ok {
			r.clocks <- time.Unix(int64(sr.NTPTime>>32)-2208988800, int64(sr.NTPTime&0xffffffff*1e9>>32))
		}
	})
	_, err := c.client.Play(nil)
	require.NoError(t, err)
	go func() {
		_ = c.client.Wait() // the reason does not matter; t.Cleanup closes the client at the latest
		close(r.units)
	}()
	return r
}

// decoderOf returns what takes access units out of packets.
func decoderOf(t *testing.T, f format.Format) func(*rtp.Packet) ([][]byte, error) {
	t.Helper()
	if f, ok := f.(*format.H265); ok {
		d, err := f.CreateDecoder()
		require.NoError(t, err)
		return d.Decode
	}
	d, err := f.(*format.H264).CreateDecoder()
	require.NoError(t, err)
	return d.Decode
}

// look tells the codecs apart by the note that each unit has.
func look(au [][]byte, clock uint32) received {
	u := received{codec: CodecH264, clock: clock}
	for _, nalu := range au {
		if n, ok := decodeSEI(nalu); ok {
			u.number = n
			if nalu[0] == CodecH265.seiHeader()[0] {
				u.codec = CodecH265
			}
		}
	}
	for _, nalu := range au {
		switch kind, _ := u.codec.kind(nalu); kind {
		case nalKeySlice, nalSlice:
			u.key = u.key || kind == nalKeySlice
			u.slices = append(u.slices, nalu)
		case nalParams, nalParams + 1, nalParams + 2:
			u.params = append(u.params, nalu)
		}
	}
	return u
}

// next returns the next unit.
func (r *reader) next(t *testing.T) received {
	t.Helper()
	select {
	case u, ok := <-r.units:
		require.True(t, ok, "the session has ended")
		return u
	case <-time.After(patience):
		require.Fail(t, "no unit came")
		return received{}
	}
}

// skipTo returns the first unit that is as wanted.
func (r *reader) skipTo(t *testing.T, wanted func(received) bool) received {
	t.Helper()
	for {
		if u := r.next(t); wanted(u) {
			return u
		}
	}
}

// drain counts the units up to the end of the session.
func (r *reader) drain(t *testing.T) (n uint64) {
	t.Helper()
	late := time.After(patience)
	for {
		select {
		case _, ok := <-r.units:
			if !ok {
				return n
			}
			n++
		case <-late:
			require.Fail(t, "the session has not ended")
		}
	}
}
