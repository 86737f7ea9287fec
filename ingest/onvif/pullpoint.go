package onvif

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"zhihui/models"
)

const (
	pullWait  = 20 * time.Second // a device answers a pull at once when it has something to tell, and at last after this
	pullMost  = 32               // messages of one answer, …
	pullBytes = 256 << 10        // … and bytes: ten of them a second must cost little
	lifetime  = time.Minute      // what is asked for a subscription; one that we forget about frees its place soon
	renewLeft = pullWait + 10*time.Second
	overLeft  = time.Second // of a subscription that cannot be renewed, which gives way to a new one
	partsMost = 8           // reference parameters that are repeated to the device
)

const (
	notify    = "http://docs.oasis-open.org/wsn/b-2"
	pulling   = eventService + "/PullPointSubscription/PullMessagesRequest"
	creating  = eventService + "/EventPortType/CreatePullPointSubscriptionRequest"
	renewing  = "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/RenewRequest"
	taking    = "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/UnsubscribeRequest"
	asLongAs  = "PT60S" // lifetime, as XML Schema writes it
	leaveMost = time.Second
)

var (
	errNoEvents = errors.New("the device has no event service")
	errOver     = errors.New("the subscription is over, and cannot be renewed")
)

// pullPoint is a subscription to what a device reports by itself, of one camera or of all that play from it.
type pullPoint struct {
	*client
	service *url.URL
	to      addressing // of each question
	lenses  []lens
	ends    time.Time
	lasting bool // it takes no renewal
}

// term is how long a subscription lasts, by the device's clock.
type term struct{ CurrentTime, TerminationTime string }

// left is the time from one to the other, lifetime where they say nothing that can be.
func (t term) left() time.Duration {
	now, err := time.Parse(time.RFC3339, strings.TrimSpace(t.CurrentTime))
	end, bad := time.Parse(time.RFC3339, strings.TrimSpace(t.TerminationTime))
	if d := end.Sub(now); err == nil && bad == nil && d >= time.Second && d <= 24*time.Hour {
		return d
	}
	return lifetime
}

// subscribe asks a device to keep what it reports for us. Who has the pull point leaves it.
func subscribe(ctx context.Context, c *client) (*pullPoint, error) {
	if err := c.readClock(ctx, &models.FoundDevice{}); err != nil {
		return nil, err
	}
	at, err := c.addresses(ctx)
	if err != nil {
		return nil, err
	}
	if at[eventService] == "" {
		return nil, &fault{NoEvents, errNoEvents}
	}
	p := &pullPoint{client: c}
	if p.lenses, err = c.look(ctx, at); err != nil && reasonOf(err) != Faulty {
		return nil, err
	}
	var said struct {
		term
		Address string `xml:"SubscriptionReference>Address"`
		Parts   parts  `xml:"SubscriptionReference>ReferenceParameters"`
	}
	create := operation{eventService, "CreatePullPointSubscription", "<InitialTerminationTime>" + asLongAs + "</InitialTerminationTime>"}
	service := place(c.base, at[eventService])
	if err := c.ask(ctx, service, create, manner{to: addressing{action: creating, address: at[eventService]}}, &said); err != nil {
		return nil, err
	}
	p.service, p.ends = place(c.base, said.Address), c.now().Add(said.left())
	if strings.TrimSpace(said.Address) == "" { // it has one place for all
		p.service = service
	}
	p.to = addressing{address: cut(strings.TrimSpace(said.Address), urlMost), parts: said.Parts.header()}
	return p, nil
}

