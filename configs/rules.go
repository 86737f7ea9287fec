package configs

import (
	"errors"
	"fmt"

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
		errs = append(errs, within(fmt.Sprintf("sensors[%d]", i), rules.CheckAll(v.Rules, nil, true)))
	}
	return errors.Join(errs...)
}
