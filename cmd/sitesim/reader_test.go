package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
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
	slices [][]byte
}

// reader plays one camera over TCP.
type reader struct {
	client *gortsplib.Client
	units  chan received // what came, in order; closed when the session has ended
}

// connection is a client that has described a camera.
type connection struct {
	client *gortsplib.Client
	desc   *description.Session
}

func connect(t *testing.T, s *site, path, password string) (*connection, error) {
	t.Helper()
	u, err := base.ParseURL(fmt.Sprintf("rtsp://zhihui:%s@%s/%s", password, s.server.addr(), path))
	require.NoError(t, err)
	tcp := gortsplib.TransportTCP
	client := &gortsplib.Client{Scheme: u.Scheme, Host: u.Host, Transport: &tcp}
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
	var forma *format.H264
	media := c.desc.FindFormat(&forma)
	decoder, err := forma.CreateDecoder()
	require.NoError(t, err)
	require.NoError(t, c.client.SetupAll(c.desc.BaseURL, c.desc.Medias))
	r := &reader{client: c.client, units: make(chan received, 1000)}
	c.client.OnPacketRTP(media, forma, func(pkt *rtp.Packet) {
		if au, err := decoder.Decode(pkt); err == nil {
			r.units <- look(au, pkt.Timestamp)
		}
	})
	_, err = c.client.Play(nil)
	require.NoError(t, err)
	go func() {
		_ = c.client.Wait() // the reason does not matter; t.Cleanup closes the client at the latest
		close(r.units)
	}()
	return r
}

func look(au [][]byte, clock uint32) received {
	u := received{key: h264.IsRandomAccess(au), clock: clock}
	for _, nalu := range au {
		if n, ok := decodeSEI(nalu); ok {
			u.number = n
		}
		if typ := h264.NALUType(nalu[0] & 0x1f); typ == h264.NALUTypeIDR || typ == h264.NALUTypeNonIDR {
			u.slices = append(u.slices, nalu)
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
