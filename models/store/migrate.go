package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"

	"zhihui/models"
)

// One folder a dialect; the files of a folder are never edited once released, only added to.
//
//go:embed migrations/sqlite/*.sql
var sqliteMigrations embed.FS

// migrations are all that this program knows; readings from before an instant are not worth packing.
func migrations(db *sql.DB, readingsFrom models.Time) (*goose.Provider, error) {
	files, err := fs.Sub(sqliteMigrations, "migrations/sqlite")
	if err != nil {
		return nil, err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(packReadings(readingsFrom)))
	return p, wrap("read the migrations", err)
}

// newestSchema is the number of the newest migration that p knows.
func newestSchema(p *goose.Provider) int64 {
	known := p.ListSources()
	return known[len(known)-1].Version
}

func migrate(db *sql.DB, readingsFrom models.Time, log *slog.Logger) error {
	p, err := migrations(db, readingsFrom)
	if err != nil {
		return err
	}
	ctx := context.Background()
	version, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the tables: %w", err)
	}
	if newest := newestSchema(p); version > newest {
		return models.Errorf(models.Unavailable,
			"the database is of a newer version (%d) than this program (%d): install the newer program again", version, newest)
	}
	if version > 0 && version < newestSchema(p) {
		log.Info("store: bringing the tables up to date; with many readings this takes minutes", "version", version)
	}
	done, err := p.Up(ctx)
	if err != nil {
		return fmt.Errorf("bring the tables up to date: %w", err)
	}
	for _, m := range done {
		log.Info("store: migrated", "file", m.Source.Path, "took", m.Duration)
	}
	return nil
}
