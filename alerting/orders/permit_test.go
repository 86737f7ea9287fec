package orders

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestMay(t *testing.T) {
	his := models.WorkOrder{Number: 7, Assignee: "li"}
	for _, act := range allActions {
		work := act == models.ActStart || act == models.ActHold || act == models.ActResume || act == models.ActResolve
		for role, want := range map[models.Role]bool{
			models.Admin: true, models.Dispatcher: true, models.GridWorker: work,
			models.Operator: false, models.Viewer: false, models.Integrator: false, "": false,
		} {
			err := May(models.User{Username: "li", Role: role}, act, his)
			require.Equal(t, want, err == nil, "%q by %q", act, role)
			if !want {
				require.Equal(t, models.Forbidden, models.CodeOf(err))
				require.Greater(t, len(err.Error()), 20)
			}
		}
		require.Error(t, May(models.User{Username: "zhao", Role: models.GridWorker}, act, his), "another's order")
		require.Error(t, May(models.User{Username: "li", Role: models.GridWorker}, act, models.WorkOrder{}), "nobody's order")
	}
}
