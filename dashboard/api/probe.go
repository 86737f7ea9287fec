package api

import (
	"context"
	"encoding/base64"
	"sync"

	"zhihui/dashboard/live"
	"zhihui/models"
)

// Ingest is what reads cameras and sensors; package ingest does it.
type Ingest interface {
	// Measures says how each camera's stream is now.
	Measures() []models.CameraMeasure
	// Newest is the newest key unit of a camera, nil while there was none.
	Newest(camera string) *models.AccessUnit
	// Probe looks at a camera for 10 s at most; one with an ID alone is that of the site. The unit is nil without a picture.
	Probe(ctx context.Context, camera models.Camera) (models.Probe, *models.AccessUnit)
	// Discover looks for cameras that speak ONVIF for 15 s at most, at one address or, where that is "", on the network. The error
	// is about the address; devices say themselves why they tell no more.
	Discover(ctx context.Context, address, username, password string) ([]models.FoundDevice, error)
	// Presets are what a camera that can be turned knows by name; why it does not tell is in the answer.
	Presets(ctx context.Context, camera string) models.PTZ
	// Turn does one thing with it and returns when the camera has taken it, with the presets that it then has, or with why not.
	Turn(ctx context.Context, camera string, act models.PTZAct) models.PTZ
	// Heard are the MQTT topics that hold q.
	Heard(q string) []models.HeardTopic
	// Push takes a payload as if it had come on the MQTT topic, and calls written, which does not wait, when what it says is on the
	// disk; known is false when no sensor is on the topic.
	Push(ctx context.Context, topic string, payload []byte, written func()) (known bool, err error)
	// Try says what a mapping makes of a payload.
	Try(m models.Mapping, payload string) models.MappingTry
}

// maxProbes bounds the probes at the same time: each is a connection into the cameras' network.
const maxProbes = 4

// probes are the people who probe now. One asks for one camera at a time: who could ask for more could search a network.
type probes struct {
	mu     sync.Mutex
	people map[string]bool
}

// begin returns a TooMany error, or a function that ends the person's turn.
func (p *probes) begin(person string) (end func(), err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.people[person]:
		return nil, models.Errorf(models.TooMany, "you are probing a camera already, wait until it is done")
	case len(p.people) >= maxProbes:
		return nil, models.Errorf(models.TooMany, "%d cameras are being probed already, try again in some seconds", maxProbes)
	}
	if p.people == nil {
		p.people = map[string]bool{}
	}
	p.people[person] = true
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.people, person)
	}, nil
}

// ProbeCamera looks at a camera and says what was found. It ends when the page goes.
func (a *API) ProbeCamera(ctx context.Context, r ProbeCameraRequestObject) (ProbeCameraResponseObject, error) {
	camera, err := a.toProbe(ctx, r.Body)
	if err != nil {
		return nil, err
	}
	end, err := a.probes.begin(caller(ctx).Username)
	if err != nil {
		return nil, err
	}
	defer end()
	found, unit := a.Ingest.Probe(ctx, camera)
	found.Streams = list(found.Streams)
	if unit != nil {
		if err := a.noteProbe(ctx, camera.ID); err != nil {
			return nil, err
		}
		picture, err := live.Picture(unit)
		if err != nil {
			a.Log.Debug("api: the picture of a probe cannot be shown", "error", err)
		}
		found.Picture = base64.StdEncoding.EncodeToString(picture)
	}
	return ProbeCamera200JSONResponse(found), nil
}

// noteProbe notes that the caller sees a camera's picture; "" is none of the site.
func (a *API) noteProbe(ctx context.Context, id string) error {
	if id == "" {
		return nil
	}
	c, err := a.seen(ctx).Camera(ctx, id)
	if err != nil {
		return err
	}
	return a.noteViewing(ctx, models.Viewing{Camera: id, Area: c.Area, Way: models.WatchLive})
}

// toProbe is the camera that is meant. The stored credentials go nowhere but to the stored address.
func (a *API) toProbe(ctx context.Context, b *ProbeCameraJSONRequestBody) (c models.Camera, err error) {
	switch id, url := value(b.Camera), value(b.Url); {
	case id == "" && url == "":
		return c, models.FieldError("url", "say which camera: its id, or an address such as rtsp://192.0.2.10:554/stream1")
	case id == "":
		return models.Camera{URL: url, Username: value(b.Username), Password: value(b.Password), Transport: value(b.Transport)}, nil
	case url != "" || b.Username != nil || b.Password != nil:
		return c, models.FieldError("url", "name a camera, or an address with its credentials, not both")
	default:
		stored, err := a.seen(ctx).Camera(ctx, id)
		c = models.Camera{ID: id, Transport: stored.Transport}
		set(&c.Transport, b.Transport)
		return c, err
	}
}
