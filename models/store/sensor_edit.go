package store

import (
	"errors"
	"fmt"

	"zhihui/models"
)

// SetSensorState notes whether a sensor's value can be believed since at. A state that is known already changes nothing,
// and neither does one that comes late, of a sensor that has been disabled since.
func (tx *Tx) SetSensorState(id string, state models.SensorState, at models.Time) error {
	old, err := tx.store.oneSensor(tx.ctx, tx.db.NewSelect(), id)
	if err != nil || old.State == state || old.Disabled {
		return err
	}
	old.State, old.Since = state, at
	return tx.putSensorStatus(old)
}

// SetSensorFault notes how many payloads of a sensor were refused since the process started, and why the newest was. Each
// call that differs is a change that pages follow: call it every few seconds, not with every payload.
func (tx *Tx) SetSensorFault(id string, bad int64, fault string) error {
	old, err := tx.store.oneSensor(tx.ctx, tx.db.NewSelect(), id)
	if err != nil || old.BadPayloads == bad && old.LastFault == fault {
		return err
	}
	old.BadPayloads, old.LastFault = bad, fault
	return tx.putSensorStatus(old)
}

func (tx *Tx) putSensorStatus(v models.SensorView) error {
	_, err := tx.db.NewUpdate().Table("sensors").
		Set("state = ?, since = ?, bad_payloads = ?, last_fault = ?", v.State, v.Since, v.BadPayloads, v.LastFault).
		Where("id = ?", v.ID).Exec(tx.ctx)
	if err != nil {
		return fmt.Errorf("write the state of sensor %s: %w", v.ID, err)
	}
	return tx.changeOf(models.TopicSensor, v.ID, v.Area, v)
}

// putSensor writes the sensor, whose area and camera are there already, its change and its ledger row; its Revision grows when
// it differs.
func (tx *Tx) putSensor(x models.Sensor, by string) (outcome, error) {
	old, err := tx.store.oneSensor(tx.ctx, tx.db.NewSelect(), x.ID)
	known := err == nil
	if !known {
		if models.CodeOf(err) != models.NotFound {
			return same, err
		}
		old.State, old.Since = models.SensorWaiting, tx.now
	}
	x.Revision = old.Revision
	was, err := document(old.Sensor)
	if err != nil {
		return same, err
	}
	if is, err := document(x); err != nil || known && is == was {
		return same, err
	}
	var before any
	if known {
		before = old.Sensor
	}
	x.Revision++
	if x.Disabled != old.Disabled { // nobody listens to a disabled one: its value is not to be believed
		old.State, old.Since = models.SensorWaiting, tx.now
	}
	from := old.Area
	old.Sensor = x
	doc, err := document(x)
	if err != nil {
		return same, err
	}
	row := sensorRow{ID: x.ID, Area: x.Area, Camera: x.Camera, Words: folded(x.Name), Doc: doc, State: old.State, Since: old.Since,
		BadPayloads: old.BadPayloads, LastFault: old.LastFault}
	if err := tx.upsert(&row, "a sensor"); err != nil {
		return same, err
	}
	return outcomeOf(known), errors.Join(
		tx.left(models.TopicSensor, x.ID, from, x.Area),
		tx.changeOf(models.TopicSensor, x.ID, x.Area, old),
		tx.Ledger(by, "sensor.put", x.ID, before, x))
}

// removeSensor removes a sensor, with its change and its ledger row.
func (tx *Tx) removeSensor(id, by string) error {
	old, err := tx.store.oneSensor(tx.ctx, tx.db.NewSelect(), id)
	if err != nil {
		return err
	}
	if _, err := tx.db.NewDelete().Table("sensors").Where("id = ?", id).Exec(tx.ctx); err != nil {
		return fmt.Errorf("remove sensor %s: %w", id, err)
	}
	return errors.Join(
		tx.goneSinceImport(models.ImportOfSensors, id),
		tx.change(models.TopicSensor, id, old.Area, "null"),
		tx.Ledger(by, "sensor.delete", id, old.Sensor, nil))
}
