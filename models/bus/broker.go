package bus

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"zhihui/models"
	"zhihui/models/pki"
)

// The two accounts of the embedded broker do not see each other: a device that knows the MQTT password cannot publish an
// event or read one.
const accounts = `accounts { HALL: { jetstream: enabled }, SENSORS: { jetstream: { max_store: 268435456 } } }`

const (
	readyWithin = 10 * time.Second
	// forgetAfter is how long what an MQTT client has subscribed to is kept for it while it is away: of one that never
	// comes back it would fill the sensors' part of the disk.
	forgetAfter = 10 * time.Minute
	// deviceStream is the server's own name for the messages of devices at QoS 1.
	deviceStream   = "$MQTT_msgs"
	deviceSubjects = "$MQTT.msgs.>"
	// InFlight is how many messages at QoS 1 a client gets before the broker waits for an answer.
	InFlight = 1024
	// againAfter is when one that was not answered is handed over again, also to who has come back after a kill.
	againAfter = 5 * time.Second
	// nameFile holds what makes the hall's own names at the broker.
	nameFile = "name"
	// sensorsSuffix makes our name in the sensors' account of that in our own.
	sensorsSuffix = "-sensors"
)

// broker is the embedded NATS server. It opens no port but the MQTT listener's.
type broker struct {
	config   Config
	dir      string
	log      *slog.Logger
	mu       sync.Mutex
	server   *server.Server
	mqtt     string        // host:port of the MQTT listener, "" = none
	identity *pki.Identity // of the MQTT listener, nil without TLS
	username string        // of the in-process user; random, so that no device's name can be the same
	password string
	name     string // see Bus.Name
	backlog  backlog
}

func startBroker(config Config, dataDir string, log *slog.Logger) (*broker, error) {
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return nil, models.Errorf(models.Unavailable, "the bus cannot keep its data: %v", err)
	}
	b := &broker{config: config, dir: dataDir, log: log, username: rand.Text(), password: rand.Text()}
	b.identity = config.MQTT.identity(log)
	var err error
	if b.name, err = keptName(filepath.Join(dataDir, nameFile)); err != nil {
		return nil, models.Errorf(models.Unavailable, "the bus cannot keep its name: %v", err)
	}
	if err := b.start(); err != nil {
		return nil, err
	}
	if config.MQTT.exposed() {
		log.Warn("bus: MQTT is heard without TLS, because bus.mqtt.insecure is set: the sensors' password crosses the network unencrypted")
	}
	return b, nil
}

func (b *broker) start() error {
	options, err := b.options(b.config, b.dir)
	if err != nil {
		return err
	}
	s, err := server.NewServer(options)
	if err != nil {
		return fmt.Errorf("embedded broker: %w", err)
	}
	s.SetLoggerV2(newBrokerLog(b.log), false, false, false)
	go s.Start() // returns when the server is up
	b.mu.Lock()
	b.server = s
	b.mu.Unlock()
	if !s.ReadyForConnections(readyWithin) {
		b.stop()
		return models.Errorf(models.Unavailable, "the embedded broker did not start within %v; is %s writable?", readyWithin, b.dir)
	}
	if address := b.config.MQTT.Address; address != "" && b.mqtt == "" {
		b.mqtt = reach(address, options.MQTT.Port)
		host, _, _ := net.SplitHostPort(address)
		b.config.MQTT.Address = net.JoinHostPort(host, strconv.Itoa(options.MQTT.Port)) // a restart keeps a port that was any free one
	}
	if b.config.MQTT.Address == "" {
		return nil
	}
	if err := b.declareMessages(); err != nil {
		b.stop()
		return fmt.Errorf("embedded broker: %w", err)
	}
	return nil
}

