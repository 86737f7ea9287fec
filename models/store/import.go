package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"

	"zhihui/models"
)

// ImportHow says how far an import, or its undoing, goes.
type ImportHow struct {
	DryRun  bool // only find out what would be done
	Partial bool // leave out what has a fault; without it, a fault keeps everything as it is
}

// maxFaults is how many faults are told one by one: more are a page that nobody reads to its end.
const maxFaults = 1000

// job is what every import knows.
type job struct {
	Scope
	tx *Tx
	by string
}

// subject is what an import is about: models.Camera or models.Sensor.
type subject[T any] interface {
	kind() models.ImportKind
	siteEntity() string
	find(j *job, id string) (T, error) // without credentials; T's zero value when there is none
	place(x *T) (id, area *string)
	check(x T) error                                        // what is wrong with it by itself
	may(j *job, x T) error                                  // why it cannot be put where it says, or not by this person
	put(j *job, x T, whole bool) (outcome, standing, error) // and how it was; what it leaves out stays, unless it is whole
	now(j *job, id string) (standing, error)
	was(j *job, r importedRow) (T, error) // with credentials
	remove(j *job, id string) error       // Conflict when others need it
}

// standing is how a thing is, as far as an import must know to make it so again.
type standing struct {
	doc, secret string // "" = there is none
	revision    int64
}

// importing is one import on its way.
type importing[T any] struct {
	*job
	of     subject[T]
	done   models.Import
	untold int // faults beyond maxFaults
}

// importSheet adds and edits many things in one change set, each as a form would, and notes how to undo it. Nothing else of the
// site changes; a second time changes nothing. What is wrong with a row is a fault of the result, all of them together; an error
// means that nothing was done.
func importSheet[T any](ctx context.Context, v Scope, of subject[T], edits []models.Edit[T], by string, how ImportHow) (models.Import, error) {
	return importInto(ctx, v, of, "", by, how, func(im *importing[T]) error {
		areas, err := im.areas()
		if err != nil {
			return err
		}
		rows := map[string]int{}
		for _, e := range edits {
			faults := e.Faults
			if first, twice := rows[e.ID]; twice && e.ID != "" {
				faults = append(faults, models.CellFault{Field: "id", Message: fmt.Sprintf("row %d has this id already", first),
					Reason: models.CellTwice, Values: map[string]string{"row": strconv.Itoa(first)}})
			} else {
				rows[e.ID] = e.Row
			}
			if err := im.row(e, areas, faults); err != nil {
				return err
			}
		}
		return nil
	})
}

func (im *importing[T]) fault(f models.CellFault) {
	if len(im.done.Faults) >= maxFaults {
		im.untold++
		return
	}
	im.done.Faults = append(im.done.Faults, f)
}

// importInto does work as one change set, and takes it back where nothing shall come of it.
func importInto[T any](ctx context.Context, v Scope, of subject[T], undoes, by string, how ImportHow, work func(*importing[T]) error) (models.Import, error) {
	im := &importing[T]{job: &job{Scope: v, by: by}, of: of,
		done: models.Import{Kind: of.kind(), Added: []string{}, Changed: []string{}, Removed: []string{}, Faults: []models.CellFault{}}}
	err := v.store.Write(ctx, func(tx *Tx) (err error) {
		im.tx = tx
		if im.Scope, err = v.forMany(tx); err != nil {
			return err
		}
		if err := im.begin(undoes); err != nil {
			return err
		}
		if err := work(im); err != nil {
			return err
		}
		if im.untold > 0 {
			im.done.Faults = append(im.done.Faults, models.CellFault{Field: "more", Message: fmt.Sprintf("%d faults more: mend these first", im.untold),
				Reason: models.CellMore, Values: map[string]string{"n": strconv.Itoa(im.untold)}})
		}
		did := len(im.done.Added) + len(im.done.Changed) + len(im.done.Removed)
		if how.DryRun || did == 0 || len(im.done.Faults) > 0 && !how.Partial {
			return errDryRun
		}
		return tx.siteChanged(of.siteEntity())
	})
	if errors.Is(err, errDryRun) {
		im.done.ID, err = "", nil
	}
	return im.done, err
}

