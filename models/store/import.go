package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"zhihui/models"
)

// ImportHow says how far an import, or its undoing, goes.
type ImportHow struct {
	DryRun  bool // only find out what would be done
	Partial bool // leave out what has a fault; without it, a fault keeps everything as it is
}

// ImportCameras adds and edits many cameras in one change set, each as PutCamera does, and notes how to undo it. Nothing else of
// the site changes; a second time changes nothing. What is wrong with a row is a fault of the result, all of them together; an
// error means that nothing was done.
func (v Scope) ImportCameras(ctx context.Context, edits []models.CameraEdit, by string, how ImportHow) (models.CameraImport, error) {
	return v.importing(ctx, by, how, func(im *importing) error {
		areas, err := im.areas()
		if err != nil {
			return err
		}
		rows := map[string]int{}
		for _, e := range edits {
			faults := e.Faults
			if first, twice := rows[e.Camera]; twice && e.Camera != "" {
				faults = append(faults, models.CellFault{Field: "id", Message: fmt.Sprintf("row %d has this id already", first)})
			} else {
				rows[e.Camera] = e.Row
			}
			if err := im.row(e, areas, faults); err != nil {
				return err
			}
		}
		return nil
	})
}

// maxFaults is how many faults are told one by one: more are a page that nobody reads to its end.
const maxFaults = 1000

// importing is one import on its way.
type importing struct {
	Scope
	tx     *Tx
	by     string
	done   models.CameraImport
	untold int // faults beyond maxFaults
}

func (im *importing) fault(f models.CellFault) {
	if len(im.done.Faults) >= maxFaults {
		im.untold++
		return
	}
	im.done.Faults = append(im.done.Faults, f)
}

// importing does work as one change set, and takes it back where nothing shall come of it.
func (v Scope) importing(ctx context.Context, by string, how ImportHow, work func(*importing) error) (models.CameraImport, error) {
	im := &importing{Scope: v, by: by, done: models.CameraImport{Added: []string{}, Changed: []string{}, Removed: []string{}, Faults: []models.CellFault{}}}
	err := v.store.Write(ctx, func(tx *Tx) error {
		im.tx = tx
		if err := im.begin(); err != nil {
			return err
		}
		if err := work(im); err != nil {
			return err
		}
		if im.untold > 0 {
			im.done.Faults = append(im.done.Faults, models.CellFault{Field: "more", Message: fmt.Sprintf("%d faults more: mend these first", im.untold)})
		}
		did := len(im.done.Added) + len(im.done.Changed) + len(im.done.Removed)
		if how.DryRun || did == 0 || len(im.done.Faults) > 0 && !how.Partial {
			return errDryRun
		}
		return tx.siteChanged(models.SiteCameras)
	})
	if errors.Is(err, errDryRun) {
		im.done.ID, err = "", nil
	}
	return im.done, err
}

// row puts one row of the sheet, or notes what is wrong with it.
func (im *importing) row(e models.CameraEdit, areas areaNames, faults []models.CellFault) error {
	before, err := oneCamera(im.tx.ctx, im.tx.db.NewSelect(), e.Camera)
	if err != nil && models.CodeOf(err) != models.NotFound {
		return err
	}
	c := before.Camera
	c.ID = e.Camera
	e.Edit(&c)
	wrong := errors.Join(areas.find(&c, e.Area), validateCamera("", c))
	if wrong == nil {
		wrong = im.mayPutCamera(im.tx, c)
	}
	if wrong == nil && len(faults) == 0 {
		wrong = im.put(c, false)
	}
	for _, f := range faults {
		f.Row, f.Camera = e.Row, e.Camera
		im.fault(f)
	}
	return im.blame(wrong, models.CellFault{Row: e.Row, Camera: e.Camera})
}

// put writes a camera and notes how it was. Credentials that it leaves out stay, unless it is whole.
func (im *importing) put(c models.Camera, whole bool) error {
	row, old, err := im.tx.storedCamera(c)
	if err != nil {
		return err
	}
	if !whole {
		if err := keepCredentials(&c, old); err != nil {
			return err
		}
		if c.Username == "" && hostOf(c.URL) == hostOf(old.URL) { // a row that gives a password alone
			c.Username = old.Username
		}
	}
	did, err := im.tx.setCamera(c, row, old, im.by)
	switch {
	case err != nil:
		return err
	case did == added:
		im.done.Added = append(im.done.Added, c.ID)
	case did == changed:
		im.done.Changed = append(im.done.Changed, c.ID)
	default:
		im.done.Unchanged++
		return nil
	}
	return im.remember(c.ID, row, old.Revision+1)
}

// blame notes what is wrong with a row, as far as it is about the row; the rest is an error.
func (im *importing) blame(err error, at models.CellFault) error {
	for _, err := range flat(err) {
		fault, ok := errors.AsType[*models.Error](err)
		if !ok || fault.Code == models.Internal || fault.Code == models.Unavailable {
			return err
		}
		at.Field, at.Message = cmp.Or(fault.Field, "id"), fault.Message
		im.fault(at)
	}
	return nil
}

// flat takes joined errors apart.
func flat(err error) (all []error) {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	for _, e := range joined.Unwrap() {
		all = append(all, flat(e)...)
	}
	return all
}

// areaNames are the ids of the areas by id and by name.
type areaNames map[string][]string

func (im *importing) areas() (areaNames, error) {
	all, err := documents[models.Area](im.tx.ctx, im.tx.db.NewSelect().Table("areas").OrderExpr("id"))
	if err != nil {
		return nil, err
	}
	names := areaNames{}
	for _, a := range im.inside(all) {
		names[a.Name] = append(names[a.Name], a.ID)
	}
	for _, a := range im.inside(all) { // an id counts for more than a name
		names[a.ID] = []string{a.ID}
	}
	return names, nil
}

// find puts the camera into the area that the text means, "" = where it is.
func (n areaNames) find(c *models.Camera, text string) error {
	if text == "" {
		return nil
	}
	switch ids := n[text]; len(ids) {
	case 0:
		return models.FieldError("area", "there is no area %.64q in what you look after: write its id, or its name", text)
	case 1:
		c.Area = ids[0]
		return nil
	default:
		return models.FieldError("area", "%d areas are called %.64q: write the id, such as %s", len(ids), text, ids[0])
	}
}
