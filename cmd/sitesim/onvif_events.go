package main

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"
)

const (
	tev  = "http://www.onvif.org/ver10/events/wsdl"
	wsnt = "http://docs.oasis-open.org/wsn/b-2"

	pointLasts = time.Minute     // unless a subscriber asks for less or more, …
	pointMost  = 5 * time.Minute // … up to this
	pullMost   = time.Minute
)

// poll is what a question to the event service says, beside the Timeout of a turn.
type poll struct {
	MessageLimit           int
	InitialTerminationTime string
	TerminationTime        string
}

// reports are the operations of the event service and of its subscriptions, each at an address of its own.
func reports() map[operation]func(scene) string {
	return map[operation]func(scene) string{
		{tev, "GetServiceCapabilities"}: func(scene) string {
			return `<tev:GetServiceCapabilitiesResponse><tev:Capabilities WSSubscriptionPolicySupport="false" WSPullPointSupport="true" MaxPullPoints="` + fmt.Sprint(pointsMost) + `"/></tev:GetServiceCapabilitiesResponse>`
		},
		{tev, "GetEventProperties"}:          scene.topics,
		{tev, "CreatePullPointSubscription"}: scene.subscribe,
		{tev, "PullMessages"}:                scene.pull,
		{wsnt, "Renew"}:                      scene.renew,
		{wsnt, "Unsubscribe"}:                scene.unsubscribe,
	}
}

func (s scene) topics() string {
	topic := func(detector, name string) string {
		return `<` + detector + `><` + name + ` wstop:topic="true"/></` + detector + `>`
	}
	return `<tev:GetEventPropertiesResponse><tev:TopicNamespaceLocation>http://www.onvif.org/onvif/ver10/topics/topicns.xml</tev:TopicNamespaceLocation>` +
		`<wsnt:FixedTopicSet>true</wsnt:FixedTopicSet><wstop:TopicSet xmlns:wstop="http://docs.oasis-open.org/wsn/t-1"><tns1:RuleEngine xmlns:tns1="http://www.onvif.org/ver10/topics">` +
		topic("LineDetector", "Crossed") + topic("FieldDetector", "ObjectsInside") + topic("LoiteringDetector", "ObjectIsLoitering") +
		`</tns1:RuleEngine></wstop:TopicSet><wsnt:TopicExpressionDialect>http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet</wsnt:TopicExpressionDialect>` +
		`<tev:MessageContentFilterDialect>http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter</tev:MessageContentFilterDialect>` +
		`<tev:MessageContentSchemaLocation>http://www.onvif.org/onvif/ver10/schema/onvif.xsd</tev:MessageContentSchemaLocation></tev:GetEventPropertiesResponse>`
}

// lasts reads how long a subscriber wants to stay, as PT60S and PT2M are written.
func lasts(s string) time.Duration {
	d, err := time.ParseDuration(strings.ToLower(strings.TrimPrefix(s, "PT")))
	if err != nil || d <= 0 {
		return pointLasts
	}
	return min(d, pointMost)
}

func (s scene) term(prefix string, ends time.Time) string {
	stamp := func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
	return fmt.Sprintf(`<%s:CurrentTime>%s</%[1]s:CurrentTime><%[1]s:TerminationTime>%[3]s</%[1]s:TerminationTime>`, prefix, stamp(s.now()), stamp(ends))
}

func (s scene) subscribe() string {
	id := rand.Text()
	if !s.board.open(id, lasts(s.poll.InitialTerminationTime)) {
		return faultOf("ter:MaxPullPoints", "there are too many subscriptions")
	}
	_, ends, _ := s.board.renew(id, 0)
	return `<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference><wsa:Address>` + s.at("subscription/"+id) + `</wsa:Address></tev:SubscriptionReference>` +
		s.term("wsnt", ends) + `</tev:CreatePullPointSubscriptionResponse>`
}

// subscription is the one whose address was asked.
func (s scene) subscription() string {
	return s.request.URL.Path[strings.LastIndex(s.request.URL.Path, "/")+1:]
}

func gone() string { return faultOf("ter:ResourceUnknownFault", "there is no such subscription") }

func (s scene) pull() string {
	id := s.subscription()
	wake, ends, ok := s.board.renew(id, 0)
	if !ok {
		return gone()
	}
	most := s.poll.MessageLimit
	if most <= 0 {
		most = newsMost
	}
	news := s.board.take(id, most)
	timer := time.NewTimer(min(lasts(s.turn.Timeout), pullMost))
	defer timer.Stop()
	for waits := true; waits && len(news) == 0; {
		select {
		case <-wake: // a token may be left of what was taken before
		case <-timer.C:
			waits = false
		case <-s.request.Context().Done():
			waits = false
		}
		news = s.board.take(id, most)
	}
	return `<tev:PullMessagesResponse>` + s.term("tev", ends) + strings.Join(news, "") + `</tev:PullMessagesResponse>`
}

func (s scene) renew() string {
	_, ends, ok := s.board.renew(s.subscription(), lasts(s.poll.TerminationTime))
	if !ok {
		return gone()
	}
	return `<wsnt:RenewResponse>` + s.term("wsnt", ends) + `</wsnt:RenewResponse>`
}

func (s scene) unsubscribe() string {
	if _, _, ok := s.board.renew(s.subscription(), 0); !ok {
		return gone()
	}
	s.board.close(s.subscription())
	return `<wsnt:UnsubscribeResponse/>`
}
