package auth

import (
	"slices"

	"zhihui/models"
)

// Permission names one thing that a person may do. Pages get the names of GET /session and show or hide by them.
type Permission string

// The permissions. The three without a dot belong to no role: Public is for everybody, logged in or not; Session for
// everybody who is logged in; Account for every person who is, and not for a wall.
const (
	Public  Permission = "public"
	Session Permission = "session"
	Account Permission = "account"

	SiteRead         Permission = "site.read"
	UserRead         Permission = "user.read"
	UserEdit         Permission = "user.edit" // people, their sessions and the wall tokens
	LedgerRead       Permission = "ledger.read"
	CameraRead       Permission = "camera.read"
	CameraEdit       Permission = "camera.edit"
	CameraPTZ        Permission = "camera.ptz"
	LiveView         Permission = "live.view"
	FootageView      Permission = "footage.view" // of a wall and of a grid worker: in clips alone, see api.clipsOf
	FootageExport    Permission = "footage.export"
	FootageHold      Permission = "footage.hold"
	SensorRead       Permission = "sensor.read"
	SensorEdit       Permission = "sensor.edit"
	EventRead        Permission = "event.read"
	AlertRead        Permission = "alert.read"
	AlertAcknowledge Permission = "alert.acknowledge"
	AlertConfirm     Permission = "alert.confirm"
	AlertReject      Permission = "alert.reject"
	AlertOrder       Permission = "alert.order"
	ChangeRead       Permission = "change.read"
	OrderRead        Permission = "order.read"
	OrderStep        Permission = "order.step" // any step; which ones is said by those below
	OrderAccept      Permission = "order.accept"
	OrderDispatch    Permission = "order.dispatch"
	OrderStart       Permission = "order.start"
	OrderHold        Permission = "order.hold"
	OrderResume      Permission = "order.resume"
	OrderResolve     Permission = "order.resolve"
	OrderFollowUp    Permission = "order.follow_up"
	OrderClose       Permission = "order.close"
	OrderCancel      Permission = "order.cancel"
)

// roles is a set of roles.
type roles uint8

const (
	admin roles = 1 << iota
	integrator
	dispatcher
	operator
	grid
	viewer
	wall

	hall   = admin | dispatcher | operator
	people = hall | integrator | grid | viewer
	all    = people | wall
)

// The table of who may do what. A grid worker steps only the orders that are his, which the order
// engine looks after.
var grants = [...]struct {
	permission Permission
	to         roles
}{
	{SiteRead, all},
	{UserRead, admin | integrator | dispatcher | operator},
	{UserEdit, admin},
	{LedgerRead, admin},
	{CameraRead, all},
	{CameraEdit, admin | integrator},
	{CameraPTZ, hall | integrator},
	{LiveView, all &^ grid},
	{FootageView, all},
	{FootageExport, hall},
	{FootageHold, admin | dispatcher},
	{SensorRead, all},
	{SensorEdit, admin | integrator},
	{EventRead, all},
	{AlertRead, all},
	{AlertAcknowledge, hall},
	{AlertConfirm, hall},
	{AlertReject, hall},
	{AlertOrder, hall},
	{ChangeRead, all},
	{OrderRead, all},
	{OrderStep, admin | dispatcher | grid},
	{OrderAccept, admin | dispatcher},
	{OrderDispatch, admin | dispatcher},
	{OrderStart, admin | dispatcher | grid},
	{OrderHold, admin | dispatcher | grid},
	{OrderResume, admin | dispatcher | grid},
	{OrderResolve, admin | dispatcher | grid},
	{OrderFollowUp, admin | dispatcher},
	{OrderClose, admin | dispatcher},
	{OrderCancel, admin | dispatcher},
}

// set returns the set that holds r alone; no set for an unknown role.
func set(r models.Role) roles {
	switch r {
	case models.Admin:
		return admin
	case models.Integrator:
		return integrator
	case models.Dispatcher:
		return dispatcher
	case models.Operator:
		return operator
	case models.GridWorker:
		return grid
	case models.Viewer:
		return viewer
	case models.Wall:
		return wall
	}
	return 0
}

// Permissions returns what a role may do, in the table's order.
func Permissions(r models.Role) []string {
	names := []string{}
	for _, g := range grants {
		if g.to&set(r) != 0 {
			names = append(names, string(g.permission))
		}
	}
	return names
}

// Allowed tells whether a logged-in user of the role has the permission. What stands in no table is allowed to nobody.
func Allowed(r models.Role, p Permission) bool {
	switch p {
	case Public, Session:
		return true
	case Account:
		return r.Valid()
	}
	for _, g := range grants {
		if g.permission == p {
			return g.to&set(r) != 0
		}
	}
	return false
}

// May tells whether this user has the permission. People are let in by administrators of the whole site alone: whoever makes
// users gives away what he has, and one of a part must not give away the whole.
func May(u models.User, p Permission) bool {
	return Allowed(u.Role, p) && (p != UserEdit || u.Area == "")
}

// PermissionsOf returns what this user may do, in the table's order; nothing before the first password is changed.
func PermissionsOf(u models.User) []string {
	if u.MustChange {
		return []string{}
	}
	return slices.DeleteFunc(Permissions(u.Role), func(p string) bool { return !May(u, Permission(p)) })
}

// ForAction returns the permission that a step of an order needs.
func ForAction(a models.OrderAction) Permission { return Permission("order." + string(a)) }
