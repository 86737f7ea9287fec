package rtsptest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// Mode is how a Raw camera behaves.
type Mode string

// The modes. All but Refuse take connections; all from Silent on answer the greeting.
const (
	Refuse  Mode = "refuse"  // nothing listens
	Mute    Mode = "mute"    // not a byte
	Trickle Mode = "trickle" // a byte of the answer a second
	Babble  Mode = "babble"  // bytes that are no RTSP, without end
	HangUp  Mode = "hang up" // after the first request
	Silent  Mode = "silent"  // plays nothing
	Stall   Mode = "stall"   // ten units, and half of the next
	Drip    Mode = "drip"    // the pictures come by a byte a second
	Noise   Mode = "noise"   // what comes instead of pictures is noise
	Recode  Mode = "recode"  // ten units, then goes on in the other coding
	Restart Mode = "restart" // ten units, then goes on as another source
	Play    Mode = "play"
	Deaf    Mode = "deaf"   // plays, and answers nothing after PLAY
	Mutter  Mode = "mutter" // plays, with more control packets than pictures, which nobody understands
)

// Interval is the time between two units of a Raw camera; every tenth is a key unit.
const Interval = 40 * time.Millisecond

// Raw is a camera of bare sockets, for what no server would do. It asks for no credentials.
type Raw struct {
	t       testing.TB
	address string
	head    string       // more lines of every answer, each with its end
	sent    atomic.Int64 // units written whole
	dials   atomic.Int64
	held    atomic.Bool

	mu       sync.Mutex
	mode     Mode
	listener net.Listener
	conns    map[net.Conn]bool
	serving  sync.WaitGroup
}

// NewRaw starts a camera in that mode. head are more header lines of its answers, such as "Session: 1;timeout=2".
func NewRaw(t testing.TB, mode Mode, head ...string) *Raw {
	r := &Raw{t: t, address: "127.0.0.1:0", conns: map[net.Conn]bool{}}
	for _, line := range append(head, "Public: DESCRIBE, SETUP, PLAY") {
		r.head += line + "\r\n"
	}
	r.listen()
	r.Become(mode)
	t.Cleanup(func() {
		r.Become(Refuse)
		r.serving.Wait()
	})
	return r
}

// Model is the camera as a site would describe it.
func (r *Raw) Model(id string) models.Camera {
	return models.Camera{ID: id, URL: "rtsp://" + r.address + "/live", Revision: 1}
}

// Sent counts the units that went out whole.
func (r *Raw) Sent() int64 { return r.sent.Load() }

// Dials counts the connections that were made.
func (r *Raw) Dials() int64 { return r.dials.Load() }

// Hold ends the sending of units for good, and no connection. After an Interval, Sent stays as it is.
func (r *Raw) Hold() { r.held.Store(true) }

// Become cuts the camera's connections, as a camera that starts anew, and goes on in the mode.
func (r *Raw) Become(mode Mode) {
	r.mu.Lock()
	r.mode = mode
	listener := r.listener
	if mode == Refuse {
		r.listener = nil
	}
	for conn := range r.conns {
		_ = conn.Close()
	}
	r.mu.Unlock()
	switch {
	case mode == Refuse && listener != nil:
		_ = listener.Close()
	case mode != Refuse && listener == nil:
		r.listen()
	}
}

func (r *Raw) listen() {
	l, err := net.Listen("tcp", r.address)
	require.NoError(r.t, err)
	r.address = l.Addr().String()
	r.mu.Lock()
	r.listener = l
	r.mu.Unlock()
	r.serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r.dials.Add(1)
			r.mu.Lock()
			r.conns[conn] = true
			mode := r.mode
			r.mu.Unlock()
			r.serving.Go(func() {
				defer func() { r.mu.Lock(); delete(r.conns, conn); r.mu.Unlock() }()
				defer conn.Close()
				r.serve(conn, mode)
			})
		}
	})
}

func (r *Raw) serve(conn net.Conn, mode Mode) {
	requests := bufio.NewReader(conn)
	for {
		request, err := readRequest(requests)
		switch {
		case err != nil, mode == HangUp:
			return
		case mode == Mute:
			_, _ = io.Copy(io.Discard, conn)
			return
		case mode == Trickle:
			drip(conn, []byte("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"))
			return
		case mode == Babble:
			for err == nil {
				_, err = conn.Write([]byte(strings.Repeat("bla", 100)))
				time.Sleep(time.Millisecond)
			}
			return
		}
		if _, err := conn.Write([]byte(r.answer(request))); err != nil {
			return
		}
		if request[0] == "PLAY" {
			r.serving.Go(func() { r.play(conn, mode) })
			if mode == Deaf {
				_, _ = io.Copy(io.Discard, conn)
				return
			}
		}
	}
}

