package onvif

import (
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"zhihui/ingest/digest"
	"zhihui/models"
)

const (
	callMost   = 4 * time.Second // for one answer
	idleMost   = 30 * time.Second
	answerMost = 4 << 20 // bytes of one: a recorder's hundred profiles are some 200 KB
)

// operation is what a service is asked: inside is XML, its names are of the same namespace unless they say another.
type operation struct{ namespace, name, inside string }

// manner is what an operation needs beside its name: a place by the words of WS-Addressing, and time that the device takes.
type manner struct {
	to   addressing
	wait time.Duration
	most int64 // bytes of the answer; 0 = answerMost
}

// addressing says which operation of which place is meant, where a device has many places behind one address. The zero value
// says nothing.
type addressing struct {
	action, address string
	parts           string // XML that the device wants to hear again
}

const addressingNames = "http://www.w3.org/2005/08/addressing"

func (a addressing) header() string {
	if a.action == "" {
		return ""
	}
	h := fmt.Sprintf(`<a:Action xmlns:a=%q>%s</a:Action><a:MessageID xmlns:a=%[1]q>urn:uuid:%s</a:MessageID><a:ReplyTo xmlns:a=%[1]q><a:Address>%[1]s/anonymous</a:Address></a:ReplyTo>`,
		addressingNames, a.action, newUUID())
	if a.address != "" {
		h += fmt.Sprintf(`<a:To xmlns:a=%q>%s</a:To>`, addressingNames, text(a.address))
	}
	return h + a.parts
}

// client asks one device, one thing at a time.
type client struct {
	http               *http.Client
	base               *url.URL // where its device service answers
	username, password string
	now                func() time.Time
	offset             time.Duration     // its clock − ours
	digest             *digest.Challenge // the newest that it asked for; nil = it has not, and the token of WS-Security is tried
}

// newClient returns a client of the device at base that dials no address outside of the networks. It keeps a connection open
// until its idle ones are closed.
func newClient(base *url.URL, username, password string, networks models.Reach, now func() time.Time) *client {
	transport := &http.Transport{
		DialContext:            (&net.Dialer{Control: networks.Control, Timeout: dialMost}).DialContext,
		MaxResponseHeaderBytes: 64 << 10,
		IdleConnTimeout:        idleMost,
	}
	return &client{
		http: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		base: base, username: username, password: password, now: now,
	}
}

// call asks a service and reads the answer into what answer points to.
func (c *client) call(ctx context.Context, service *url.URL, o operation, answer any) error {
	return c.ask(ctx, service, o, manner{}, answer)
}

// ask is call for an operation that needs more. It tries a password once a scheme: devices lock out who tries too often.
func (c *client) ask(ctx context.Context, service *url.URL, o operation, m manner, answer any) error {
	for again := range 2 {
		response, body, err := c.post(ctx, service, o, m)
		if err != nil {
			return err
		}
		if refused := response.StatusCode == http.StatusUnauthorized; refused && again == 0 && c.username != "" {
			if asked := digest.Of(response.Header.Values("WWW-Authenticate")); asked != nil {
				c.digest = asked
				continue
			}
		}
		if response.StatusCode == http.StatusUnauthorized || response.StatusCode == http.StatusForbidden {
			return c.unauthorized(errors.New(response.Status))
		}
		err = decode(body, o.name+"Response", answer)
		if said, ok := errors.AsType[*soapFault](err); ok && said.unauthorized() {
			return c.unauthorized(said)
		}
		return err
	}
	return nil // never here: the second round returns
}

func (c *client) unauthorized(cause error) error {
	if c.username == "" {
		return &fault{AuthNeeded, cause}
	}
	return &fault{AuthRefused, cause}
}

