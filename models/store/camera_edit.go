package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"zhihui/models"
)

// PutCamera adds or edits one camera and notes who did it. An empty password keeps the old one, and with an empty username
// the old username too. Faults are Invalid errors by field; an edit that changes nothing leaves no trace.
func (v Scope) PutCamera(ctx context.Context, c models.Camera, by string) error {
	if err := validateCamera("", c); err != nil {
		return err
	}
	return v.store.Write(ctx, func(tx *Tx) error {
		if err := v.mayPutCamera(tx, c); err != nil {
			return err
		}
		did, err := tx.putCamera(c, by)
		if err != nil || did == same {
			return err
		}
		return tx.siteChanged(models.SiteCameras)
	})
}

// mayPutCamera returns why the camera cannot be put where it says, or not by whom the scope belongs to.
func (v Scope) mayPutCamera(tx *Tx, c models.Camera) error {
	if err := v.mayPut(tx, c.Area); err != nil {
		return err
	}
	old, err := oneCamera(tx.ctx, tx.db.NewSelect(), c.ID)
	if models.CodeOf(err) == models.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return v.mustHold(tx, old.Area, "camera", c.ID)
}

// DeleteCamera removes one camera and notes who did it. Its history stays. A camera that a sensor names is a Conflict.
func (v Scope) DeleteCamera(ctx context.Context, id, by string) error {
	return v.store.Write(ctx, func(tx *Tx) error {
		old, err := oneCamera(tx.ctx, tx.db.NewSelect(), id)
		if err != nil {
			return err
		}
		if err := v.mustHold(tx, old.Area, "camera", id); err != nil {
			return err
		}
		if err := v.unnamed(tx, id); err != nil {
			return err
		}
		return errors.Join(tx.removeCamera(id, by), tx.siteChanged(models.SiteCameras))
	})
}

// unnamed returns a Conflict when a sensor names the camera; one outside of the scope stays without its name.
func (v Scope) unnamed(tx *Tx, camera string) error {
	var id, area []string
	if err := tx.db.NewSelect().Table("sensors").Column("id", "area").Where("camera = ?", camera).Limit(1).Scan(tx.ctx, &id, &area); err != nil {
		return fmt.Errorf("look for sensors of camera %s: %w", camera, err)
	}
	if len(id) == 0 {
		return nil
	}
	who := "a sensor that lies outside of what you look after"
	if ok, err := v.holds(tx.ctx, tx.db, area[0]); err != nil {
		return err
	} else if ok {
		who = "sensor " + id[0]
	}
	return models.Errorf(models.Conflict, "%s names camera %s as the one that sees it: change the sensor first", who, camera)
}

// putCamera writes the camera, whose area is there already, its change and its ledger row; its Revision grows when it differs.
// Credentials that it leaves out stay as they are.
func (tx *Tx) putCamera(c models.Camera, by string) (outcome, error) {
	row, old, err := tx.storedCamera(c)
	if err != nil {
		return same, err
	}
	if err := keepCredentials(&c, old); err != nil {
		return same, err
	}
	return tx.setCamera(c, row, old, by)
}

// storedCamera is what there is of a camera that is about to be written; a row without an ID = nothing.
func (tx *Tx) storedCamera(c models.Camera) (row cameraRow, old models.Camera, err error) {
	rows, err := cameraRows(tx.ctx, tx.db.NewSelect().Where("id = ?", c.ID))
	if err != nil || len(rows) == 0 {
		return cameraRow{State: models.CameraConnecting, Since: tx.now}, old, err
	}
	old, err = tx.store.known(rows[0], c)
	return rows[0], old, err
}

// setCamera is putCamera that takes the credentials as they are given.
func (tx *Tx) setCamera(c models.Camera, row cameraRow, old models.Camera, by string) (outcome, error) {
	var before any
	known := row.ID != ""
	if known {
		before = json.RawMessage(row.Doc)
	}
	c.Revision = old.Revision
	doc, err := document(c)
	if err != nil || doc == row.Doc && c.Username == old.Username && c.Password == old.Password {
		return same, err
	}
	c.Revision++
	row.ID, row.Area, row.Words, row.Analyse = c.ID, c.Area, folded(c.Name), c.Analyse
	if c.Disabled != old.Disabled {
		row.State, row.Code, row.Reason, row.Since = stateWhen(c.Disabled), "", "", tx.now
	}
	if row.Doc, err = document(c); err != nil {
		return same, err
	}
	if row.Secret, err = tx.sealCredentials(c); err != nil {
		return same, err
	}
	if err := tx.upsert(&row, "a camera"); err != nil {
		return same, err
	}
	view, err := row.view()
	if err != nil {
		return same, err
	}
	return outcomeOf(known), errors.Join(
		tx.left(models.TopicCamera, c.ID, old.Area, c.Area),
		tx.changeOf(models.TopicCamera, c.ID, c.Area, view),
		tx.Ledger(by, "camera.put", c.ID, before, c))
}

func stateWhen(disabled bool) models.CameraState {
	if disabled {
		return models.CameraDisabled
	}
	return models.CameraConnecting
}

// removeCamera removes a camera that no sensor names, with its change and its ledger row.
func (tx *Tx) removeCamera(id, by string) error {
	old, err := oneCamera(tx.ctx, tx.db.NewSelect(), id)
	if err != nil {
		return err
	}
	if _, err := tx.db.NewDelete().Table("cameras").Where("id = ?", id).Exec(tx.ctx); err != nil {
		return fmt.Errorf("remove camera %s: %w", id, err)
	}
	return errors.Join(
		tx.goneSinceImport(models.ImportOfCameras, id),
		tx.change(models.TopicCamera, id, old.Area, "null"),
		tx.Ledger(by, "camera.delete", id, old.Camera, nil))
}
