package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"golang.org/x/sync/errgroup"

	"zhihui/models"
)

// fleet publishes what sensors say. The readings of each count up from 1, so that each one can be looked for.
type fleet struct {
	*bed
	clients []paho.Client
	said    []int64 // of each sensor; sensor n belongs to client n%len(clients)
	begun   time.Time
}

const pahoWithin = 10 * time.Second

var errPahoLate = errors.New("the broker does not answer")

func (d *bed) fleet(clients int) (*fleet, error) {
	f := &fleet{bed: d, said: make([]int64, len(d.site.Sensors)), begun: time.Now()}
	for n := range clients {
		c := paho.NewClient(paho.NewClientOptions().AddBroker("tcp://" + d.mqtt).SetClientID(fmt.Sprintf("bench-%d", n)).
			SetUsername(user).SetPassword(d.secret).SetProtocolVersion(4).SetAutoReconnect(false).SetConnectTimeout(pahoWithin))
		if err := done(c.Connect()); err != nil {
			f.close()
			return nil, fmt.Errorf("publisher %d: %w", n, err)
		}
		f.clients = append(f.clients, c)
	}
	return f, nil
}

func done(t paho.Token) error {
	if !t.WaitTimeout(pahoWithin) {
		return errPahoLate
	}
	return t.Error()
}

func (f *fleet) close() {
	for _, c := range f.clients {
		c.Disconnect(0)
	}
}

// heard publishes until zhihui hears it.
func (f *fleet) heard(h *hall) error {
	return until(f.ctx, time.Minute, "zhihui hears the sensors", func() (bool, error) {
		if err := f.say(0, 0); err != nil {
			return false, err
		}
		n, err := h.kept(f.ctx)
		return n > 0, err
	})
}

// say publishes the next reading of a sensor.
func (f *fleet) say(n int, qos byte) error {
	f.said[n]++
	payload := fmt.Sprintf(`{"data":{"level":%d.%d,"unit":"m"},"battery":87}`, f.said[n]/10, f.said[n]%10)
	return done(f.clients[n%len(f.clients)].Publish(topicOf(sensorID(n)), qos, false, payload))
}

// publish has all clients publish until then: at QoS 0 rate readings a second in all, at QoS 1 each client the next one when
// the one before is acknowledged.
func (f *fleet) publish(qos byte, rate int, until time.Time) error {
	every := time.Duration(0)
	if qos == 0 {
		every = time.Second * time.Duration(len(f.clients)) / time.Duration(rate)
	}
	var all errgroup.Group
	for k := range f.clients {
		all.Go(func() error { return f.publishOf(k, qos, every, until) })
	}
	return all.Wait()
}

// publishOf has one client publish for its sensors by turns. What is late is made up for.
func (f *fleet) publishOf(k int, qos byte, every time.Duration, until time.Time) error {
	due := time.Now()
	for n := k; time.Now().Before(until); n += len(f.clients) {
		if n >= len(f.said) {
			n = k
		}
		if ahead := time.Until(due); ahead > 0 {
			if err := sleep(f.ctx, max(ahead, 5*time.Millisecond)); err != nil {
				return err
			}
		}
		due = due.Add(every)
		if err := f.say(n, qos); err != nil {
			return fmt.Errorf("sensor %d: %w", n, err)
		}
	}
	return f.ctx.Err()
}

func (f *fleet) published() (sum int64) {
	for _, n := range f.said {
		sum += n
	}
	return sum
}

// readBack reads all readings of all sensors page by page, and returns how many there are and how many of those that were
// said are not among them. One that is there twice, or was never said, is an error.
func (f *fleet) readBack(h *hall) (back, lost int64, err error) {
	for n, said := range f.said {
		got, err := h.readings(f.ctx, sensorID(n), f.begun)
		if err != nil {
			return 0, 0, err
		}
		seen := make([]bool, said+1)
		for _, r := range got {
			k := int64(math.Round(r.Value * 10))
			if k < 1 || k > said || seen[k] {
				return 0, 0, fmt.Errorf("sensor %s never said %v, or it is there twice", sensorID(n), r.Value)
			}
			seen[k] = true
		}
		back, lost = back+int64(len(got)), lost+said-int64(len(got))
	}
	return back, lost, nil
}

// readings returns every reading of a sensor from an instant on.
func (h *hall) readings(ctx context.Context, sensor string, from time.Time) (all []models.Rollup, err error) {
	query := url.Values{"step": {"raw"}, "limit": {"10000"}, "from": {from.UTC().Format(time.RFC3339)}}
	for more := true; more; {
		var page models.Trend
		if err := h.get(ctx, "/sensors/"+sensor+"/readings?"+query.Encode(), &page); err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		query.Set("after", page.Next)
		more = page.Next != ""
	}
	return all, nil
}

const keptReadings = "zhihui_store_readings_total"

// kept is how many readings are on the disk, as zhihui counts them.
func (h *hall) kept(ctx context.Context) (int64, error) {
	m, err := h.metrics(ctx)
	return int64(m[keptReadings]), err
}

// allKept waits until no more readings are written, and returns how many are and when the last ones were.
func (h *hall) allKept(ctx context.Context) (n int64, last time.Time, err error) {
	last = time.Now()
	err = until(ctx, time.Minute, "all readings are written", func() (bool, error) {
		now, err := h.kept(ctx)
		if now != n {
			n, last = now, time.Now()
		}
		return time.Since(last) > 3*time.Second, err
	})
	return n, last, err
}