// pull waits for what the device tells next, none after a while. The error says that the subscription is lost.
func (p *pullPoint) pull(ctx context.Context) ([]notification, error) {
	left := p.ends.Sub(p.now())
	if left < renewLeft && !p.lasting {
		if err := p.renew(ctx); err != nil {
			return nil, err
		}
		left = p.ends.Sub(p.now())
	}
	if left < overLeft && p.lasting {
		return nil, errOver
	}
	wait := min(pullWait, max(time.Second, left/2)).Truncate(time.Second)
	var said struct {
		term
		All list[notification] `xml:"NotificationMessage"`
	}
	pull := operation{eventService, "PullMessages", fmt.Sprintf("<Timeout>PT%dS</Timeout><MessageLimit>%d</MessageLimit>", int(wait.Seconds()), pullMost)}
	if err := p.ask(ctx, p.service, pull, p.manner(pulling, wait), &said); err != nil {
		return nil, err
	}
	if said.TerminationTime != "" { // many devices let a subscription live on for each pull
		p.ends = p.now().Add(said.left())
	}
	return said.All, nil
}

// renew asks for more time. A device that does not know how is asked no more.
func (p *pullPoint) renew(ctx context.Context) error {
	var said term
	renew := operation{notify, "Renew", "<TerminationTime>" + asLongAs + "</TerminationTime>"}
	err := p.ask(ctx, p.service, renew, p.manner(renewing, 0), &said)
	if err != nil && reasonOf(err) != Faulty {
		return err
	}
	if p.lasting = err != nil; !p.lasting {
		p.ends = p.now().Add(said.left())
	}
	return nil
}

// leave ends the subscription, and does not wait long for it: one that is not ended runs out by itself.
func (p *pullPoint) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveMost)
	defer cancel()
	_ = p.ask(ctx, p.service, operation{notify, "Unsubscribe", ""}, p.manner(taking, 0), &struct{}{})
	p.http.CloseIdleConnections()
}

func (p *pullPoint) manner(action string, wait time.Duration) manner {
	to := p.to
	to.action = action
	return manner{to: to, wait: wait, most: pullBytes}
}

// parts are what a device wants to hear again in each question about a subscription.
type parts struct {
	All []struct {
		XMLName xml.Name
		Text    string `xml:",chardata"`
	} `xml:",any"`
}

func (p parts) header() string {
	var b strings.Builder
	for _, v := range p.All[:min(len(p.All), partsMost)] {
		fmt.Fprintf(&b, `<p:%s xmlns:p="%s" xmlns:a="%s" a:IsReferenceParameter="true">%s</p:%[1]s>`,
			v.XMLName.Local, text(cut(v.XMLName.Space, urlMost)), addressingNames, text(cut(v.Text, urlMost)))
	}
	return b.String()
}

// lens is the part of a profile that says which source its pictures come from.
type lens struct {
	Token  string    `xml:"token,attr"`
	First  sourceSet `xml:"VideoSourceConfiguration"`
	Second sourceSet `xml:"Configurations>VideoSource"`
}

type sourceSet struct {
	Token  string `xml:"token,attr"`
	Source string `xml:"SourceToken"`
}

// look asks for the lenses of a device.
func (c *client) look(ctx context.Context, at map[string]string) ([]lens, error) {
	ask := operation{mediaService, "GetProfiles", ""}
	if at[mediaService] == "" {
		ask = operation{media2Service, "GetProfiles", "<Type>VideoSource</Type>"}
	}
	var said struct{ Profiles list[lens] }
	err := c.call(ctx, place(c.base, at[ask.namespace]), ask, &said)
	return slices.DeleteFunc(said.Profiles, func(l lens) bool { return l.First.Source+l.Second.Source == "" }), err
}

// isAbout tells whether a report is about what the profile plays, "" = the device's first. Of a device with one source every
// report is; of a recorder one that names no source is about nobody, and where no lens is known none is.
func (p *pullPoint) isAbout(r report, profile string) bool {
	i := slices.IndexFunc(p.lenses, func(l lens) bool { return profile == "" || l.Token == profile })
	several := slices.ContainsFunc(p.lenses, func(l lens) bool {
		return l.First.Source+l.Second.Source != p.lenses[0].First.Source+p.lenses[0].Second.Source
	})
	if !several {
		return len(p.lenses) > 0
	}
	return i >= 0 && slices.ContainsFunc(r.sources, func(s string) bool {
		l := p.lenses[i]
		return s != "" && slices.Contains([]string{l.First.Token, l.First.Source, l.Second.Token, l.Second.Source}, s)
	})
}
