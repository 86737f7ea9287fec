package app

import (
	"bytes"
	"context"
	dbsql "database/sql"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"zhihui/configs"
	"zhihui/models"
	"zhihui/models/bus"
	"zhihui/models/store"
)

// settings are those of a hall on free ports, without picture analysis.
func settings(t *testing.T) configs.Config {
	c := configs.Default()
	c.Store.Dir, c.Vision.Off, c.Dashboard.Listen = t.TempDir(), true, "127.0.0.1:0"
	c.Ingest.Networks = models.Reach{"127.0.0.0/8"}
	return c
}

// tape keeps what was logged.
type tape struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (t *tape) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.Write(b)
}

func (t *tape) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}

func (t *tape) log() *slog.Logger {
	return slog.New(slog.NewTextHandler(t, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// serving runs an open hall until stop is called, which returns how it ended.
func serving(t *testing.T, cfg configs.Config, said *tape) (stop func() error) {
	return running(t, cfg, said, "the hall is open")
}

// running is serving as soon as the log holds the words.
func running(t *testing.T, cfg configs.Config, said *tape, words string) (stop func() error) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, "test", cfg, said.log()) }()
	stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { _ = stop() })
	require.Eventually(t, func() bool { return strings.Contains(said.String(), words) },
		20*time.Second, 10*time.Millisecond, "%s", said)
	return stop
}

// openStore is the store of a hall, as the shell's commands open it beside the running one.
func openStore(t *testing.T, cfg configs.Config) *store.Store {
	s, err := store.Open(cfg.Store, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	return s
}

func TestASignalWhileStartingEndsItWithoutAFault(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	said := &tape{}
	require.NoError(t, Run(ctx, "test", settings(t), said.log()))
	require.NotContains(t, said.String(), "the hall is open")
}

// TestAStoreThatRefusesLosesNoEvent: while alerts cannot be written the event waits, also over a restart.
func TestAStoreThatRefusesLosesNoEvent(t *testing.T) {
	cfg := settings(t)
	e := leaveEvent(t, cfg)
	require.NoError(t, openStore(t, cfg).Close())
	sql(t, cfg, "CREATE TRIGGER full BEFORE INSERT ON alerts BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
	said := &tape{}
	stop := running(t, cfg, said, "the disk is full")
	require.NoError(t, stop(), "a signal while old events are taken up is no fault")
	require.NotContains(t, said.String(), "the hall is open")

	sql(t, cfg, "DROP TRIGGER full")
	defer serving(t, cfg, &tape{})()
	beside := openStore(t, cfg)
	defer beside.Close()
	a := alertOf(t, beside, e.Source, models.AlertResolved) // its camera is not on the site any more
	require.Equal(t, e.ID, a.Event)
}

// sql runs a statement behind the hall's back.
func sql(t *testing.T, cfg configs.Config, statement string) {
	db, err := dbsql.Open("sqlite", filepath.Join(cfg.Store.Dir, "zhihui.db")+"?_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	_, err = db.Exec(statement)
	require.NoError(t, errors.Join(err, db.Close()))
}

// leaveEvent puts an event on the bus that nobody has handled, as a crash does.
func leaveEvent(t *testing.T, cfg configs.Config) models.Event {
	now := models.At(time.Now())
	e := models.Event{
		ID: models.NewID(now.Std()), Kind: models.CameraWentOffline, Severity: models.Yellow, State: models.EventOpen, Area: "a",
		Source: "gate", SourceType: models.FromCamera, Rule: "camera_offline", Revision: 1, OpenedAt: now, CapturedAt: now,
	}
	b, err := bus.Start(cfg.Bus, filepath.Join(cfg.Store.Dir, "bus"), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	defer b.Close()
	require.NoError(t, b.PublishEvent(t.Context(), e))
	return e
}

// TestAPartThatFailsWhileStartingEndsTheHall: the consumer of the events cannot begin, while the start waits for it.
func TestAPartThatFailsWhileStartingEndsTheHall(t *testing.T) {
	cfg := settings(t)
	cfg.Bus.URL = cluster(t)
	leaveEvent(t, cfg)
	spoilConsumer(t, cfg.Bus.URL)
	ended := make(chan error, 1)
	go func() { ended <- Run(t.Context(), "test", cfg, slog.New(slog.DiscardHandler)) }()
	select {
	case err := <-ended:
		require.ErrorContains(t, err, "alerting: ")
	case <-time.After(20 * time.Second):
		t.Fatal("the process hangs though it can never open")
	}
}

func TestOneHallAloneRunsOnAFolder(t *testing.T) {
	cfg := settings(t)
	stop := serving(t, cfg, &tape{})
	require.ErrorContains(t, Run(t.Context(), "test", cfg, slog.New(slog.DiscardHandler)), "another zhihui runs on "+cfg.Store.Dir)
	require.NoError(t, stop())
	require.NoError(t, serving(t, cfg, &tape{})())
}

// cluster is a broker outside of the hall.
func cluster(t *testing.T) (url string) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoSigs: true})
	require.NoError(t, err)
	go s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	require.True(t, s.ReadyForConnections(10*time.Second))
	return s.ClientURL()
}

// spoilConsumer takes the name of the hall's consumer for one that can never be made the hall's.
func spoilConsumer(t *testing.T, url string) {
	conn, err := nats.Connect(url)
	require.NoError(t, err)
	defer conn.Close()
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	_, err = js.CreateConsumer(t.Context(), "EVENTS", jetstream.ConsumerConfig{Durable: consumer, AckPolicy: jetstream.AckNonePolicy})
	require.NoError(t, err)
}
