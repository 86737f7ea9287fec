package onvif

import (
	"context"
	"errors"
	"net/url"

	"zhihui/models"
)

// streamsMost bounds the streams of one device: a recorder of 64 channels has 128.
const streamsMost = 128

var errNoVideo = errors.New("the device offers no profile with video")

// describe asks the device what it is and fills d as far as it tells. The error is why there is no more.
func (c *client) describe(ctx context.Context, d *models.FoundDevice) error {
	if err := c.readClock(ctx, d); err != nil {
		return err
	}
	media, second, err := c.media(ctx, d)
	if err != nil {
		return err
	}
	if err := c.inform(ctx, d); err != nil {
		return err
	}
	if second != nil { // only there H.265 has a name
		err := c.streams(ctx, d, second, media2Service)
		if err == nil || media == nil || reasonOf(err) != Faulty {
			return err
		}
	}
	return c.streams(ctx, d, media, mediaService)
}

// readClock learns how far the device's clock is off. It is asked first and without credentials, as the specification has it:
// without the answer no token could be made that an unset clock takes. One that keeps its time to itself is asked on.
func (c *client) readClock(ctx context.Context, d *models.FoundDevice) error {
	var said clock
	asked := c.now()
	anonymous := *c
	anonymous.username = ""
	if err := anonymous.call(ctx, c.base, operation{deviceService, "GetSystemDateAndTime", ""}, &said); err != nil {
		if r := reasonOf(err); r == AuthNeeded || r == Faulty {
			return nil
		}
		return err
	}
	if at, ok := said.at(); ok {
		c.offset = at.Sub(asked.Add(c.now().Sub(asked) / 2))
		ms := c.offset.Milliseconds()
		d.OffsetMs = &ms
	}
	return nil
}

// media is where the media service and its second version are; nil where the device has none.
func (c *client) media(ctx context.Context, d *models.FoundDevice) (first, second *url.URL, err error) {
	all, err := c.addresses(ctx)
	return c.service(d, all[mediaService]), c.service(d, all[media2Service]), err
}

// addresses are those of the device's services, by namespace. Older devices do not know GetServices.
func (c *client) addresses(ctx context.Context) (map[string]string, error) {
	var all services
	if err := c.call(ctx, c.base, operation{deviceService, "GetServices", "<IncludeCapability>false</IncludeCapability>"}, &all); err != nil {
		if r := reasonOf(err); r != Faulty && r != NotONVIF {
			return nil, err
		}
	}
	at := map[string]string{}
	for _, s := range all.Service {
		at[s.Namespace] = s.XAddr
	}
	if at[mediaService] == "" && at[media2Service] == "" {
		var said capabilities
		if err := c.call(ctx, c.base, operation{deviceService, "GetCapabilities", "<Category>All</Category>"}, &said); err != nil {
			return nil, err
		}
		at[mediaService], at[ptzService], at[eventService] = said.Media, said.PTZ, said.Events
	}
	return at, nil
}

// service is where a service of that address is asked, nil for none.
func (c *client) service(d *models.FoundDevice, named string) *url.URL {
	if named == "" {
		return nil
	}
	if u, err := url.Parse(named); err == nil {
		c.note(d, u.Hostname())
	}
	return place(c.base, named)
}

// note keeps the first host by which the device calls itself that is not the one we asked.
func (c *client) note(d *models.FoundDevice, host string) {
	if d.Named == "" && host != c.base.Hostname() {
		d.Named = short(host)
	}
}

// inform asks for maker and model. A device that fails at it, as some do, is asked on.
func (c *client) inform(ctx context.Context, d *models.FoundDevice) error {
	var said information
	if err := c.call(ctx, c.base, operation{deviceService, "GetDeviceInformation", ""}, &said); err != nil {
		if reasonOf(err) == Faulty {
			return nil
		}
		return err
	}
	d.Maker, d.Model = short(said.Manufacturer), short(said.Model)
	d.Firmware, d.Serial = short(said.FirmwareVersion), short(said.SerialNumber)
	return nil
}

// streams asks for the profiles with video and where each plays.
func (c *client) streams(ctx context.Context, d *models.FoundDevice, service *url.URL, namespace string) error {
	if service == nil {
		return &fault{NoVideo, errNoVideo}
	}
	ask := operation{namespace, "GetProfiles", ""}
	if namespace == media2Service {
		ask.inside = "<Type>VideoSource</Type><Type>VideoEncoder</Type>"
	}
	var said profiles
	if err := c.call(ctx, service, ask, &said); err != nil {
		return err
	}
	for _, p := range said.Profiles {
		if s, ok := p.stream(); ok && len(d.Streams) < streamsMost {
			d.Streams = append(d.Streams, s)
		}
	}
	if len(d.Streams) == 0 {
		return &fault{NoVideo, errNoVideo}
	}
	for i := range d.Streams {
		if err := c.locate(ctx, d, &d.Streams[i], service, namespace); err != nil {
			return err
		}
	}
	return nil
}

// locate asks where a stream plays, and where its still picture is. A profile that cannot play stays without an address.
func (c *client) locate(ctx context.Context, d *models.FoundDevice, s *models.FoundStream, service *url.URL, namespace string) error {
	token := "<ProfileToken>" + text(s.Profile) + "</ProfileToken>"
	setup := `<StreamSetup><Stream xmlns="` + schema + `">RTP-Unicast</Stream><Transport xmlns="` + schema + `"><Protocol>RTSP</Protocol></Transport></StreamSetup>`
	if namespace == media2Service {
		setup = "<Protocol>RTSP</Protocol>"
	}
	var host string
	for _, ask := range []struct {
		operation
		to      *string
		schemes []string
	}{
		{operation{namespace, "GetStreamUri", setup + token}, &s.URL, []string{"rtsp", "rtsps"}},
		{operation{namespace, "GetSnapshotUri", token}, &s.Snapshot, []string{"http", "https"}},
	} {
		var said uri
		if err := c.call(ctx, service, ask.operation, &said); err == nil {
			*ask.to, host = clean(c.base, said.value(), ask.schemes...)
			if host != "" {
				c.note(d, host)
			}
		} else if reasonOf(err) != Faulty {
			return err
		}
	}
	return nil
}
