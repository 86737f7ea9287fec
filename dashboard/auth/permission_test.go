package auth

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// The whole table again, by role, so that a slip in one bit of it is seen.
func TestPermissionsOfEachRole(t *testing.T) {
	reads := []string{"site.read", "camera.read", "sensor.read", "event.read", "alert.read", "change.read", "order.read", "footage.view"}
	of := map[models.Role][]string{
		models.Viewer: append([]string{"live.view"}, reads...),
		models.Wall:   append([]string{"live.view"}, reads...),
		models.GridWorker: append([]string{"order.step", "order.start", "order.hold", "order.resume", "order.resolve"},
			reads...),
		models.Operator: append([]string{"live.view", "footage.export", "camera.ptz", "user.read", "alert.acknowledge", "alert.confirm", "alert.reject", "alert.order"}, reads...),
		models.Dispatcher: append([]string{"live.view", "footage.export", "footage.hold", "camera.ptz", "user.read", "alert.acknowledge", "alert.confirm", "alert.reject", "alert.order", "order.step",
			"order.accept", "order.dispatch", "order.start", "order.hold", "order.resume", "order.resolve",
			"order.follow_up", "order.close", "order.cancel"}, reads...),
		models.Integrator: append([]string{"live.view", "user.read", "camera.edit", "camera.ptz", "sensor.edit"}, reads...),
		"nobody":          {},
	}
	for role, want := range of {
		require.ElementsMatch(t, want, Permissions(role), "%s", role)
	}
	require.Len(t, Permissions(models.Admin), len(grants), "an administrator may do everything")
}

func TestWhatStandsInNoTableIsForbidden(t *testing.T) {
	require.False(t, Allowed(models.Admin, "reactor.start"))
	require.False(t, Allowed("nobody", SiteRead))
	require.False(t, Allowed(models.Admin, ForAction("explode")))
	_, ok := Needs(Route{"PUT", "/cameras/{id}"})
	require.False(t, ok)
}

func TestEachActionOfAnOrderHasItsPermission(t *testing.T) {
	for _, a := range []models.OrderAction{models.ActAccept, models.ActDispatch, models.ActStart, models.ActHold,
		models.ActResume, models.ActResolve, models.ActFollowUp, models.ActClose, models.ActCancel} {
		require.True(t, Allowed(models.Admin, ForAction(a)), "%s", a)
		require.False(t, Allowed(models.Viewer, ForAction(a)), "%s", a)
	}
}

func TestTablesNameEachThingOnce(t *testing.T) {
	seen := map[any]bool{}
	for _, g := range grants {
		require.False(t, seen[g.permission], "%s", g.permission)
		seen[g.permission] = true
	}
	for _, r := range routes {
		require.False(t, seen[r.Route], "%s %s", r.Method, r.Path)
		seen[r.Route] = true
		require.True(t, Allowed(models.Admin, r.permission), "%s %s needs a permission that nobody has", r.Method, r.Path)
	}
}

// Who looks after a part of the site gives nobody more than he has.
func TestPeopleAreLetInByAdministratorsOfTheWholeSite(t *testing.T) {
	whole, part := models.User{Role: models.Admin}, models.User{Role: models.Admin, Area: "a"}
	require.True(t, May(whole, UserEdit))
	require.False(t, May(part, UserEdit))
	require.True(t, May(part, CameraEdit))
	require.Equal(t, Permissions(models.Admin), PermissionsOf(whole))
	require.NotContains(t, PermissionsOf(part), "user.edit")
	require.Len(t, PermissionsOf(part), len(PermissionsOf(whole))-1)
	require.Empty(t, PermissionsOf(models.User{Role: models.Admin, MustChange: true}))
}

func TestBeforeTheFirstPasswordIsChangedNothingElseGoes(t *testing.T) {
	var open []Route
	for _, r := range routes {
		if BeforeChange(r.Route) {
			open = append(open, r.Route)
		}
	}
	require.Equal(t, []Route{{"GET", "/session"}, {"POST", "/session"}, {"DELETE", "/session"}, {"POST", "/session/password"}}, open)
}
