package dashboard

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/sheet"
	"zhihui/models/store"
)

// sends posts a sheet.
func (p *person) sends(query, text string) answer {
	return p.do("POST", "/api/v1/cameras/import"+query, text, "Content-Type", "application/octet-stream")
}

func TestImportByTheAPI(t *testing.T) {
	h := openHall(t)
	p := h.as(models.Integrator)
	const text = "编号,名称,区域,地址,密码\ngate,大门,,,new-secret\nyard,院子,A,rtsp://10.0.0.2/s,other-secret\n"
	var plan, done, again models.Import
	got := p.sends("?dry_run=true", text)
	require.Equal(t, http.StatusOK, got.code, got.body)
	got.into(t, &plan)
	require.Equal(t, models.Import{Kind: models.ImportOfCameras, Added: []string{"yard"}, Changed: []string{"gate"}, Removed: []string{}, Faults: []models.CellFault{}}, plan)
	require.Equal(t, http.StatusNotFound, p.do("GET", "/api/v1/cameras/yard", "").code)
	p.sends("", text).into(t, &done)
	require.NotEmpty(t, done.ID)
	p.sends("", text).into(t, &again)
	require.Equal(t, []any{"", 2}, []any{again.ID, again.Unchanged})
	ledger := h.as(models.Admin).do("GET", "/api/v1/ledger?entity=yard", "")
	require.Contains(t, ledger.body, `"by":"integrator"`)
	require.NotContains(t, ledger.body+h.log.String(), "secret")

	undone := p.do("POST", "/api/v1/imports/"+done.ID+"/undo", "")
	require.Equal(t, http.StatusOK, undone.code, undone.body)
	all, err := h.store.AllCameras(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, []string{"Gate", "cam", "hidden-secret"}, []string{all[0].Name, all[0].Username, all[0].Password})
	require.Equal(t, http.StatusNotFound, p.do("POST", "/api/v1/imports/never/undo", "").code)
}

func TestFaultsOfASheetByTheAPI(t *testing.T) {
	h := openHall(t)
	p := h.as(models.Admin)
	const text = "id,name,area,url\ngood,x,a1,rtsp://10.0.0.2/s\nbad,x,a1,rtsp://u:secret@10.0.0.2/s\n"
	var done models.Import
	got := p.sends("", text)
	require.Equal(t, http.StatusOK, got.code)
	require.NotContains(t, got.body, "secret")
	got.into(t, &done)
	require.Empty(t, done.ID)
	require.Equal(t, []any{3, "D url", "bad", "url"}, []any{done.Faults[0].Row, done.Faults[0].Column, done.Faults[0].ID, done.Faults[0].Field})
	p.sends("?partial=true", text).into(t, &done)
	require.Equal(t, []any{[]string{"good"}, 1}, []any{done.Added, len(done.Faults)})
	require.NotEmpty(t, done.ID)
	for body, want := range map[string]int{
		"nothing of use": http.StatusBadRequest,
		"id\n" + strings.Repeat("x\n", sheet.MaxRows+1): http.StatusRequestEntityTooLarge,
		strings.Repeat("x", sheet.MaxBytes+1):           http.StatusRequestEntityTooLarge,
	} {
		require.Equal(t, want, p.sends("", body).code, "%.20s", body)
	}
	require.Equal(t, http.StatusRequestEntityTooLarge, p.do("POST", "/api/v1/cameras", strings.Repeat(" ", 65<<10)).code, "no other body is large")
}

// Who may not import is turned away before the sheet is taken in.
func TestASheetOfAStrangerIsNotRead(t *testing.T) {
	h := openHall(t)
	resp := h.raw("POST /api/v1/cameras/import HTTP/1.1\r\nHost: h\r\nContent-Type: application/octet-stream\r\nContent-Length: 5000000\r\n\r\nid")
	require.Equal(t, http.StatusUnauthorized, resp.StatusCode)
	require.Equal(t, http.StatusForbidden, h.as(models.Operator).sends("", "id\n").code)
}