// declareMessages makes the stream of QoS 1 messages before the server makes it for the first device, and in another way: a
// message is acknowledged when it is written and synced a moment later, not each by itself, which is ten times as many a
// second. A loss of power may take the newest along, as it takes readings that are not in the store yet; no event goes this
// way. One that an older version has made is made anew, unless a device is subscribed that may come back.
func (b *broker) declareMessages() error {
	conn, err := nats.Connect("", nats.InProcessServer(b), nats.UserInfo(b.username+sensorsSuffix, b.password))
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), declareWithin)
	defer cancel()
	old, err := js.Stream(ctx, deviceStream)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
	case err != nil:
		return err
	case old.CachedInfo().Config.PersistMode == jetstream.AsyncPersistMode || old.CachedInfo().State.Consumers > 0:
		return b.backlog.load(ctx, old)
	default:
		if err := js.DeleteStream(ctx, deviceStream); err != nil {
			return err
		}
	}
	_, err = js.CreateStream(ctx, jetstream.StreamConfig{
		Name: deviceStream, Subjects: []string{deviceSubjects}, Storage: jetstream.FileStorage, Retention: jetstream.InterestPolicy,
		Replicas: 1, PersistMode: jetstream.AsyncPersistMode,
	})
	return err
}

// keptName is a random name that outlives the process.
func keptName(file string) (string, error) {
	name, err := os.ReadFile(file)
	if err == nil && len(name) > 0 {
		return string(name), nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	made := rand.Text()
	return made, os.WriteFile(file, []byte(made), 0o600)
}

// restart ends the server and starts another one on the same data.
func (b *broker) restart() error {
	b.stop()
	return b.start()
}

// InProcessConn connects to the server that runs now.
func (b *broker) InProcessConn() (net.Conn, error) {
	b.mu.Lock()
	s := b.server
	b.mu.Unlock()
	return s.InProcessConn()
}

// reach is where this machine finds a listener on the address: one that listens everywhere is found at home.
func reach(address string, port int) string {
	host, _, _ := net.SplitHostPort(address)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, strconv.Itoa(port))
}

func (b *broker) options(config Config, dataDir string) (*server.Options, error) {
	o := &server.Options{}
	if err := o.ProcessConfigString(accounts); err != nil {
		return nil, fmt.Errorf("embedded broker: %w", err)
	}
	o.ServerName, o.DontListen, o.NoSigs = "zhihui", true, true
	o.JetStream, o.StoreDir, o.SyncAlways = true, dataDir, true
	o.JetStreamMaxStore = 2*config.MaxBytes + 1<<30
	o.MQTT.ConsumerInactiveThreshold, o.MQTT.MaxAckPending, o.MQTT.AckWait = forgetAfter, InFlight, againAfter
	for _, account := range o.Accounts {
		var err error
		switch account.Name {
		case "HALL":
			err = admit(o, b.username, b.password, account, "IN_PROCESS")
		case "SENSORS":
			if config.MQTT.Address != "" {
				err = errors.Join(admit(o, config.MQTT.Username, config.MQTT.Password, account, "MQTT"),
					admit(o, b.username+sensorsSuffix, b.password, account, "IN_PROCESS"))
			}
		}
		if err != nil {
			return nil, fmt.Errorf("embedded broker: %w", err)
		}
	}
	if err := b.encrypt(o); err != nil {
		return nil, err
	}
	return o, listenMQTT(o, config.MQTT.Address)
}

// admit lets a user in over one kind of connection.
func admit(o *server.Options, name, password string, account *server.Account, over string) error {
	hashed, err := hash(password)
	o.Users = append(o.Users, &server.User{
		Username: name, Password: hashed, Account: account, AllowedConnectionTypes: map[string]struct{}{over: {}},
	})
	return err
}

// listenMQTT sets the listener's address. The server only logs when the port is taken, so that is found out here.
func listenMQTT(o *server.Options, address string) error {
	if address == "" {
		return nil
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return &models.Error{Code: models.Unavailable, Field: "mqtt.address", Message: fmt.Sprintf("cannot listen: %v", err)}
	}
	host, port, _ := net.SplitHostPort(address)
	o.MQTT.Host = host
	if o.MQTT.Port, err = strconv.Atoi(port); o.MQTT.Port == 0 {
		o.MQTT.Port = -1 // NATS' word for any free one
	}
	return errors.Join(err, l.Close())
}

func (b *broker) connect(options []nats.Option) (*nats.Conn, error) {
	return nats.Connect("", append(options, nats.InProcessServer(b), nats.UserInfo(b.username, b.password))...)
}

func (b *broker) stop() {
	b.mu.Lock()
	s := b.server
	b.mu.Unlock()
	s.Shutdown()
	s.WaitForShutdown()
}
