package main

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"zhihui/models"
)

// ONVIF says where the site answers ONVIF (device management, media, media 2 and PTZ), as one recorder with a profile a camera,
// and whether it answers WS-Discovery, by multicast and asked directly. The credentials are those of the cameras.
type ONVIF struct {
	Listen    string `yaml:"listen,omitempty"` // host:port; "" = nowhere
	Discovery bool   `yaml:"discovery,omitempty"`
}

func (o ONVIF) check() error {
	_, port, err := net.SplitHostPort(o.Listen)
	if o.Listen != "" && (err != nil || port == "") {
		return models.FieldError("onvif.listen", "%q is no address, write one such as 127.0.0.1:8700", o.Listen)
	}
	if o.Discovery && o.Listen == "" {
		return models.FieldError("onvif.discovery", "there is nothing to discover without onvif.listen")
	}
	return nil
}

// recorder is the site as ONVIF shows it.
type recorder struct {
	settings ONVIF
	cameras  []Camera
	login    onvifLogin
	board    *board
	rtspPort func() string
	heads    map[string]*head // of the cameras that can be turned
	id       string
	discover string // address of WS-Discovery
	now      func() time.Time
	logger   *slog.Logger

	listener net.Listener
	air      *net.UDPConn // nil without discovery
}

func newRecorder(script *Script, b *board, rtspPort func() string, logger *slog.Logger) *recorder {
	return &recorder{
		board: b, heads: headsOf(script.Cameras), settings: script.ONVIF, cameras: script.Cameras, rtspPort: rtspPort, id: newUUID(), discover: "239.255.255.250:3702", now: time.Now, logger: logger,
		login: onvifLogin{username: script.RTSP.Username, password: script.RTSP.Password, nonce: newUUID()},
	}
}

// listen opens the ports. After it, run must be called.
func (r *recorder) listen() (err error) {
	if r.listener, err = net.Listen("tcp", r.settings.Listen); err != nil {
		return models.Errorf(models.Unavailable, "ONVIF cannot listen on %s: %v", r.settings.Listen, err)
	}
	if r.settings.Discovery {
		if err := r.join(); err != nil {
			r.listener.Close()
			return models.Errorf(models.Unavailable, "WS-Discovery cannot listen on %s: %v", r.discover, err)
		}
	}
	r.logger.Info("ONVIF answers", "address", r.listener.Addr(), "discovery", r.settings.Discovery)
	return nil
}

// run answers until ctx ends.
func (r *recorder) run(ctx context.Context) error {
	server := &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10*time.Second + pullMost, WriteTimeout: 10*time.Second + pullMost}
	var group sync.WaitGroup
	defer group.Wait()
	defer context.AfterFunc(ctx, func() { server.Close() })()
	if r.air != nil {
		group.Go(r.hearProbes)
		defer r.air.Close()
	}
	if err := server.Serve(r.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// question is what is asked of it, whatever the namespaces are called.
type question struct {
	Token wsToken `xml:"Header>Security>UsernameToken"`
	Body  struct {
		Asked struct {
			XMLName      xml.Name
			ProfileToken string
			turn
			poll
		} `xml:",any"`
	}
}

// ServeHTTP answers one question.
func (r *recorder) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, 1<<20))
	var q question
	if err == nil {
		err = xml.Unmarshal(body, &q)
	}
	w.Header().Set("Content-Type", "application/soap+xml; charset=utf-8")
	if len(body) == 0 && !r.login.digest(request) { // so clients ask for a challenge
		r.login.ask(w)
		return
	}
	if err != nil {
		reply(w, http.StatusBadRequest, faultOf("ter:WellFormed", "the request is no SOAP envelope"))
		return
	}
	asked := q.Body.Asked
	answer, known := answers()[operation{asked.XMLName.Space, asked.XMLName.Local}]
	switch {
	case !known:
		reply(w, http.StatusBadRequest, faultOf("ter:ActionNotSupported", "there is no such operation here"))
	case !answer.open && !r.login.token(q.Token, r.now()) && !r.login.digest(request):
		if q.Token.Username == "" {
			r.login.ask(w)
			return
		}
		reply(w, http.StatusBadRequest, faultOf("ter:NotAuthorized", "Sender not Authorized"))
	default:
		reply(w, http.StatusOK, answer.say(scene{r, request, escaped(request.Host), asked.ProfileToken, asked.turn, asked.poll}))
	}
}

func reply(w http.ResponseWriter, status int, body string) {
	w.WriteHeader(status)
	io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?><env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"`+
		` xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl"`+
		` xmlns:tr2="http://www.onvif.org/ver20/media/wsdl" xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema"`+
		` xmlns:tev="http://www.onvif.org/ver10/events/wsdl" xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:wsa="http://www.w3.org/2005/08/addressing"`+
		` xmlns:tns1="http://www.onvif.org/ver10/topics" xmlns:ter="http://www.onvif.org/ver10/error"><env:Body>`+body+`</env:Body></env:Envelope>`) // who went away misses it
}

func faultOf(subcode, why string) string {
	return `<env:Fault><env:Code><env:Value>env:Sender</env:Value><env:Subcode><env:Value>` + subcode + `</env:Value></env:Subcode></env:Code>` +
		`<env:Reason><env:Text xml:lang="en">` + why + `</env:Text></env:Reason></env:Fault>`
}
