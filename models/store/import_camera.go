package store

import (
	"context"

	"zhihui/models"
)

// ImportCameras adds and edits the cameras of a sheet, each as PutCamera does, see importSheet.
func (v Scope) ImportCameras(ctx context.Context, edits []models.Edit[models.Camera], by string, how ImportHow) (models.Import, error) {
	return importSheet(ctx, v, subject[models.Camera](cameraSubject{}), edits, by, how)
}

type cameraSubject struct{}

func (cameraSubject) kind() models.ImportKind { return models.ImportOfCameras }

func (cameraSubject) siteEntity() string { return models.SiteCameras }

func (cameraSubject) find(j *job, id string) (models.Camera, error) {
	found, err := oneCamera(j.tx.ctx, j.tx.db.NewSelect(), id)
	if models.CodeOf(err) == models.NotFound {
		err = nil
	}
	return found.Camera, err
}

func (cameraSubject) place(c *models.Camera) (id, area *string) { return &c.ID, &c.Area }

func (cameraSubject) check(c models.Camera) error { return validateCamera("", c) }

func (cameraSubject) may(j *job, c models.Camera) error { return j.mayPutCamera(j.tx, c) }

// put keeps credentials that the camera leaves out, unless it is whole.
func (cameraSubject) put(j *job, c models.Camera, whole bool) (outcome, standing, error) {
	row, old, err := j.tx.storedCamera(c)
	if err != nil {
		return same, standing{}, err
	}
	if !whole {
		if err := keepCredentials(&c, old); err != nil {
			return same, standing{}, err
		}
		if c.Username == "" && hostOf(c.URL) == hostOf(old.URL) { // a row that gives a password alone
			c.Username = old.Username
		}
	}
	did, err := j.tx.setCamera(c, row, old, j.by)
	return did, standing{row.Doc, row.Secret, old.Revision}, err
}

func (cameraSubject) now(j *job, id string) (standing, error) {
	row, now, err := j.tx.storedCamera(models.Camera{ID: id})
	return standing{row.Doc, row.Secret, now.Revision}, err
}

func (cameraSubject) was(j *job, r importedRow) (c models.Camera, err error) {
	if c, err = decoded[models.Camera](r.Doc); err != nil {
		return c, err
	}
	return c, j.tx.store.openCredentials(&c, r.Secret)
}

func (cameraSubject) remove(j *job, id string) error {
	now, err := oneCamera(j.tx.ctx, j.tx.db.NewSelect(), id)
	if err != nil {
		return err
	}
	if err := j.mustHold(j.tx, now.Area, "camera", id); err != nil {
		return err
	}
	if err := j.unnamed(j.tx, id); err != nil {
		return err
	}
	return j.tx.removeCamera(id, j.by)
}
