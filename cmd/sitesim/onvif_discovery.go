package main

import (
	"encoding/xml"
	"fmt"
	"net"
	"strings"
)

// join opens WS-Discovery on every interface, where others may listen too: the address and port are everybody's.
func (r *recorder) join() error {
	group, err := net.ResolveUDPAddr("udp4", r.discover)
	if err != nil {
		return err
	}
	r.air, err = net.ListenMulticastUDP("udp4", nil, group)
	return err
}

// wsProbe is a question of WS-Discovery (2005/04).
type wsProbe struct {
	MessageID string  `xml:"Header>MessageID"`
	Probe     *string `xml:"Body>Probe>Types"`
}

// hearProbes answers until the port is closed. It asks no more of a probe than that it is one for a camera or any device.
func (r *recorder) hearProbes() {
	buffer := make([]byte, 64<<10)
	for {
		n, from, err := r.air.ReadFromUDP(buffer)
		if err != nil {
			return
		}
		var p wsProbe
		if xml.Unmarshal(buffer[:n], &p) != nil || p.Probe == nil {
			continue
		}
		if types := *p.Probe; types != "" && !strings.Contains(types, "NetworkVideoTransmitter") && !strings.Contains(types, "Device") {
			continue
		}
		if _, err := r.air.WriteToUDP([]byte(r.match(p.MessageID, from)), from); err != nil {
			r.logger.Debug("a probe cannot be answered", "from", from, "err", err)
		}
	}
}

// match is the recorder's answer: where its device service is, as the one who asks sees it.
func (r *recorder) match(related string, from *net.UDPAddr) string {
	var id strings.Builder
	_ = xml.EscapeText(&id, []byte(related)) // a Builder takes all
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?><env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" `+
		`xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" `+
		`xmlns:dn="http://www.onvif.org/ver10/network/wsdl" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"><env:Header>`+
		`<wsa:MessageID>urn:uuid:%s</wsa:MessageID><wsa:RelatesTo>%s</wsa:RelatesTo>`+
		`<wsa:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:To>`+
		`<wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action></env:Header><env:Body><d:ProbeMatches><d:ProbeMatch>`+
		`<wsa:EndpointReference><wsa:Address>urn:uuid:%s</wsa:Address></wsa:EndpointReference><d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>`+
		`<d:Scopes>%s</d:Scopes><d:XAddrs>http://%s/onvif/device_service</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>`+
		`</d:ProbeMatch></d:ProbeMatches></env:Body></env:Envelope>`, newUUID(), id.String(), r.id, strings.Join(scopesOf(), " "), r.seenBy(from))
}

// seenBy is the address of the device service for somebody: one that listens everywhere is where the way to him begins.
func (r *recorder) seenBy(from *net.UDPAddr) string {
	host, port, _ := net.SplitHostPort(r.listener.Addr().String()) // of a listener it is never anything else
	if ip := net.ParseIP(host); ip == nil || !ip.IsUnspecified() {
		return net.JoinHostPort(host, port)
	}
	way, err := net.DialUDP("udp", nil, from) // sends nothing
	if err != nil {
		return net.JoinHostPort(host, port)
	}
	defer way.Close()
	host, _, _ = net.SplitHostPort(way.LocalAddr().String())
	return net.JoinHostPort(host, port)
}
