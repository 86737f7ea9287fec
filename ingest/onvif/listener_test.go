package onvif

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// reporter is a device that reports: it keeps the pull points of WS-BaseNotification and ONVIF's event service, written from
// the specifications alone. Where it is asked without what it wants to hear, it answers with a fault.
type reporter struct {
	*httptest.Server
	profiles string
	news     chan string // what the next pull brings

	mu      sync.Mutex
	refuses map[string]string // subcode of the fault by operation; "401" asks for a login
	term    time.Duration
	idle    time.Duration // of a pull without news, whatever it is asked to wait
	asked   []string
	open    map[string]bool
	number  int
}

const oneLens = `<Profiles token="main"><VideoSourceConfiguration token="vsc"><SourceToken>lens</SourceToken></VideoSourceConfiguration></Profiles>`

func newReporter(t *testing.T) *reporter {
	r := &reporter{profiles: oneLens, news: make(chan string, 100), refuses: map[string]string{}, term: time.Minute, idle: 50 * time.Millisecond, open: map[string]bool{}}
	r.Server = httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(r.Close)
	return r
}

func (d *reporter) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var q struct {
		Action string `xml:"Header>Action"`
		To     string `xml:"Header>To"`
		Number string `xml:"Header>SubscriptionId"`
		User   string `xml:"Header>Security>UsernameToken>Username"`
		Body   struct {
			Asked struct {
				XMLName xml.Name
				Timeout string
			} `xml:",any"`
		}
	}
	if err := xml.Unmarshal(body, &q); err != nil || strings.Contains(string(body), password) {
		http.Error(w, "no", http.StatusBadRequest)
		return
	}
	name := q.Body.Asked.XMLName.Local
	d.mu.Lock()
	d.asked = append(d.asked, name)
	refuse, term, idle, live := d.refuses[name], d.term, d.idle, d.open[q.Number]
	d.mu.Unlock()
	subscribed := slices.Contains([]string{"PullMessages", "Renew", "Unsubscribe"}, name)
	if subscribed && (!live || !strings.HasSuffix(q.Action, name+"Request") || q.To != "http://192.168.1.64/sub" || r.URL.Path != "/sub") {
		refuse = "ResourceUnknown"
	}
	if refuse != "" {
		status := map[bool]int{true: http.StatusUnauthorized, false: http.StatusBadRequest}[refuse == "401"]
		w.WriteHeader(status)
		fmt.Fprintf(w, `<Envelope><Body><Fault><Code><Value>Sender</Value><Subcode><Value>%s</Value></Subcode></Code></Fault></Body></Envelope>`, refuse)
		return
	}
	fmt.Fprintf(w, `<e:Envelope xmlns:e="x" xmlns:wsnt="n" xmlns:tt="t"><e:Body><%sResponse>%s</%[1]sResponse></e:Body></e:Envelope>`, name, d.says(r.Context(), name, q.Number, terms(term), idle))
}

func terms(d time.Duration) string {
	now := time.Unix(1_000_000_000, 0).UTC() // its clock is years behind
	return "<CurrentTime>" + now.Format(time.RFC3339) + "</CurrentTime><TerminationTime>" + now.Add(d).Format(time.RFC3339) + "</TerminationTime>"
}

func (d *reporter) says(ctx context.Context, name, number, terms string, idle time.Duration) string {
	switch name {
	case "GetSystemDateAndTime":
		return ""
	case "GetServices":
		return "<Service><Namespace>" + mediaService + "</Namespace><XAddr>http://192.168.1.64/media</XAddr></Service>" +
			"<Service><Namespace>" + eventService + "</Namespace><XAddr>http://192.168.1.64/events</XAddr></Service>"
	case "GetProfiles":
		return d.profiles
	case "CreatePullPointSubscription":
		d.mu.Lock()
		defer d.mu.Unlock()
		d.number++
		d.open[fmt.Sprint(d.number)] = true
		return fmt.Sprintf(`<SubscriptionReference><Address> http://192.168.1.64/sub </Address><ReferenceParameters><x:SubscriptionId xmlns:x="http://www.axis.com/2009/event">%d</x:SubscriptionId>`+
			`</ReferenceParameters></SubscriptionReference>`, d.number) + terms
	case "PullMessages":
		return terms[:strings.Index(terms, "<Term")] + d.next(ctx, idle) // it says nothing of how long it lasts
	case "Unsubscribe":
		d.end(number)
	}
	return terms
}

