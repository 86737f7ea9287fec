package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"zhihui/models"
)

// Store is the database and the snapshots of one site. Its methods may be called from many goroutines.
type Store struct {
	cfg     Config
	log     *slog.Logger
	now     func() time.Time
	keys    *keyring
	read    *bun.DB
	writer  *writer
	health  health
	newest  models.Time // of the ids that were made; the writer's goroutine alone touches it
	bell    bell
	latest  latest
	metrics metrics

	believed atomic.Int64 // models.Time by which ages were judged last, 0 = not yet
}

// readers bounds the connections that read at once; SQLite gives each its own page cache.
const readers = 4

// Open makes or opens the store in cfg.Dir, brings its tables up to date and starts its writer. It refuses a key file that
// others can read, one that is missing beside a database, and one that belongs to another database. Close ends it.
func Open(cfg Config, logger *slog.Logger) (*Store, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	file := filepath.Join(cfg.Dir, "zhihui.db")
	if err := os.MkdirAll(filepath.Join(cfg.Dir, snapshotFolder), 0o750); err != nil {
		return nil, fmt.Errorf("make the store's folder: %w", err)
	}
	keys, err := openKeyring(cfg.Dir, exists(file))
	if err != nil {
		return nil, err
	}
	s := &Store{cfg: cfg, log: logger, now: cfg.Now, keys: keys}
	if err := makePrivate(file); err != nil {
		return nil, fmt.Errorf("make the database: %w", err)
	}
	if err := s.openDatabase(file); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Store) openDatabase(file string) error {
	// One connection: the writer goroutine is its only user.
	write, err := connect(file, "_txlock=immediate", 1)
	if err != nil {
		return err
	}
	if err := migrate(write.DB, models.At(s.now().Add(-s.cfg.Keep.Readings.Std())), s.log); err != nil {
		return errors.Join(err, write.Close())
	}
	if s.read, err = connect(file, "_pragma=query_only(1)", readers); err != nil {
		return errors.Join(err, write.Close())
	}
	s.writer = startWriter(s, write)
	err = s.checkKey(context.Background())
	if err == nil {
		err = s.loadLatest(context.Background())
	}
	if err != nil {
		return errors.Join(err, s.Close())
	}
	return nil
}

// Close answers the writes that are already in the queue, refuses later ones and closes the database.
func (s *Store) Close() error {
	return errors.Join(s.writer.close(), s.read.Close())
}

// connect opens a pool of at most n connections. FULL: an acknowledged write survives the loss of power, not only of the
// process. The cache is bounded to 16 MB a connection, the WAL to 64 MB once it has been copied back.
func connect(file, options string, n int) (*bun.DB, error) {
	dsn := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(file)}).EscapedPath(), RawQuery: "_pragma=busy_timeout(5000)" +
		"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
		"&_pragma=cache_size(-16000)&_pragma=journal_size_limit(67108864)&" + options}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	if err := db.Ping(); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", file, err), db.Close())
	}
	return bun.NewDB(db, dialect{sqlitedialect.New()}), nil
}

// makePrivate makes the file before SQLite does, which would let others read it; its WAL takes over the mode.
func makePrivate(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