// row puts one row of the sheet, or notes what is wrong with it.
func (im *importing[T]) row(e models.Edit[T], areas areaNames, faults []models.CellFault) error {
	x, err := im.of.find(im.job, e.ID)
	if err != nil {
		return err
	}
	id, area := im.of.place(&x)
	*id = e.ID
	e.Put(&x)
	lost, wrong := areas.find(area, e.Area), im.of.check(x)
	if wrong == nil && lost == nil {
		wrong = im.of.may(im.job, x)
	}
	if lost != nil {
		faults = append(faults, *lost)
	}
	if wrong == nil && len(faults) == 0 {
		wrong = im.put(x, e.ID, false)
	}
	for _, f := range faults {
		f.Row, f.ID = e.Row, e.ID
		im.fault(f)
	}
	given, err := asFields(x)
	if err != nil {
		return err
	}
	return im.blame(wrong, models.CellFault{Row: e.Row, ID: e.ID}, given)
}

// put writes a thing and notes how it was.
func (im *importing[T]) put(x T, id string, whole bool) error {
	did, was, err := im.of.put(im.job, x, whole)
	switch {
	case err != nil:
		return err
	case did == added:
		im.done.Added = append(im.done.Added, id)
	case did == changed:
		im.done.Changed = append(im.done.Changed, id)
	default:
		im.done.Unchanged++
		return nil
	}
	return im.remember(id, was, was.revision+1)
}

// asFields are the fields of a thing by their names, such as "name": "".
func asFields(x any) (map[string]any, error) {
	doc, err := document(x)
	if err != nil {
		return nil, err
	}
	return decoded[map[string]any](doc)
}

// blame notes what is wrong with a row, as far as it is about the row; the rest is an error. given are the fields of the thing.
func (im *importing[T]) blame(err error, at models.CellFault, given map[string]any) error {
	for _, err := range flat(err) {
		fault, ok := errors.AsType[*models.Error](err)
		if !ok || fault.Code == models.Internal || fault.Code == models.Unavailable {
			return err
		}
		at.Field, at.Message, at.Reason = cmp.Or(fault.Field, "id"), fault.Message, ""
		switch value, known := given[at.Field]; {
		case given == nil:
			at.Reason = models.CellEdited
		case known && value == "":
			at.Reason = models.CellMissing
		}
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

func (j *job) areas() (areaNames, error) {
	all, err := documents[models.Area](j.tx.ctx, j.tx.db.NewSelect().Table("areas").OrderExpr("id"))
	if err != nil {
		return nil, err
	}
	names := areaNames{}
	for _, a := range j.inside(all) {
		names[a.Name] = append(names[a.Name], a.ID)
	}
	for _, a := range j.inside(all) { // an id counts for more than a name
		names[a.ID] = []string{a.ID}
	}
	return names, nil
}

// find puts the thing into the area that the text means, "" = where it is.
func (n areaNames) find(area *string, text string) *models.CellFault {
	if text == "" {
		return nil
	}
	fault := models.CellFault{Field: "area", Reason: models.CellNoArea, Values: map[string]string{"value": fmt.Sprintf("%.64s", text)}}
	switch ids := n[text]; len(ids) {
	case 0:
		fault.Message = fmt.Sprintf("there is no area %.64q in what you look after: write its id, or its name", text)
	case 1:
		*area = ids[0]
		return nil
	default:
		fault.Reason, fault.Values["n"] = models.CellManyAreas, strconv.Itoa(len(ids))
		fault.Message = fmt.Sprintf("%d areas are called %.64q: write the id, such as %s", len(ids), text, ids[0])
	}
	return &fault
}