func (d *reporter) next(ctx context.Context, idle time.Duration) (all string) {
	select {
	case all = <-d.news:
	case <-time.After(idle):
	case <-ctx.Done():
	}
	return all
}

// end lets go of a subscription, "" = of all.
func (d *reporter) end(number string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for n := range d.open {
		if number == "" || n == number {
			delete(d.open, n)
		}
	}
}

func (d *reporter) subscriptions() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.open)
}

func (d *reporter) count(operation string) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, a := range d.asked {
		if a == operation {
			n++
		}
	}
	return n
}

func (d *reporter) camera(id, profile string) models.Camera {
	return models.Camera{ID: id, Alarms: true, Username: username, Password: password, ONVIF: models.ONVIF{Address: d.Listener.Addr().String(), Profile: profile}}
}

// hearing is a listener that runs, and what it has heard.
type hearing struct {
	*Listener
	alarms chan models.Alarm
	lost   chan string
	log    *strings.Builder
}

func listen(t *testing.T, cameras ...models.Camera) *hearing {
	h := &hearing{alarms: make(chan models.Alarm, 1000), lost: make(chan string, 100), log: &strings.Builder{}}
	h.Listener = NewListener(ListenerSettings{Networks: models.Reach{"127.0.0.0/8"}, AuthRetry: time.Hour},
		Hears{func(a models.Alarm) { h.alarms <- a }, func(camera string) { h.lost <- camera }},
		slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})), prometheus.NewRegistry())
	h.Apply(cameras)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
		require.NotContains(t, h.log.String(), password)
	})
	return h
}

func (h *hearing) next(t *testing.T) models.Alarm {
	t.Helper()
	select {
	case a := <-h.alarms:
		return a
	case <-time.After(10 * time.Second):
		t.Fatal("no alarm came")
		return models.Alarm{}
	}
}

func crossed(rule string, source ...string) string {
	return tell("tns1:RuleEngine/LineDetector/Crossed", "", append([]string{"Rule=" + rule}, source...), nil, []string{"ObjectId=1"})
}

func TestADeviceIsHeardAndLeft(t *testing.T) {
	t.Parallel()
	d := newReporter(t)
	h := listen(t, d.camera("gate", ""), models.Camera{ID: "deaf", ONVIF: models.ONVIF{Address: d.Listener.Addr().String()}})
	d.news <- tell("tns1:RuleEngine/CellMotionDetector/Motion", "Initialized", nil, nil, []string{"IsMotion=false"}) + crossed("kerb")
	got := h.next(t)
	require.WithinDuration(t, time.Now(), got.At.Std(), 5*time.Second, "our clock counts, not the device's")
	got.At = 0
	require.Equal(t, models.Alarm{Camera: "gate", Kind: models.LineCrossing, Name: "kerb", Topic: "tns1:RuleEngine/LineDetector/Crossed", Active: true, Pulse: true}, got)
	require.Equal(t, 1.0, testutil.ToFloat64(h.count.notifications.WithLabelValues(toldNothing)))
	require.Equal(t, 1.0, testutil.ToFloat64(h.Listener.count.subscriptions))
	require.Equal(t, 1, d.subscriptions())
	require.Equal(t, &models.AlarmsMeasure{Heard: true}, h.Measure("gate"))
	require.Nil(t, h.Measure("deaf"))
	h.Apply(nil)
	require.Equal(t, "gate", <-h.lost, "what it had reported holds no more")
	require.Zero(t, d.subscriptions(), "it was told that nobody listens")
	require.Nil(t, h.Measure("gate"))
}

// A subscription that the device forgets, as at a restart, is made anew.
func TestASubscriptionThatIsLostIsMadeAnew(t *testing.T) {
	t.Parallel()
	d := newReporter(t)
	h := listen(t, d.camera("gate", ""))
	d.news <- crossed("before")
	require.Equal(t, "before", h.next(t).Name)
	d.end("")
	require.Eventually(t, func() bool { return d.subscriptions() == 1 }, 10*time.Second, 10*time.Millisecond)
	d.news <- crossed("after")
	require.Equal(t, "after", h.next(t).Name)
	require.Empty(t, h.lost, "so short a while is no loss")
}

