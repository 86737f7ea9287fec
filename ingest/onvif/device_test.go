package onvif

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

const (
	username = "admin"
	password = "sword&fish"
)

// device answers from a folder of testdata with one file an operation, as devices of one maker do. HOST in a file is the
// address that was dialled.
type device struct {
	*httptest.Server
	folder string
	now    func() time.Time // its clock
	digest bool             // asks for HTTP digest; else it takes the token of WS-Security alone

	mu    sync.Mutex
	asked []string // operations, with the path
	log   bytes.Buffer
}

func newDevice(t *testing.T, folder string) *device {
	d := &device{folder: filepath.Join("testdata", folder), now: time.Now}
	d.Server = httptest.NewServer(http.HandlerFunc(d.serve))
	t.Cleanup(d.Close)
	return d
}

func (d *device) address() string { return d.Listener.Addr().String() }

func (d *device) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var q struct {
		Username string `xml:"Header>Security>UsernameToken>Username"`
		Password string `xml:"Header>Security>UsernameToken>Password"`
		Nonce    string `xml:"Header>Security>UsernameToken>Nonce"`
		Created  string `xml:"Header>Security>UsernameToken>Created"`
		Body     struct {
			Asked struct{ XMLName xml.Name } `xml:",any"`
		} `xml:"Body"`
	}
	if err := xml.Unmarshal(body, &q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	name := q.Body.Asked.XMLName.Local
	d.mu.Lock()
	d.asked = append(d.asked, r.URL.Path+" "+name)
	fmt.Fprintln(&d.log, r.Header, string(body))
	d.mu.Unlock()
	if name != "GetSystemDateAndTime" && !d.letsIn(w, r, q.Username, q.Password, q.Nonce, q.Created) {
		return
	}
	if name == "GetSystemDateAndTime" {
		n := d.now().UTC()
		fmt.Fprintf(w, `<e:Envelope xmlns:e="x"><e:Body><GetSystemDateAndTimeResponse><SystemDateAndTime><UTCDateTime><Time><Hour>%d</Hour><Minute>%d</Minute><Second>%d</Second></Time>`+
			`<Date><Year>%d</Year><Month>%d</Month><Day>%d</Day></Date></UTCDateTime></SystemDateAndTime></GetSystemDateAndTimeResponse></e:Body></e:Envelope>`,
			n.Hour(), n.Minute(), n.Second(), n.Year(), n.Month(), n.Day())
		return
	}
	if strings.Contains(string(body), media2Service) {
		name += "2"
	}
	said, err := os.ReadFile(filepath.Join(d.folder, name+".xml"))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		said = []byte(`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode>` +
			`<s:Value>ter:ActionNotSupported</s:Value></s:Subcode></s:Code><s:Reason><s:Text>Optional Action Not Implemented</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>`)
	}
	_, _ = w.Write(bytes.ReplaceAll(said, []byte("HOST"), []byte(d.address())))
}

// letsIn is written from the specifications alone, apart from what is tested: the digest by its own sums, the token with the
// device's clock.
func (d *device) letsIn(w http.ResponseWriter, r *http.Request, user, sum, nonce, created string) bool {
	if d.digest {
		hash := func(s string) string { b := md5.Sum([]byte(s)); return hex.EncodeToString(b[:]) }
		p := map[string]string{}
		for _, m := range regexp.MustCompile(`(\w+)="?([^",]*)"?`).FindAllStringSubmatch(r.Header.Get("Authorization"), -1) {
			p[m[1]] = m[2]
		}
		want := hash(hash(username+":camera:"+password) + ":n0:" + p["nc"] + ":" + p["cnonce"] + ":auth:" + hash("POST:"+r.URL.Path))
		if p["response"] == want && p["uri"] == r.URL.Path && p["opaque"] == "o" {
			return true
		}
		w.Header().Add("WWW-Authenticate", `Basic realm="camera"`)
		w.Header().Add("WWW-Authenticate", `Digest realm="camera", qop="auth,auth-int", nonce="n0", opaque="o", algorithm=MD5, stale=FALSE`)
		w.WriteHeader(http.StatusUnauthorized)
		return false
	}
	raw, _ := base64.StdEncoding.DecodeString(nonce)
	at, err := time.Parse(time.RFC3339, created)
	if err == nil && user == username && at.Sub(d.now()).Abs() < 5*time.Second && sum == passwordDigest(raw, created, password) {
		return true
	}
	w.WriteHeader(http.StatusBadRequest)
	fmt.Fprint(w, `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:NotAuthorized`+
		`</s:Value></s:Subcode></s:Code><s:Reason><s:Text>Sender not Authorized</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>`)
	return false
}

func (d *device) calls() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked
}

// searcher looks on this machine alone, and for WS-Discovery at a port where nobody is.
func searcher(t *testing.T) *Searcher {
	s := NewSearcher(models.Reach{"127.0.0.0/8"}, slog.New(slog.DiscardHandler))
	quiet, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	_, s.port, _ = net.SplitHostPort(quiet.LocalAddr().String())
	require.NoError(t, quiet.Close())
	return s
}

func search(t *testing.T, s *Searcher, address, password string) models.FoundDevice {
	found, err := s.Search(t.Context(), address, username, password)
	require.NoError(t, err)
	require.Len(t, found, 1)
	return found[0]
}
