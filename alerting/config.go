package alerting

import (
	"errors"
	"fmt"

	"zhihui/alerting/notify"
	"zhihui/alerting/orders"
)

// Config says which alerts become orders, what must be followed up, and who outside is told.
type Config struct {
	Orders   []Policy        `yaml:"orders"` // the first that fits decides; none fits: no order
	FollowUp orders.FollowUp `yaml:"follow_up"`
	Notify   notify.Config   `yaml:"notify"`
}

// Default returns DefaultPolicies and orders.DefaultFollowUp; nobody outside is told.
func Default() Config {
	return Config{Orders: DefaultPolicies(), FollowUp: orders.DefaultFollowUp()}
}

// Validate returns an Invalid error about each setting that cannot be, joined.
func (c Config) Validate() error {
	var errs []error
	for i, p := range c.Orders {
		errs = append(errs, p.validate(fmt.Sprintf("orders[%d]", i)))
	}
	return errors.Join(append(errs, c.FollowUp.Validate(), c.Notify.Validate())...)
}
