package store

import (
	"context"
	"errors"

	"zhihui/models"
)

// PutSensor adds or edits one sensor and notes who did it. Faults are Invalid errors by field, a topic of a sensor outside of
// the scope is a Conflict; an edit that changes nothing leaves no trace.
func (v Scope) PutSensor(ctx context.Context, x models.Sensor, by string) error {
	if err := validateSensor(x); err != nil {
		return err
	}
	return v.store.Write(ctx, func(tx *Tx) error {
		if err := v.mayPutSensor(tx, x); err != nil {
			return err
		}
		did, err := tx.putSensor(x, by)
		if err != nil || did == same {
			return err
		}
		return tx.siteChanged(models.SiteSensors)
	})
}

func validateSensor(x models.Sensor) error {
	var f faults
	f.sensor("", x)
	return f.Err()
}

// mayPutSensor returns why the sensor cannot be put where it says, or not by whom the scope belongs to.
func (v Scope) mayPutSensor(tx *Tx, x models.Sensor) error {
	if err := errors.Join(v.mayPut(tx, x.Area), v.mayName(tx, x.Camera)); err != nil {
		return err
	}
	switch old, err := tx.store.oneSensor(tx.ctx, tx.db.NewSelect(), x.ID); {
	case err == nil:
		if err := v.mustHold(tx, old.Area, "sensor", x.ID); err != nil {
			return err
		}
	case models.CodeOf(err) != models.NotFound:
		return err
	}
	return v.mayHear(tx, x.Topic)
}

// mayName returns an Invalid error unless the camera, "" for none, is there and within the scope.
func (v Scope) mayName(tx *Tx, camera string) error {
	if camera == "" {
		return nil
	}
	c, err := oneCamera(tx.ctx, tx.db.NewSelect(), camera)
	if err == nil {
		err = v.mustHold(tx, c.Area, "camera", camera)
	}
	if models.CodeOf(err) == models.NotFound {
		return models.FieldError("camera", "there is no camera %.64q", camera)
	}
	return err
}

// mayHear returns a Conflict when a sensor outside of the scope is on the topic: a second one here would show its values.
func (v Scope) mayHear(tx *Tx, topic string) error {
	if v.area == Whole {
		return nil
	}
	taken, err := v.elsewhere(tx)
	if err == nil && taken[topic] {
		return &models.Error{Code: models.Conflict, Field: "topic", Message: "a sensor that lies outside of what you look after is on this topic"}
	}
	return err
}

// elsewhere are the topics of the sensors outside of the scope.
func (v Scope) elsewhere(tx *Tx) (map[string]bool, error) {
	if v.many != nil && v.many.topics != nil {
		return v.many.topics, nil
	}
	others, err := documents[models.Sensor](tx.ctx, tx.db.NewSelect().Table("sensors").Where("NOT ?", v.lying("area")))
	topics := map[string]bool{}
	for _, x := range others {
		topics[x.Topic] = true
	}
	if v.many != nil {
		v.many.topics = topics
	}
	return topics, err
}

// DeleteSensor removes one sensor and notes who did it. Its history and its readings stay until their time is over.
func (v Scope) DeleteSensor(ctx context.Context, id, by string) error {
	return v.store.Write(ctx, func(tx *Tx) error {
		old, err := tx.store.oneSensor(tx.ctx, tx.db.NewSelect(), id)
		if err != nil {
			return err
		}
		if err := v.mustHold(tx, old.Area, "sensor", id); err != nil {
			return err
		}
		return errors.Join(tx.removeSensor(id, by), tx.siteChanged(models.SiteSensors))
	})
}
