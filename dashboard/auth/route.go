package auth

import "net/http"

// Route is one operation of the API, its path as openapi.yml writes it.
type Route struct {
	Method, Path string
}

// routes says which permission each operation needs: exactly one row an operation, no row is no entrance.
var routes = [...]struct {
	Route
	permission Permission
}{
	{Route{http.MethodGet, "/session"}, Session},
	{Route{http.MethodPost, "/session"}, Public},
	{Route{http.MethodDelete, "/session"}, Session},
	{Route{http.MethodGet, "/session/ways"}, Public},
	{Route{http.MethodPost, "/session/password"}, Account},
	{Route{http.MethodPost, "/session/wall"}, Public},
	{Route{http.MethodGet, "/session/oidc"}, Public},
	{Route{http.MethodGet, "/session/oidc/callback"}, Public},
	{Route{http.MethodGet, "/sessions"}, Account}, // those of others: UserEdit
	{Route{http.MethodDelete, "/sessions/{id}"}, Account},
	{Route{http.MethodGet, "/users"}, UserRead},
	{Route{http.MethodPost, "/users"}, UserEdit},
	{Route{http.MethodPatch, "/users/{id}"}, UserEdit},
	{Route{http.MethodGet, "/roles"}, Session},
	{Route{http.MethodGet, "/wall-tokens"}, UserEdit},
	{Route{http.MethodPost, "/wall-tokens"}, UserEdit},
	{Route{http.MethodDelete, "/wall-tokens/{id}"}, UserEdit},
	{Route{http.MethodGet, "/ledger"}, LedgerRead},
	{Route{http.MethodGet, "/search"}, Account},
	{Route{http.MethodPost, "/presence"}, AlertAcknowledge},
	{Route{http.MethodPost, "/probes"}, CameraEdit},
	{Route{http.MethodPost, "/cameras/discover"}, CameraEdit},
	{Route{http.MethodGet, "/measures"}, CameraRead},
	{Route{http.MethodGet, "/topics"}, SensorEdit},
	{Route{http.MethodPost, "/mappings/try"}, SensorEdit},
	{Route{http.MethodPost, "/push"}, Public}, // to who has a token of its own, see api.admitSource
	{Route{http.MethodGet, "/site"}, SiteRead},
	{Route{http.MethodGet, "/basemap"}, SiteRead},
	{Route{http.MethodGet, "/overview"}, SiteRead},
	{Route{http.MethodGet, "/health"}, SiteRead},
	{Route{http.MethodGet, "/cameras"}, CameraRead},
	{Route{http.MethodPost, "/cameras"}, CameraEdit},
	{Route{http.MethodPost, "/cameras/import"}, CameraEdit},
	{Route{http.MethodPost, "/sensors/import"}, SensorEdit},
	{Route{http.MethodGet, "/imports"}, CameraEdit}, // whoever edits cameras edits sensors, too
	{Route{http.MethodPost, "/imports/{id}/undo"}, CameraEdit},
	{Route{http.MethodGet, "/cameras/{id}"}, CameraRead},
	{Route{http.MethodPatch, "/cameras/{id}"}, CameraEdit},
	{Route{http.MethodDelete, "/cameras/{id}"}, CameraEdit},
	{Route{http.MethodGet, "/cameras/{id}/live"}, LiveView},
	{Route{http.MethodGet, "/cameras/{id}/picture"}, LiveView},
	{Route{http.MethodGet, "/cameras/{id}/recordings"}, FootageView},
	{Route{http.MethodGet, "/cameras/{id}/footage"}, FootageView},
	{Route{http.MethodGet, "/cameras/{id}/download"}, FootageExport},
	{Route{http.MethodGet, "/cameras/{id}/ptz"}, CameraPTZ},
	{Route{http.MethodPost, "/cameras/{id}/ptz"}, CameraPTZ},
	{Route{http.MethodPost, "/cameras/{id}/ptz/release"}, CameraPTZ},
	{Route{http.MethodGet, "/sensors"}, SensorRead},
	{Route{http.MethodPost, "/sensors"}, SensorEdit},
	{Route{http.MethodPatch, "/sensors/{id}"}, SensorEdit},
	{Route{http.MethodDelete, "/sensors/{id}"}, SensorEdit},
	{Route{http.MethodGet, "/sensors/{id}"}, SensorRead},
	{Route{http.MethodGet, "/sensors/{id}/readings"}, SensorRead},
	{Route{http.MethodGet, "/events"}, EventRead},
	{Route{http.MethodGet, "/events/{id}"}, EventRead},
	{Route{http.MethodGet, "/snapshots/{id}"}, EventRead},
	{Route{http.MethodGet, "/clips"}, FootageView},
	{Route{http.MethodGet, "/holds"}, FootageView},
	{Route{http.MethodPost, "/holds"}, FootageHold},
	{Route{http.MethodPost, "/holds/{id}/lift"}, FootageHold},
	{Route{http.MethodGet, "/alerts"}, AlertRead},
	{Route{http.MethodGet, "/alerts/{id}"}, AlertRead},
	{Route{http.MethodPost, "/alerts/{id}/acknowledge"}, AlertAcknowledge},
	{Route{http.MethodPost, "/alerts/{id}/confirm"}, AlertConfirm},
	{Route{http.MethodPost, "/alerts/{id}/reject"}, AlertReject},
	{Route{http.MethodPost, "/alerts/{id}/order"}, AlertOrder},
	{Route{http.MethodGet, "/orders"}, OrderRead},
	{Route{http.MethodGet, "/orders/{id}"}, OrderRead},
	{Route{http.MethodPost, "/orders/{id}/transitions"}, OrderStep},
	{Route{http.MethodGet, "/changes"}, ChangeRead},
	{Route{http.MethodGet, "/changes/stream"}, ChangeRead},
	{Route{http.MethodPost, "/painted"}, Session},
}

// Needs returns the permission that a route needs; ok is false when the table has no row for it.
func Needs(r Route) (p Permission, ok bool) {
	for _, row := range routes {
		if row.Route == r {
			return row.permission, true
		}
	}
	return "", false
}

// BeforeChange tells whether a person may use the route whose password must be changed first: see who it is, change it, leave.
func BeforeChange(r Route) bool { return r.Path == "/session" || r.Path == "/session/password" }