func (r *Raw) answer(request []string) string {
	body, more := "", ""
	switch request[0] {
	case "DESCRIBE":
		body = "v=0\r\no=- 0 0 IN IP4 0\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n" +
			"a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z2QADKw7ULBLQgAAAwACAAADAD0I,aO48gA==\r\na=control:t\r\n"
		more = "Content-Type: application/sdp\r\nContent-Base: rtsp://" + r.address + "/live/\r\n"
	case "SETUP":
		more = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
	}
	return fmt.Sprintf("RTSP/1.0 200 OK\r\nCSeq: %s\r\n%s%sContent-Length: %d\r\n\r\n%s", request[1], r.head, more, len(body), body)
}

// readRequest returns the method and the CSeq.
func readRequest(br *bufio.Reader) (request []string, err error) {
	request = []string{"", ""}
	for {
		line, err := br.ReadString('\n')
		if err != nil {
			return nil, err
		}
		line = strings.TrimSpace(line)
		switch number, isNumber := strings.CutPrefix(line, "CSeq: "); {
		case line == "" && request[0] != "":
			return request, nil
		case request[0] == "":
			request[0], _, _ = strings.Cut(line, " ")
		case isNumber:
			request[1] = number
		}
	}
}

func drip(conn net.Conn, text []byte) {
	for i := range text {
		if _, err := conn.Write(text[i : i+1]); err != nil {
			return
		}
		time.Sleep(time.Second)
	}
}

// play sends units as the mode says until the connection is cut, or for as long as the mode has any.
func (r *Raw) play(conn net.Conn, mode Mode) {
	encoder, err := (&format.H264{PayloadTyp: 96, PacketizationMode: 1}).CreateEncoder()
	require.NoError(r.t, err)
	other, err := (&format.H265{PayloadTyp: 96}).CreateEncoder()
	require.NoError(r.t, err)
	sequence := uint16(0)
	for i := 0; mode != Silent && !r.held.Load(); i++ {
		packets, err := encoder.Encode(Unit(i%10 == 0))
		late := i >= 10
		if late && mode == Recode {
			packets, err = other.Encode([][]byte{{0x40, 1, 12}, {0x42, 1, 1}, {0x44, 1, 1}, {0x26, 1, 0x80, 9}})
		}
		require.NoError(r.t, err)
		source := uint32(1)
		if late && mode == Restart {
			source = 2
		}
		frames := frame(r.t, packets, i, source, &sequence)
		switch {
		case mode == Stall && late:
			_, _ = conn.Write(frames[:len(frames)/2])
			return
		case mode == Drip:
			drip(conn, frames)
			return
		case mode == Noise:
			frames = []byte(strings.Repeat("$\x00\x00\x04bla$\x07bla", 10))
		case mode == Mutter:
			frames = append(frames, mutter()...)
		}
		if _, err := conn.Write(frames); err != nil {
			return
		}
		r.sent.Add(1)
		time.Sleep(Interval)
	}
}

// frame interleaves the packets of the i-th unit.
func frame(t testing.TB, packets []*rtp.Packet, i int, source uint32, sequence *uint16) (frames []byte) {
	for _, p := range packets {
		p.Timestamp = uint32(time.Duration(i) * Interval * 90_000 / time.Second)
		p.SSRC, p.SequenceNumber = source, *sequence
		*sequence++
		b, err := p.Marshal()
		require.NoError(t, err)
		frames = append(frames, '$', 0, byte(len(b)>>8), byte(len(b)))
		frames = append(frames, b...)
	}
	return frames
}

// mutter is control packets on their channel: none at all, cut, of a version and a type that there are not, of somebody
// else, and the end of a stream that goes on.
func mutter() (frames []byte) {
	for range 10 {
		for _, packet := range []string{
			"", "\x80\xc8\x00", "\xc0\xc8\x00\x00", "\x80\xff\x00\x00", "\x80\xc8\x00\x06abcdefghijklmnopqrstuvwx", "\x81\xcb\x00\x01\x00\x00\x00\x01",
		} {
			frames = append(frames, '$', 1, 0, byte(len(packet)))
			frames = append(frames, packet...)
		}
	}
	return frames
}
