package dashboard

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// turning is a hall whose gate can be turned.
func turning(t *testing.T) (*hall, *reader) {
	r := &reader{}
	h := openHall(t, func(_ *Config, d *Deps) { d.Ingest = r })
	got := h.as(models.Integrator).do("PATCH", "/api/v1/cameras/gate", `{"onvif":{"address":"10.0.0.1:80","profile":"p1"}}`)
	require.Equal(t, http.StatusOK, got.code, got.body)
	require.Contains(t, got.body, `"onvif":{"address":"10.0.0.1:80","profile":"p1"}`)
	return h, r
}

const ptz = "/api/v1/cameras/gate/ptz"

func TestACameraBelongsToWhoTurnsIt(t *testing.T) {
	h, r := turning(t)
	operator, dispatcher := h.as(models.Operator), h.as(models.Dispatcher)
	var seen models.PTZ
	operator.do("GET", ptz, "").into(t, &seen)
	require.Equal(t, models.PTZ{Camera: "gate", Presets: []models.Preset{{Token: "1", Name: "Gate"}}}, seen)
	for range 3 {
		operator.do("POST", ptz, `{"action":"move","pan":-1,"zoom":0.5}`).into(t, &seen)
	}
	require.Equal(t, []any{"operator", 2}, []any{seen.Lock.Username, seen.Lock.Priority})
	require.Equal(t, models.PTZAct{Action: models.PTZMove, Pan: -1, Zoom: 0.5}, r.turned[0])

	got := h.as(models.Integrator).do("POST", ptz, `{"action":"stop"}`)
	require.Equal(t, http.StatusConflict, got.code)
	require.Regexp(t, `operator \(operator\) turns this camera: it is free (30|29) s`, got.body)
	require.Len(t, r.turned, 3, "nothing was moved")

	dispatcher.do("POST", ptz, `{"action":"move","tilt":1}`).into(t, &seen)
	require.Equal(t, "dispatcher", seen.Lock.Username)
	require.Equal(t, http.StatusConflict, operator.do("POST", ptz, `{"action":"move","pan":-1}`).code)
	operator.do("GET", ptz, "").into(t, &seen)
	require.Equal(t, "dispatcher", seen.Lock.Username, "he is told who has it now")
	require.Equal(t, http.StatusNoContent, operator.do("POST", ptz+"/release", "").code, "which is nothing to him")
	require.Equal(t, http.StatusConflict, operator.do("POST", ptz, `{"action":"stop"}`).code)
	require.Equal(t, http.StatusNoContent, dispatcher.do("POST", ptz+"/release", "").code)
	require.Equal(t, http.StatusOK, operator.do("POST", ptz, `{"action":"stop"}`).code)

	var page struct{ Items []models.LedgerRow }
	h.as(models.Admin).do("GET", "/api/v1/ledger?action=camera.take", "").into(t, &page)
	require.Len(t, page.Items, 3, "one a taking, and none for the repeats")
	require.Equal(t, []string{"operator", "dispatcher", "operator"}, []string{page.Items[2].By, page.Items[1].By, page.Items[0].By})
	require.Equal(t, `{"area":"a1","held_by":""}`, string(page.Items[2].Before))
	require.Equal(t, `{"area":"a1","held_by":"operator"}`, string(page.Items[1].Before))
	require.Equal(t, `{"area":"a1","held_by":"dispatcher"}`, string(page.Items[1].After))
}

func TestActsWithPresetsAreInTheLedger(t *testing.T) {
	h, r := turning(t)
	p := h.as(models.Operator)
	for _, body := range []string{`{"action":"goto","preset":"1"}`, `{"action":"set_preset","name":"Yard"}`, `{"action":"remove_preset","preset":"1"}`, `{"action":"home"}`, `{"action":"move","pan":1}`} {
		require.Equal(t, http.StatusOK, p.do("POST", ptz, body).code, body)
	}
	r.fails = "no_preset"
	got := p.do("POST", ptz, `{"action":"goto","preset":"9"}`)
	require.Equal(t, http.StatusOK, got.code)
	require.Contains(t, got.body, `"code":"no_preset"`)
	var page struct{ Items []models.LedgerRow }
	h.as(models.Admin).do("GET", "/api/v1/ledger?by=operator", "").into(t, &page)
	var told []string
	for _, row := range page.Items {
		told = append(told, row.Action+" "+row.Entity+" "+string(row.Before)+" "+string(row.After))
	}
	require.Len(t, told, 5)
	none := `{"area":"a1","preset":null}`
	require.Equal(t, []string{
		"camera.home gate " + none + " " + none,
		`camera.remove_preset gate {"area":"a1","preset":{"token":"1","name":"Gate"}} ` + none,
		"camera.set_preset gate " + none + ` {"area":"a1","preset":{"token":"2","name":"Yard"}}`,
		"camera.goto gate " + none + ` {"area":"a1","preset":{"token":"1","name":"Gate"}}`,
	}, told[:4])
	require.Contains(t, told[4], "camera.take gate ")
}

