package store

import (
	"context"
	"fmt"

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
}

// goneSince is no revision: a camera that is there again after it was removed is another one, and counts from 1 again.
const goneSince = -1

// importedRow is one camera before an import.
type importedRow struct {
	bun.BaseModel `bun:"table:import_rows"`
	Import        string `bun:",pk"`
	Camera        string `bun:",pk"`
	Doc           string // as it was, "" = there was none
	Secret        string
	Revision      int64 // since then; 0 = there is none, goneSince = it was removed later
}

// UndoImport makes the cameras of an import what they were before it, with their credentials; this, too, can be undone. A camera
// that was edited since is a fault. NotFound: there is no such import, or it is too long ago.
func (v Scope) UndoImport(ctx context.Context, id, by string, how ImportHow) (models.CameraImport, error) {
	return v.importing(ctx, by, how, func(im *importing) error {
		var rows []importedRow
		if err := im.tx.db.NewSelect().Model(&rows).Where("import = ?", id).OrderExpr("camera").Scan(im.tx.ctx); err != nil {
			return wrap("read what an import has changed", err)
		}
		if len(rows) == 0 {
			return models.Errorf(models.NotFound, "there is no import %.64q to be undone: the newest %d can be", id, importsKept)
		}
		for _, r := range rows {
			if err := im.blame(im.undo(r), models.CellFault{Camera: r.Camera}); err != nil {
				return err
			}
		}
		return nil
	})
}

// undo makes one camera what it was.
func (im *importing) undo(r importedRow) error {
	row, now, err := im.tx.storedCamera(models.Camera{ID: r.Camera})
	if err != nil {
		return err
	}
	if now.Revision != r.Revision {
		return models.Errorf(models.Conflict, "it was edited or removed since, and stays as it is")
	}
	if r.Doc == "" {
		return im.remove(row, now)
	}
	was, err := decoded[models.Camera](r.Doc)
	if err != nil {
		return err
	}
	if err := im.tx.store.openCredentials(&was, r.Secret); err != nil {
		return err
	}
	if err := im.mayPutCamera(im.tx, was); err != nil {
		return err
	}
	return im.put(was, true)
}

func (im *importing) remove(row cameraRow, now models.Camera) error {
	if err := im.mustHold(im.tx, now.Area, "camera", now.ID); err != nil {
		return err
	}
	if err := im.unnamed(im.tx, now.ID); err != nil {
		return err
	}
	if err := im.tx.removeCamera(now.ID, im.by); err != nil {
		return err
	}
	im.done.Removed = append(im.done.Removed, now.ID)
	return im.remember(now.ID, row, 0)
}

// begin makes room for a new import, which is taken back when it changes nothing.
func (im *importing) begin() error {
	im.done.ID = im.tx.NewID()
	if err := im.tx.insert(&importRow{ID: im.done.ID, At: im.tx.now, Person: im.by}, "an import"); err != nil {
		return err
	}
	_, err := im.tx.db.NewRaw("DELETE FROM imports WHERE id NOT IN (SELECT id FROM imports ORDER BY id DESC LIMIT ?)", importsKept).Exec(im.tx.ctx)
	return wrap("forget old imports", err)
}

// remember keeps how a camera was, and the revision that it has now. Credentials that nobody can read are not worth keeping:
// they would stand in the way of every new key.
func (im *importing) remember(camera string, was cameraRow, revision int64) error {
	if im.tx.store.openCredentials(&models.Camera{ID: camera}, was.Secret) != nil {
		was.Secret = ""
	}
	err := im.tx.insert(&importedRow{Import: im.done.ID, Camera: camera, Doc: was.Doc, Secret: was.Secret, Revision: revision}, "what an import has changed")
	return wrap(fmt.Sprintf("remember camera %s", camera), err)
}
