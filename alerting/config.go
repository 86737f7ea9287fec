package alerting

import (
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

// Validate returns an Invalid error about the first setting that cannot be.
func (c Config) Validate() error {
	for i, p := range c.Orders {
		if err := p.validate(fmt.Sprintf("orders[%d]", i)); err != nil {
			return err
		}
	}
	if err := c.FollowUp.Validate(); err != nil {
		return err
	}
	return c.Notify.Validate()
}
