package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"zhihui/models"
	"zhihui/models/store"
)

// maxReadings bounds the readings that wait for the store: 16 MB, and 25 s of 20,000 a second.
const maxReadings = 500_000

const (
	readingsEvery = 500 * time.Millisecond // readings are written together; a kill takes no more than a second of those at QoS 0
	retryEvery    = 500 * time.Millisecond // after the store refused
	lastWithin    = 3 * time.Second        // for what waits at the end
)

// recorder brings what ingest reports into the store without making ingest wait. Of each camera and sensor only the
// newest status waits; of readings the oldest is dropped and counted when too many wait.
type recorder struct {
	store   *store.Store
	log     *slog.Logger
	dropped func(n int)
	changed chan struct{} // capacity 1: there is a status to write
	awaited chan struct{} // capacity 1: the broker waits for readings to be written
	most    int           // readings that it may wait for: a quarter, since as many may be owed to a connection before

	mu       sync.Mutex
	cameras  map[string]models.CameraStatus
	sensors  map[string]models.SensorStatus
	readings []models.Reading
	written  []func() // to be called when they are
}

// newRecorder returns a recorder for a broker that waits after so many messages.
func newRecorder(s *store.Store, log *slog.Logger, inFlight int, dropped func(n int)) *recorder {
	return &recorder{
		store: s, log: log, dropped: dropped, changed: make(chan struct{}, 1), awaited: make(chan struct{}, 1), most: max(1, inFlight/4),
		cameras: map[string]models.CameraStatus{}, sensors: map[string]models.SensorStatus{},
	}
}

func (r *recorder) camera(s models.CameraStatus) {
	r.mu.Lock()
	r.cameras[s.Camera] = s
	r.mu.Unlock()
	wake(r.changed)
}

func (r *recorder) sensor(s models.SensorStatus) {
	r.mu.Lock()
	r.sensors[s.Sensor] = s
	r.mu.Unlock()
	wake(r.changed)
}

// reading takes a reading; written, if any, is called when it is on the disk. The readings that a broker waits for are written
// at once when they are so many that it may soon wait.
func (r *recorder) reading(v models.Reading, written func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.readings) >= maxReadings {
		r.readings = r.readings[1:]
		r.dropped(1)
	}
	r.readings = append(r.readings, v)
	if written == nil {
		return
	}
	if len(r.written) >= maxReadings { // of those who push; a broker waits long before
		r.written = r.written[1:]
	}
	if r.written = append(r.written, written); len(r.written) >= r.most {
		wake(r.awaited)
	}
}

func wake(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run writes until ctx ends, and what waits then.
func (r *recorder) Run(ctx context.Context) error {
	tick := time.NewTicker(readingsEvery)
	defer tick.Stop()
	var retry <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWithin)
			defer cancel()
			r.writeStatuses(last)
			r.writeReadings(last)
			return ctx.Err()
		case <-r.changed:
			retry = r.writeStatuses(ctx)
		case <-retry:
			retry = r.writeStatuses(ctx)
		case <-tick.C:
			r.writeReadings(ctx)
		case <-r.awaited:
			r.writeReadings(ctx)
		}
	}
}

// writeStatuses writes the statuses that wait in one change set. When the store refuses they wait on, unless a newer one
// has come, and the channel tells when to try again.
func (r *recorder) writeStatuses(ctx context.Context) (retry <-chan time.Time) {
	r.mu.Lock()
	cameras, sensors := r.cameras, r.sensors
	r.cameras, r.sensors = map[string]models.CameraStatus{}, map[string]models.SensorStatus{}
	r.mu.Unlock()
	err := r.store.Write(ctx, func(tx *store.Tx) error {
		for _, s := range cameras {
			if err := gone(tx.SetCameraStatus(s)); err != nil {
				return err
			}
		}
		for _, s := range sensors {
			if err := gone(tx.SetSensorState(s.Sensor, s.State, tx.Now())); err != nil {
				return err
			}
			if err := gone(tx.SetSensorFault(s.Sensor, s.BadPayloads, s.LastFault)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		return nil
	}
	r.log.Error("statuses wait for the store", "error", err)
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, s := range cameras {
		if _, newer := r.cameras[id]; !newer {
			r.cameras[id] = s
		}
	}
	for id, s := range sensors {
		if _, newer := r.sensors[id]; !newer {
			r.sensors[id] = s
		}
	}
	return time.After(retryEvery)
}

// gone forgives that the thing was removed from the site in the meantime.
func gone(err error) error {
	if models.CodeOf(err) == models.NotFound {
		return nil
	}
	return err
}

func (r *recorder) writeReadings(ctx context.Context) {
	r.mu.Lock()
	readings, written := r.readings, r.written
	r.readings, r.written = nil, nil
	r.mu.Unlock()
	if len(readings) == 0 {
		return
	}
	if err := r.store.AppendReadings(ctx, readings); err != nil {
		r.log.Error("readings wait for the store", "error", err)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.readings, r.written = append(readings, r.readings...), append(written, r.written...)
		if over := len(r.readings) - maxReadings; over > 0 {
			r.readings = r.readings[over:]
			r.dropped(over)
		}
		return
	}
	for _, tell := range written {
		tell()
	}
}
