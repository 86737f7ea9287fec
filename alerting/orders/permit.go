package orders

import (
	"slices"

	"zhihui/models"
)

// own is what a grid worker may do with the orders that are his.
var own = [...]models.OrderAction{models.ActStart, models.ActHold, models.ActResume, models.ActResolve}

// May tells whether u may do act to o by his role, whatever o's state: dispatchers and administrators everything, grid
// workers the work on their own orders, the others nothing. The error is Forbidden and says who may. It says of roles what the
// table of dashboard/auth (permission.go) says; a test in cmd/internal/app holds that.
func May(u models.User, act models.OrderAction, o models.WorkOrder) error {
	switch {
	case u.Role == models.Dispatcher, u.Role == models.Admin:
		return nil
	case u.Role != models.GridWorker:
		return models.Errorf(models.Forbidden, "%s is %s: orders are for dispatchers and for the grid worker they are dispatched to", u.Username, u.Role)
	case o.Assignee != u.Username:
		return models.Errorf(models.Forbidden, "order %d is not dispatched to %s: a grid worker works on his own orders only", o.Number, u.Username)
	case !slices.Contains(own[:], act):
		return models.Errorf(models.Forbidden, "%q of order %d is for a dispatcher, a grid worker may start, hold, resume and resolve", act, o.Number)
	}
	return nil
}
