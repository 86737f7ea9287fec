package alerting

import (
	"errors"
	"fmt"
	"time"

	"zhihui/alerting/notify"
	"zhihui/alerting/orders"
	"zhihui/models"
)

// Config says which alerts become orders, what must be followed up, and who outside is told.
type Config struct {
	Orders    []Policy        `yaml:"orders"`      // the first that fits decides; none fits: no order
	DueByHand models.Duration `yaml:"due_by_hand"` // of an order that a person makes and no policy fits, 1s to a year
	FollowUp  orders.FollowUp `yaml:"follow_up"`
	Notify    notify.Config   `yaml:"notify"`
}

// Default returns DefaultPolicies and orders.DefaultFollowUp; an order by hand has a day where no
// policy says more, and nobody outside is told.
func Default() Config {
	return Config{Orders: DefaultPolicies(), DueByHand: models.Duration(24 * time.Hour), FollowUp: orders.DefaultFollowUp(), Notify: notify.DefaultConfig()}
}

// Validate returns an Invalid error about each setting that cannot be, joined.
func (c Config) Validate() error {
	var errs []error
	for i, p := range c.Orders {
		errs = append(errs, p.validate(fmt.Sprintf("orders[%d]", i)))
	}
	d := c.DueByHand.Std()
	if d < leastDue || d > mostDue {
		errs = append(errs, models.FieldError("due_by_hand", "%s is no deadline, use 1s to 8784h", d))
	}
	return errors.Join(append(errs, c.FollowUp.Validate(), c.Notify.Validate())...)
}

// byHand returns the policy of an order that a person makes: people may order what no policy does.
func (c Config) byHand(a models.Alert) Policy {
	if p, ok := policyFor(c.Orders, a); ok {
		return p
	}
	return Policy{Due: c.DueByHand}
}