func TestActsThatLackSomething(t *testing.T) {
	h, r := turning(t)
	p := h.as(models.Operator)
	for body, field := range map[string]string{
		`{"action":"goto"}`: "preset", `{"action":"remove_preset"}`: "preset", `{"action":"set_preset"}`: "name", `{"action":"set_preset","name":" "}`: "name",
		`{"action":"move","pan":1.01}`: "pan", `{"action":"dance"}`: "action", `{"action":"move","speed":1}`: "",
	} {
		got := p.do("POST", ptz, body)
		require.Equal(t, http.StatusBadRequest, got.code, body)
		if field != "" {
			require.Contains(t, got.body, `"field":"`+field+`"`, body)
		}
	}
	require.Empty(t, r.turned)
	require.Equal(t, http.StatusNotFound, p.do("POST", "/api/v1/cameras/nothing/ptz", `{"action":"stop"}`).code)
	for _, role := range []models.Role{models.Viewer, models.GridWorker} {
		require.Equal(t, http.StatusForbidden, h.as(role).do("GET", ptz, "").code)
	}
}

// Whoever may edit a camera has its stored password sent to no device of their own.
func TestAStoredPasswordGoesToNoOtherDevice(t *testing.T) {
	h, _ := turning(t)
	p := h.as(models.Integrator)
	got := p.do("PATCH", "/api/v1/cameras/gate", `{"onvif":{"address":"10.6.6.6:80"}}`)
	require.Equal(t, http.StatusBadRequest, got.code)
	require.Contains(t, got.body, `"field":"password"`)
	require.Equal(t, http.StatusOK, p.do("PATCH", "/api/v1/cameras/gate", `{"onvif":{"address":"10.6.6.6:80"},"password":"theirs"}`).code)
	require.Equal(t, http.StatusOK, p.do("PATCH", "/api/v1/cameras/gate", `{"onvif":{"address":""}}`).code)
	require.Contains(t, p.do("PATCH", "/api/v1/cameras/gate", `{"onvif":{"address":"u:p@10.0.0.1:80"}}`).body, `"field":"onvif.address"`)
}

// Nobody holds what nobody can turn; the camera says why.
func TestACameraThatIsNotTurnedIsNobodys(t *testing.T) {
	r := &reader{fails: "no_address"}
	h := openHall(t, func(_ *Config, d *Deps) { d.Ingest = r })
	got := h.as(models.Operator).do("POST", ptz, `{"action":"move","pan":1}`)
	require.Contains(t, got.body, `"lock":null`)
	require.Contains(t, got.body, `"code":"no_address"`)
}

func TestADisabledCameraIsLeftAlone(t *testing.T) {
	h, r := turning(t)
	require.Equal(t, http.StatusOK, h.as(models.Integrator).do("PATCH", "/api/v1/cameras/gate", `{"disabled":true}`).code)
	p := h.as(models.Admin)
	for _, got := range []answer{p.do("GET", ptz, ""), p.do("POST", ptz, `{"action":"home"}`)} {
		require.Equal(t, http.StatusConflict, got.code)
		require.Contains(t, got.body, "disabled")
	}
	require.Empty(t, r.turned)
}

// Repeats are twice a second; a program that asks far more often is slowed down.
func TestActsAreBoundedByPerson(t *testing.T) {
	h, _ := turning(t)
	p := h.as(models.Operator)
	for range 20 {
		require.Equal(t, http.StatusOK, p.do("POST", ptz, `{"action":"move","pan":1}`).code)
	}
	codes := map[int]int{}
	for range 20 {
		codes[p.do("POST", ptz, `{"action":"move","pan":1}`).code]++
	}
	require.NotZero(t, codes[http.StatusTooManyRequests])
	require.Equal(t, http.StatusOK, h.as(models.Admin).do("POST", ptz, `{"action":"stop"}`).code)
}
