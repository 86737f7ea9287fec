package configs

import (
	"errors"
	"fmt"
	"slices"

	"zhihui/detect/rules"
	"zhihui/models"
)

// checkRules asks package rules of every rule of the site whether it can run.
func checkRules(s models.Site) error {
	var errs []error
	for i, c := range s.Cameras {
		errs = append(errs, within(fmt.Sprintf("cameras[%d]", i), rules.CheckAll(c.Rules, c.Zones, false)))
	}
	for i, v := range s.Sensors {
		errs = append(errs, within(fmt.Sprintf("sensors[%d]", i), errors.Join(rules.CheckAll(v.Rules, nil, true), checkReads(s, v))))
	}
	return errors.Join(errs...)
}

// checkReads looks for the sensors that the expressions of a sensor ask.
func checkReads(s models.Site, v models.Sensor) error {
	var errs []error
	for i, r := range v.Rules {
		for _, id := range rules.ReadBy(r) {
			if !slices.ContainsFunc(s.Sensors, func(x models.Sensor) bool { return x.ID == id }) {
				errs = append(errs, models.FieldError(fmt.Sprintf("rules[%d].expr", i), "there is no sensor %.64q in this file", id))
			}
		}
	}
	return errors.Join(errs...)
}