// One device with several lenses is asked once, whatever plays from it; each hears what is about its own.
func TestARecorderIsAskedOnce(t *testing.T) {
	t.Parallel()
	d := newReporter(t)
	lens := func(profile, config, source string) string {
		return fmt.Sprintf(`<Profiles token=%q><VideoSourceConfiguration token=%q><SourceToken>%s</SourceToken></VideoSourceConfiguration></Profiles>`, profile, config, source)
	}
	d.profiles = `<Profiles token="sound"/>` + lens("p1", "vsc1", "vs1") + lens("p1sub", "vsc1", "vs1") + lens("p2", "vsc2", "vs2")
	h := listen(t, d.camera("c1", "p1"), d.camera("c2", "p2"), d.camera("first", ""), d.camera("unknown", "p9"))
	d.news <- crossed("a", "VideoSourceConfigurationToken=vsc2") + crossed("nobody's") + crossed("b", "Source=vs1")
	for _, want := range [][2]string{{"c2", "a"}, {"c1", "b"}, {"first", "b"}} {
		got := h.next(t)
		require.Equal(t, want, [2]string{got.Camera, got.Name})
	}
	require.Eventually(t, func() bool { return testutil.ToFloat64(h.count.notifications.WithLabelValues(toldElsewhere)) == 1 }, 5*time.Second, time.Millisecond)
	require.Equal(t, 1, d.count("CreatePullPointSubscription"))
	h.Apply([]models.Camera{d.camera("c1", "p2")})
	require.Eventually(t, func() bool { return d.count("CreatePullPointSubscription") == 2 && d.subscriptions() == 1 }, 10*time.Second, time.Millisecond)
	d.news <- crossed("c", "Source=vs2")
	require.Equal(t, "c1", h.next(t).Camera)
}

// A recorder that does not tell its lenses reports for none of its cameras for certain, and so for none; a camera alone is meant.
func TestARecorderThatHidesItsLenses(t *testing.T) {
	t.Parallel()
	d := newReporter(t)
	d.refuses["GetProfiles"] = "ActionNotSupported"
	h := listen(t, d.camera("c1", "p1"), d.camera("c2", "p2"))
	d.news <- crossed("a", "Source=vs1")
	require.Eventually(t, func() bool { return testutil.ToFloat64(h.count.notifications.WithLabelValues(toldElsewhere)) == 1 }, 10*time.Second, time.Millisecond)
	require.Empty(t, h.alarms)
	h.Apply([]models.Camera{d.camera("c1", "p1")})
	require.Eventually(t, func() bool { return d.count("CreatePullPointSubscription") == 2 }, 10*time.Second, time.Millisecond)
	d.news <- crossed("b", "Source=vs1")
	require.Equal(t, "c1", h.next(t).Camera)
}

func TestTheLifeOfASubscription(t *testing.T) {
	for name, c := range map[string]struct {
		term            time.Duration
		refuse          string
		renews, creates bool
	}{
		"a minute":                       {term: time.Minute},
		"short, and renewed":             {term: 20 * time.Second, renews: true},
		"so short that it is made anew":  {term: 4 * time.Second, refuse: "Renew", renews: true, creates: true},
		"it lives on, but takes no word": {term: 20 * time.Second, refuse: "Renew", renews: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newReporter(t)
			d.term = c.term
			if c.refuse != "" {
				d.refuses[c.refuse] = "ActionNotSupported"
			}
			h := listen(t, d.camera("gate", ""))
			for range 3 {
				d.news <- crossed("kerb")
				require.Equal(t, "kerb", h.next(t).Name)
			}
			if c.creates {
				require.Eventually(t, func() bool { return d.count("CreatePullPointSubscription") > 1 }, 10*time.Second, 10*time.Millisecond)
			}
			require.Equal(t, c.renews, d.count("Renew") > 0)
		})
	}
}

// A device that answers at once, whatever it is asked to wait, is not asked without a pause.
func TestNoStormOfPulls(t *testing.T) {
	t.Parallel()
	d := newReporter(t)
	d.idle = 0
	h := listen(t, d.camera("gate", ""))
	d.news <- crossed("kerb")
	h.next(t)
	time.Sleep(500 * time.Millisecond)
	require.LessOrEqual(t, d.count("PullMessages"), 6)
}

