package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"zhihui/models"
)

// importsKept is how many imports can be undone: the newest. With the others go the passwords that they have replaced.
const importsKept = 20

type importRow struct {
	bun.BaseModel `bun:"table:imports"`
	ID            string `bun:",pk"`
	At            models.Time
	Person        string
	Kind          models.ImportKind
	Undoes        string
}

// goneSince is no revision: a thing that is there again after it was removed is another one, and counts from 1 again.
const goneSince = -1

// importedRow is one camera or sensor before an import.
type importedRow struct {
	bun.BaseModel `bun:"table:import_rows"`
	Import        string `bun:",pk"`
	Entity        string `bun:",pk"`
	Doc           string // as it was, "" = there was none
	Secret        string
	Revision      int64 // since then; 0 = there is none, goneSince = it was removed later
}

// UndoImport makes the cameras or sensors of an import what they were before it, with their credentials; this, too, can be undone.
// One that was edited since is a fault. NotFound: there is no such import, or it is too long ago.
func (v Scope) UndoImport(ctx context.Context, id, by string, how ImportHow) (models.Import, error) {
	var past importRow
	err := v.store.read.NewSelect().Model(&past).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return models.Import{}, noImport(id)
	}
	if err != nil {
		return models.Import{}, wrap("read an import", err)
	}
	if past.Kind == models.ImportOfSensors {
		return undoImport(ctx, v, subject[models.Sensor](sensorSubject{}), id, by, how)
	}
	return undoImport(ctx, v, subject[models.Camera](cameraSubject{}), id, by, how)
}

func noImport(id string) error {
	return models.Errorf(models.NotFound, "there is no import %.64q to be undone: the newest %d can be", id, importsKept)
}

func undoImport[T any](ctx context.Context, v Scope, of subject[T], id, by string, how ImportHow) (models.Import, error) {
	return importInto(ctx, v, of, id, by, how, func(im *importing[T]) error {
		var rows []importedRow
		if err := im.tx.db.NewSelect().Model(&rows).Where("import = ?", id).OrderExpr("entity").Scan(im.tx.ctx); err != nil {
			return wrap("read what an import has changed", err)
		}
		if len(rows) == 0 {
			return noImport(id)
		}
		for _, r := range rows {
			if err := im.blame(im.undo(r), models.CellFault{ID: r.Entity}, nil); err != nil {
				return err
			}
		}
		return nil
	})
}

// undo makes one thing what it was.
func (im *importing[T]) undo(r importedRow) error {
	now, err := im.of.now(im.job, r.Entity)
	if err != nil {
		return err
	}
	if now.revision != r.Revision {
		return models.Errorf(models.Conflict, "it was edited or removed since, and stays as it is")
	}
	if r.Doc == "" {
		if err := im.of.remove(im.job, r.Entity); err != nil {
			return err
		}
		im.done.Removed = append(im.done.Removed, r.Entity)
		return im.remember(r.Entity, now, 0)
	}
	was, err := im.of.was(im.job, r)
	if err != nil {
		return err
	}
	if err := im.of.may(im.job, was); err != nil {
		return err
	}
	if err := im.put(was, r.Entity, true); err != nil {
		return err
	}
	return im.asBefore(r, now.revision+1)
}

// asBefore lets the imports before the one that is undone be undone next: what they have put there is there again.
func (im *importing[T]) asBefore(r importedRow, now int64) error {
	was, err := decoded[struct{ Revision int64 }](r.Doc)
	if err != nil {
		return err
	}
	_, err = im.tx.db.NewUpdate().Table("import_rows").Set("revision = ?", now).
		Where("entity = ? AND revision = ? AND import IN (SELECT id FROM imports WHERE kind = ?)", r.Entity, was.Revision, im.of.kind()).Exec(im.tx.ctx)
	return wrap("note what is as it was", err)
}

// begin makes room for a new import, which is taken back when it changes nothing.
func (im *importing[T]) begin(undoes string) error {
	im.done.ID = im.tx.NewID()
	row := importRow{ID: im.done.ID, At: im.tx.now, Person: im.by, Kind: im.of.kind(), Undoes: undoes}
	if err := im.tx.insert(&row, "an import"); err != nil {
		return err
	}
	_, err := im.tx.db.NewRaw("DELETE FROM imports WHERE id NOT IN (SELECT id FROM imports ORDER BY id DESC LIMIT ?)", importsKept).Exec(im.tx.ctx)
	return wrap("forget old imports", err)
}

// remember keeps how a thing was, and the revision that it has now. Credentials that nobody can read are not worth keeping: they
// would stand in the way of every new key.
func (im *importing[T]) remember(id string, was standing, revision int64) error {
	if im.tx.store.openCredentials(&models.Camera{ID: id}, was.secret) != nil {
		was.secret = ""
	}
	err := im.tx.insert(&importedRow{Import: im.done.ID, Entity: id, Doc: was.doc, Secret: was.secret, Revision: revision}, "what an import has changed")
	return wrap("remember "+id, err)
}

// goneSinceImport notes that what imports have put there is no more.
func (tx *Tx) goneSinceImport(kind models.ImportKind, id string) error {
	_, err := tx.db.NewUpdate().Table("import_rows").Set("revision = ?", goneSince).
		Where("entity = ? AND revision > 0 AND import IN (SELECT id FROM imports WHERE kind = ?)", id, kind).Exec(tx.ctx)
	return wrap("note what is gone", err)
}

// PastImports are the imports that can be undone, the newest first: all of them, or those of one person, where the scope is no more
// than a part of the site.
func (v Scope) PastImports(ctx context.Context, by string) ([]models.PastImport, error) {
	all := []models.PastImport{}
	err := v.store.read.NewRaw(`SELECT i.id, i.kind, i.at, i.person AS "by", i.undoes,
			count(*) FILTER (WHERE r.doc = '') AS added,
			count(*) FILTER (WHERE r.doc <> '' AND r.revision <> 0) AS changed,
			count(*) FILTER (WHERE r.doc <> '' AND r.revision = 0) AS removed
		FROM imports AS i JOIN import_rows AS r ON r.import = i.id WHERE ? OR i.person = ? GROUP BY i.id ORDER BY i.id DESC`,
		v.area == Whole, by).Scan(ctx, &all)
	return all, wrap("list the imports", err)
}
