package store

import (
	"context"
	"errors"
	"strings"

	"zhihui/models"
)

// ImportSensors adds and edits the sensors of a sheet, each as PutSensor does, see importSheet. rules says what is wrong with a
// sensor's rules, by fields such as "rules[2].clear".
func (v Scope) ImportSensors(ctx context.Context, edits []models.Edit[models.Sensor], by string, how ImportHow, rules func([]models.Rule) error) (models.Import, error) {
	return importSheet(ctx, v, subject[models.Sensor](sensorSubject{rules}), edits, by, how)
}

type sensorSubject struct {
	rules func([]models.Rule) error
}

func (sensorSubject) kind() models.ImportKind { return models.ImportOfSensors }

func (sensorSubject) siteEntity() string { return models.SiteSensors }

func (sensorSubject) find(j *job, id string) (models.Sensor, error) {
	found, err := j.tx.store.oneSensor(j.tx.ctx, j.tx.db.NewSelect(), id)
	if models.CodeOf(err) == models.NotFound {
		err = nil
	}
	return found.Sensor, err
}

func (sensorSubject) place(x *models.Sensor) (id, area *string) { return &x.ID, &x.Area }

func (s sensorSubject) check(x models.Sensor) error {
	return errors.Join(validateSensor(x), ofTheRow(s.rules(x.Rules)))
}

func (sensorSubject) may(j *job, x models.Sensor) error { return j.mayPutSensor(j.tx, x) }

// ofTheRow names the fields of rules as a sheet does, which has a column for each of one rule.
func ofTheRow(err error) error {
	all := flat(err)
	for i, err := range all {
		if fault, ok := errors.AsType[*models.Error](err); ok {
			named := *fault
			named.Field = fault.Field[strings.LastIndexByte(fault.Field, '.')+1:]
			all[i] = &named
		}
	}
	return errors.Join(all...)
}

func (s sensorSubject) put(j *job, x models.Sensor, _ bool) (outcome, standing, error) {
	was, err := s.now(j, x.ID)
	if err != nil {
		return same, standing{}, err
	}
	did, err := j.tx.putSensor(x, j.by)
	return did, was, err
}

func (s sensorSubject) now(j *job, id string) (standing, error) {
	x, err := s.find(j, id)
	if err != nil || x.ID == "" {
		return standing{}, err
	}
	doc, err := document(x)
	return standing{doc: doc, revision: x.Revision}, err
}

func (sensorSubject) was(_ *job, r importedRow) (models.Sensor, error) {
	return decoded[models.Sensor](r.Doc)
}

func (s sensorSubject) remove(j *job, id string) error {
	now, err := s.find(j, id)
	if err != nil {
		return err
	}
	if err := j.mustHold(j.tx, now.Area, "sensor", id); err != nil {
		return err
	}
	return j.tx.removeSensor(id, j.by)
}
