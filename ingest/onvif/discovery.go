package onvif

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"zhihui/models"
)

const (
	hearMost    = 2500 * time.Millisecond // for the answers of a network: devices wait up to 500 ms each before they answer
	hearOne     = time.Second             // for the answer of one address
	datagram    = 64 << 10
	devicesMost = 512
	wsDiscovery = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
	wsAddress   = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
)

// candidate is what may be a device: where its device service is, and what it has told of itself without being asked.
type candidate struct {
	base               *url.URL
	named, name, model string
}

// probes ask for cameras in the two ways in which devices know themselves as such; that they are two is the repetition too,
// which SOAP over UDP wants where packets may be lost.
func probes() [][]byte {
	var all [][]byte
	for _, kind := range []struct{ namespace, name string }{
		{"http://www.onvif.org/ver10/network/wsdl", "NetworkVideoTransmitter"}, {deviceService, "Device"},
	} {
		all = append(all, fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" `+
			`xmlns:a=%q xmlns:d=%q><s:Header><a:Action s:mustUnderstand="1">%[2]s/Probe</a:Action><a:MessageID>uuid:%[3]s</a:MessageID>`+
			`<a:ReplyTo><a:Address>%[1]s/role/anonymous</a:Address></a:ReplyTo>`+
			`<a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header>`+
			`<s:Body><d:Probe><d:Types xmlns:n=%[4]q>n:%[5]s</d:Types></d:Probe></s:Body></s:Envelope>`,
			wsAddress, wsDiscovery, newUUID(), kind.namespace, kind.name))
	}
	return all
}

func newUUID() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails: see crypto/rand
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// probeMatches is how devices answer.
type probeMatches struct {
	ProbeMatch []struct{ Scopes, XAddrs string }
}

// matches are the devices of an answer that came from a host. They are asked there and nowhere else, see place.
func matches(answer []byte, from netip.Addr) []candidate {
	var said probeMatches
	if err := decode(answer, "ProbeMatches", &said); err != nil {
		return nil // other things speak WS-Discovery too, and some only nearly
	}
	var all []candidate
	for _, m := range said.ProbeMatch {
		c := candidate{name: scope(m.Scopes, "name"), model: scope(m.Scopes, "hardware")}
		var named *url.URL
		for _, x := range strings.Fields(m.XAddrs) {
			u, err := url.Parse(x)
			if err != nil || len(x) > urlMost || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
				continue
			}
			if named == nil || named.Hostname() != from.String() && u.Hostname() == from.String() {
				named = u
			}
		}
		if named == nil {
			continue
		}
		port := named.Port()
		if port == "" {
			port = map[string]string{"http": "80", "https": "443"}[named.Scheme]
		}
		c.base = &url.URL{Scheme: named.Scheme, Host: net.JoinHostPort(from.String(), port), Path: named.Path, RawPath: named.RawPath, RawQuery: named.RawQuery}
		if named.Hostname() != from.String() {
			c.named = short(named.Hostname())
		}
		all = append(all, c)
	}
	return all
}

// scope is what a device says of itself under onvif://www.onvif.org/KEY/, "" for nothing.
func scope(scopes, key string) string {
	for _, s := range strings.Fields(scopes) {
		if said, ok := strings.CutPrefix(s, "onvif://www.onvif.org/"+key+"/"); ok {
			if plain, err := url.PathUnescape(said); err == nil {
				said = plain
			}
			return short(said)
		}
	}
	return ""
}

// hearAll asks every network of this machine and gathers who answers. That the group is multicast is no matter of
// models.Reach: it is no address that anybody can choose.
func (s *Searcher) hearAll(ctx context.Context) ([]candidate, error) {
	group, err := net.ResolveUDPAddr("udp4", s.group)
	if err != nil {
		return nil, err
	}
	all, mu, wait := map[string]candidate{}, sync.Mutex{}, sync.WaitGroup{}
	var faults []error
	for _, own := range ownAddresses() {
		// A socket that is bound to an interface's address sends multicast by that interface.
		conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: own.AsSlice()})
		if err != nil {
			faults = append(faults, err)
			continue
		}
		wait.Go(func() {
			defer conn.Close()
			hear(ctx, conn, group, hearMost, func(c candidate) bool {
				mu.Lock()
				defer mu.Unlock()
				if known, ok := all[c.base.Host]; len(all) < devicesMost && (!ok || known.name == "") {
					all[c.base.Host] = c
				}
				return len(all) < devicesMost
			})
		})
	}
	wait.Wait()
	var found []candidate
	for _, c := range all {
		found = append(found, c)
	}
	if err := errors.Join(faults...); len(found) == 0 && err != nil {
		return nil, models.Errorf(models.Unavailable, "this machine cannot ask its networks: %v", err)
	}
	return found, nil
}

// ownAddresses are this machine's addresses in networks that know multicast.
func ownAddresses() []netip.Addr {
	var own []netip.Addr
	interfaces, _ := net.Interfaces() // none where they cannot be listed
	for _, i := range interfaces {
		if i.Flags&net.FlagUp == 0 || i.Flags&net.FlagMulticast == 0 {
			continue
		}
		addresses, _ := i.Addrs() // likewise
		for _, a := range addresses {
			if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() {
				own = append(own, p.Addr())
			}
		}
	}
	return own
}

// hearFrom asks one host; nil when it does not answer, as many do not that speak ONVIF all the same.
func (s *Searcher) hearFrom(ctx context.Context, host string) *candidate {
	dialer := net.Dialer{Control: s.networks.Control, Timeout: hearOne}
	conn, err := dialer.DialContext(ctx, "udp", net.JoinHostPort(host, s.port))
	if err != nil {
		return nil
	}
	defer conn.Close()
	var found *candidate
	hear(ctx, conn.(*net.UDPConn), nil, hearOne, func(c candidate) bool {
		found = &c
		return false
	})
	return found
}

// hear sends the probes, to a group or, where that is nil, to who is at the other end, and passes on who answers until that
// returns false, the time is over or ctx ends.
func hear(ctx context.Context, conn *net.UDPConn, to *net.UDPAddr, most time.Duration, found func(candidate) bool) {
	_ = conn.SetDeadline(time.Now().Add(most)) // fails on a closed connection alone, and then so does what follows
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })()
	for _, p := range probes() {
		var err error
		if to == nil {
			_, err = conn.Write(p)
		} else {
			_, err = conn.WriteTo(p, to)
		}
		if err != nil {
			return // no way there
		}
	}
	buffer := make([]byte, datagram)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return
		}
		for _, c := range matches(buffer[:n], from.Addr().Unmap()) {
			if !found(c) {
				return
			}
		}
	}
}