func (c *client) post(ctx context.Context, service *url.URL, o operation, m manner) (*http.Response, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callMost+m.wait)
	defer cancel()
	header := m.to.header()
	if c.username != "" && c.digest == nil {
		header += usernameToken(c.username, c.password, c.now().Add(c.offset))
	}
	envelope := fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">`+
		`<s:Header>%s</s:Header><s:Body><%s xmlns=%q>%s</%[2]s></s:Body></s:Envelope>`, header, o.name, o.namespace, o.inside)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, service.String(), strings.NewReader(envelope))
	if err != nil {
		return nil, nil, err
	}
	action := cmp.Or(m.to.action, o.namespace+"/"+o.name)
	request.Header.Set("Content-Type", fmt.Sprintf(`application/soap+xml; charset=utf-8; action="%s"`, action))
	if c.digest != nil {
		request.Header.Set("Authorization", c.digest.Authorize(request.Method, service.RequestURI(), c.username, c.password))
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, cmp.Or(m.most, answerMost)))
	return response, body, err
}

// soapFault is what a device says instead of an answer, as SOAP 1.2 and 1.1 write it.
type soapFault struct {
	Codes  []string `xml:"Code>Value"`
	Sub    []string `xml:"Code>Subcode>Value"`
	SubSub []string `xml:"Code>Subcode>Subcode>Value"`
	Text   string   `xml:"Reason>Text"`
	Code11 string   `xml:"faultcode"`
	Text11 string   `xml:"faultstring"`
}

func (f *soapFault) Error() string {
	words := append(append(append([]string{"the device says"}, f.Codes...), f.Sub...), f.SubSub...)
	return strings.Join(append(words, f.Code11, f.Text, f.Text11), " ")
}

// unauthorized tells whether the fault is about who asks: ter:NotAuthorized and what devices write in its stead.
func (f *soapFault) unauthorized() bool {
	said := strings.ToLower(strings.ReplaceAll(f.Error(), " ", ""))
	for _, word := range []string{"notauthorized", "unauthorized", "failedauthentication", "invalidsecurity", "passwordnotmatch"} {
		if strings.Contains(said, word) {
			return true
		}
	}
	return false
}

// decode reads the element of that name out of a SOAP envelope, whatever its namespaces are called. encoding/xml resolves
// no entity but the five of XML itself, so nothing outside of the answer is read.
func decode(body []byte, name string, answer any) error {
	d := xml.NewTokenDecoder(&shallow{of: xml.NewDecoder(bytes.NewReader(body))})
	enveloped := false
	for {
		token, err := d.Token()
		if err != nil {
			return &fault{NotONVIF, fmt.Errorf("the answer holds no %s: %w", name, err)}
		}
		start, ok := token.(xml.StartElement)
		switch {
		case !ok:
		case !enveloped && start.Name.Local != "Envelope":
			return &fault{NotONVIF, fmt.Errorf("the answer begins with %.40q", start.Name.Local)}
		case start.Name.Local == "Envelope":
			enveloped = true
		case start.Name.Local == "Fault":
			said := &soapFault{}
			return &fault{Faulty, errors.Join(d.DecodeElement(said, &start), said)}
		case start.Name.Local == name:
			if err := d.DecodeElement(answer, &start); err != nil {
				return &fault{NotONVIF, err}
			}
			return nil
		}
	}
}

// nestedMost bounds the elements of an answer that are open at the same time: each takes memory, and what devices say in earnest
// nests twenty.
const nestedMost = 100

var errNested = errors.New("its elements are nested without end")

// shallow reads XML, but none that is nested deeper than nestedMost.
type shallow struct {
	of   *xml.Decoder
	open int
}

// Token is as RawToken gives it: who asks keeps the names of namespaces.
func (s *shallow) Token() (xml.Token, error) {
	token, err := s.of.RawToken()
	switch token.(type) {
	case xml.StartElement:
		s.open++
	case xml.EndElement:
		s.open--
	}
	if s.open > nestedMost {
		return nil, errNested
	}
	return token, err
}

// text is a text as XML takes it.
func text(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes all
	return b.String()
}