func TestDevicesThatRefuse(t *testing.T) {
	for name, c := range map[string]struct {
		refuse, with string
		reason       Reason
	}{
		"a wrong password":       {"GetServices", "401", AuthRefused},
		"no right to its events": {"CreatePullPointSubscription", "ter:NotAuthorized", AuthRefused},
		"too many pull points":   {"CreatePullPointSubscription", "ter:MaxPullPoints", Faulty},
		"no services":            {"GetServices", "ter:ActionNotSupported", Faulty},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newReporter(t)
			d.refuses[c.refuse] = c.with
			if c.refuse == "GetServices" {
				d.refuses["GetCapabilities"] = c.with
			}
			e := &ear{Listener: listen(t).Listener, origin: origin{d.Listener.Addr().String(), username, password}}
			_, err := e.greet(t.Context())
			require.Equal(t, c.reason, reasonOf(err))
		})
	}
	d := newReporter(t)
	d.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), "GetServices") {
			fmt.Fprintf(w, `<Envelope><Body><GetServicesResponse><Service><Namespace>%s</Namespace><XAddr>http://h/m</XAddr></Service></GetServicesResponse></Body></Envelope>`, mediaService)
			return
		}
		fmt.Fprint(w, `<Envelope><Body><GetSystemDateAndTimeResponse/></Body></Envelope>`)
	})
	_, err := (&ear{Listener: listen(t).Listener, origin: origin{d.Listener.Addr().String(), "", ""}}).greet(t.Context())
	require.Equal(t, NoEvents, reasonOf(err))
	require.NotEmpty(t, NoEvents.Sentence())
}

func TestHowOftenADeviceIsAskedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		reason   Reason
		failures int
		jitter   float64
		want     time.Duration
	}{
		"at first":              {NoAnswer, 1, 0.5, retryFirst},
		"then less often":       {Faulty, 3, 0.5, 4 * retryFirst},
		"but still":             {Refused, 1000, 0.5, retryMost},
		"spread":                {NoAnswer, 1, 1, retryFirst * 5 / 4},
		"one that refuses":      {AuthRefused, 1, 0.5, time.Hour},
		"one without any event": {NoEvents, 1, 0.5, retryNever},
	} {
		require.Equal(t, c.want, retryAfter(c.reason, c.failures, c.jitter, time.Hour), name)
	}
}

// An answer that is far too long is cut, and so no answer: the subscription is made anew, with a pause.
func TestAnAnswerWithoutEndIsCut(t *testing.T) {
	t.Parallel()
	d := newReporter(t)
	h := listen(t, d.camera("gate", ""))
	d.news <- strings.Repeat(crossed("kerb"), 2*pullBytes/len(crossed("kerb")))
	require.Eventually(t, func() bool { return d.count("CreatePullPointSubscription") == 2 }, 10*time.Second, 10*time.Millisecond)
	require.Empty(t, h.alarms)
}

// Whether a camera is heard, and why not, is known.
func TestWhoIsHeard(t *testing.T) {
	t.Parallel()
	d := newReporter(t)
	d.refuses["CreatePullPointSubscription"] = "ter:NotAuthorized"
	h := listen(t, d.camera("refused", ""), models.Camera{ID: "beside", Alarms: true}, models.Camera{ID: "off", Alarms: true, Disabled: true})
	require.Equal(t, &models.AlarmsMeasure{}, h.Measure("beside"))
	h.Beside("beside", false)
	h.Beside("off", true)
	require.Equal(t, &models.AlarmsMeasure{Code: "no_metadata"}, h.Measure("beside"))
	require.NotEmpty(t, NoMetadata.Sentence())
	h.Beside("beside", true)
	require.Equal(t, &models.AlarmsMeasure{Heard: true}, h.Measure("beside"))
	require.Nil(t, h.Measure("off"))
	require.Eventually(t, func() bool { return *h.Measure("refused") == models.AlarmsMeasure{Code: "auth_refused"} }, 10*time.Second, 10*time.Millisecond)
}

// Metadata come beside the video, and count as the pull point does.
func TestMetadataAreHeard(t *testing.T) {
	h := listen(t)
	h.Metadata("gate", []byte(metadata(crossed("kerb"), tell("Device/Trigger/Relay", "", nil, nil, nil))))
	h.Metadata("gate", []byte("<NotificationMessage"))
	h.Metadata("gate", nil)
	got := h.next(t)
	require.Equal(t, []string{"gate", "kerb"}, []string{got.Camera, got.Name})
	for outcome, want := range map[string]float64{toldAlarm: 1, toldNothing: 1, toldGarbage: 1, toldNever: 1} {
		require.Equal(t, want, testutil.ToFloat64(h.count.notifications.WithLabelValues(outcome)), outcome)
	}
}