func TestASheetKeepsToItsScope(t *testing.T) {
	h := communities(t)
	p := h.as("lilac-integrator")
	var done models.Import
	got := p.sends("", "id,name,area,url\nochre-cam,mine,,\nnew,x,ochre,rtsp://10.0.0.9/\nlilac-cam,y,,\n")
	require.Equal(t, http.StatusOK, got.code, got.body)
	got.into(t, &done)
	require.Empty(t, done.ID)
	require.Equal(t, []int{2, 3}, []int{done.Faults[0].Row, done.Faults[1].Row})
	h.as("ochre-integrator").sends("", "id,name\nochre-cam,theirs\n").into(t, &done)
	require.Equal(t, []string{"ochre-cam"}, done.Changed)
	p.do("POST", "/api/v1/imports/"+done.ID+"/undo", "").into(t, &done)
	require.Equal(t, []any{"", 1}, []any{done.ID, len(done.Faults)})
}

func TestSensorsByASheetAndTheListOfImports(t *testing.T) {
	h := openHall(t)
	p := h.as(models.Integrator)
	send := func(query, text string) (done models.Import) {
		got := p.do("POST", "/api/v1/sensors/import"+query, text, "Content-Type", "application/octet-stream")
		require.Equal(t, http.StatusOK, got.code, got.body)
		got.into(t, &done)
		return done
	}
	const head = "编号,名称,区域,类别,主题,上限,解除值\n"
	bad := send("", head+"rain-1,雨量,a1,rain,site/#,30,20\n")
	require.Equal(t, []any{"", "E 主题", "topic", "rain-1"}, []any{bad.ID, bad.Faults[0].Column, bad.Faults[0].Field, bad.Faults[0].ID})
	done := send("", head+"rain-1,雨量,a1,rain,site/rain-1,30,20\n")
	require.Equal(t, []any{models.ImportOfSensors, []string{"rain-1"}}, []any{done.Kind, done.Added})
	require.Empty(t, send("", head+"rain-1,雨量,a1,rain,site/rain-1,30,20\n").ID, "a second time changes nothing")
	changed := send("", "编号,上限\nrain-1,35\n")
	require.Equal(t, []string{"rain-1"}, changed.Changed)
	x, err := h.store.In(store.Whole).Sensor(t.Context(), "rain-1")
	require.NoError(t, err)
	require.Equal(t, []float64{35, 20}, []float64{*x.Rules[0].Above, *x.Rules[0].Clear})

	var undone models.Import
	p.do("POST", "/api/v1/imports/"+done.ID+"/undo", "").into(t, &undone)
	require.Len(t, undone.Faults, 1, "it was changed since")
	for _, id := range []string{changed.ID, done.ID} {
		got := p.do("POST", "/api/v1/imports/"+id+"/undo", "")
		require.Equal(t, http.StatusOK, got.code, got.body)
		got.into(t, &undone)
	}
	require.Equal(t, []string{"rain-1"}, undone.Removed)
	var list struct{ Items []models.PastImport }
	p.do("GET", "/api/v1/imports", "").into(t, &list)
	require.Len(t, list.Items, 4)
	newest := list.Items[0]
	require.Equal(t, []any{undone.ID, models.ImportOfSensors, "integrator", 1, done.ID}, []any{newest.ID, newest.Kind, newest.By, newest.Removed, newest.Undoes})
	require.Equal(t, 1, list.Items[3].Added)
	require.Equal(t, http.StatusForbidden, h.as(models.Operator).do("GET", "/api/v1/imports", "").code)
}

func TestWhoLooksAfterAPartSeesTheirOwnImports(t *testing.T) {
	h := communities(t)
	var done models.Import
	h.as("ochre-integrator").sends("", "id,name\nochre-cam,theirs\n").into(t, &done)
	for who, want := range map[string]int{"ochre-integrator": 1, "lilac-integrator": 0} {
		var list struct{ Items []models.PastImport }
		h.as(models.Role(who)).do("GET", "/api/v1/imports", "").into(t, &list)
		require.Len(t, list.Items, want, who)
	}
}
