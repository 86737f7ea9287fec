package rtsp

import (
	"errors"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"syscall"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"

	"zhihui/models"
)

// waysOf is what to try for a camera's transport, in order.
func waysOf(t models.Transport) []gortsplib.Transport {
	switch t {
	case models.TransportTCP:
		return []gortsplib.Transport{gortsplib.TransportTCP}
	case models.TransportUDP:
		return []gortsplib.Transport{gortsplib.TransportUDP, gortsplib.TransportTCP}
	case models.TransportMulticast:
		return []gortsplib.Transport{gortsplib.TransportUDPMulticast, gortsplib.TransportTCP}
	}
	return []gortsplib.Transport{gortsplib.TransportTCP, gortsplib.TransportUDP}
}

func nameOf(way gortsplib.Transport) models.Transport {
	switch way {
	case gortsplib.TransportUDP:
		return models.TransportUDP
	case gortsplib.TransportUDPMulticast:
		return models.TransportMulticast
	}
	return models.TransportTCP
}

// givesWay tells whether the next transport may do better after err: this one was asked for and has brought nothing. TCP,
// which cannot be lost on the way, gives way only to a camera that says so. Refused credentials are not tried again.
func (p *playback) givesWay(err error) bool {
	if !p.described || p.arrived.Load() || ReasonOf(err) == AuthRefused {
		return false
	}
	if p.way != gortsplib.TransportTCP {
		return true
	}
	status, refused := errors.AsType[liberrors.ErrClientBadStatusCode](err)
	return refused && status.Code == base.StatusUnsupportedTransport || is[liberrors.ErrClientServerRequestedUDP](err)
}

// The ports for what comes by UDP, in pairs of which the first is even.
const (
	portFrom  = 10_000
	portPairs = 27_000
	portTries = 20
)

// setup asks for the track. For UDP it chooses the ports: gortsplib would look for a free pair without end where nothing
// can be opened any more.
func (p *playback) setup(session *description.Session, media *description.Media) (err error) {
	if p.way != gortsplib.TransportUDP {
		_, err = p.client.Setup(session.BaseURL, media, 0, 0)
		return err
	}
	for range portTries {
		port := portFrom + 2*rand.IntN(portPairs)
		if _, err = p.client.Setup(session.BaseURL, media, port, port+1); !errors.Is(err, syscall.EADDRINUSE) {
			return err
		}
	}
	return err
}

// sockets are what a playback has opened for UDP. They are closed with it, whatever gortsplib has forgotten.
type sockets []net.PacketConn

// udpBuffer holds the burst of a large key unit; the system may allow less.
const udpBuffer = 1 << 20

func (s *sockets) listen(network, address string) (net.PacketConn, error) {
	conn, err := net.ListenPacket(network, address)
	if err != nil {
		return nil, err
	}
	*s = append(*s, conn)
	if udp, ok := conn.(*net.UDPConn); ok {
		_ = udp.SetReadBuffer(udpBuffer) // more than the default is a wish
	}
	return conn, nil
}

func (s *sockets) close() {
	for _, conn := range *s {
		_ = conn.Close() // most are closed already
	}
}

// stayHere takes the source out of a camera's answer: its packets are expected from the host that was dialled, and none of
// ours goes to another host because a camera names it. One behind a translated address names an address of no use, too.
func stayHere(answer *base.Response) {
	transport := answer.Header["Transport"]
	if len(transport) != 1 {
		return
	}
	parts := slices.DeleteFunc(strings.Split(transport[0], ";"), func(part string) bool {
		return strings.HasPrefix(strings.ToLower(strings.TrimSpace(part)), "source=")
	})
	answer.Header["Transport"] = base.HeaderValue{strings.Join(parts, ";")}
}
