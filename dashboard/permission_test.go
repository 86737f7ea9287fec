package dashboard

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"zhihui/dashboard/auth"
)

// operations are all of the contract, with the security that it states.
func operations(t *testing.T) map[auth.Route]*openapi3.Operation {
	t.Helper()
	b, err := os.ReadFile("api/openapi.yml")
	require.NoError(t, err)
	doc, err := openapi3.NewLoader().LoadFromData(b)
	require.NoError(t, err)
	require.NoError(t, doc.Validate(t.Context()))
	all := map[auth.Route]*openapi3.Operation{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			all[auth.Route{Method: method, Path: path}] = op
		}
	}
	require.NotEmpty(t, all)
	return all
}

// Every operation of the contract has its row in the table of permissions, is served, and lets in exactly whom the table
// names.
func TestEveryRouteForEveryRole(t *testing.T) {
	h := openHall(t)
	stranger := &person{hall: h}
	for r, op := range operations(t) {
		needs, ok := auth.Needs(r)
		require.True(t, ok, "%s %s has no row in the table of permissions", r.Method, r.Path)
		require.Equal(t, op.Security != nil && len(*op.Security) == 0, needs == auth.Public, "%s %s", r.Method, r.Path)
		if needs == auth.Public || r.Path == "/session" { // logging out of a session that others need: tested on its own
			continue
		}
		path := "/api/v1" + strings.ReplaceAll(r.Path, "{id}", "nothing")
		require.Equal(t, http.StatusUnauthorized, stranger.do(r.Method, path, "").code, "%s %s", r.Method, r.Path)
	}
	for _, role := range roles() {
		p := h.as(role)
		for r := range operations(t) {
			needs, _ := auth.Needs(r)
			if needs == auth.Public || r.Path == "/session" {
				continue
			}
			got := p.do(r.Method, "/api/v1"+strings.ReplaceAll(r.Path, "{id}", "nothing"), "")
			if !auth.Allowed(role, needs) {
				require.Equal(t, http.StatusForbidden, got.code, "%s %s as %s", r.Method, r.Path, role)
				continue
			}
			require.NotContains(t, []int{http.StatusForbidden, http.StatusUnauthorized, http.StatusInternalServerError}, got.code, "%s %s as %s: %s", r.Method, r.Path, role, got.body)
			require.NotContains(t, got.body, "the API has no", "%s %s is in the contract and not served", r.Method, r.Path)
		}
	}
}

// The route of transitions lets in who may do some step; each step needs its own permission.
func TestEachStepForEachRole(t *testing.T) {
	h := openHall(t)
	for _, role := range roles() {
		p := h.as(role)
		for _, action := range []string{"accept", "dispatch", "start", "hold", "resume", "resolve", "follow_up", "close", "cancel"} {
			got := p.do("POST", "/api/v1/orders/01O/transitions", `{"action":"`+action+`"}`)
			want := http.StatusForbidden
			if auth.Allowed(role, auth.Permission("order."+action)) {
				want = http.StatusOK
			}
			require.Equal(t, want, got.code, "%s as %s: %s", action, role, got.body)
		}
	}
}
