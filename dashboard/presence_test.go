package dashboard

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestWhatPeopleDoToAnAlert(t *testing.T) {
	h := openHall(t)
	p := h.as(models.Operator)
	require.Equal(t, http.StatusOK, p.do("POST", "/api/v1/alerts/01A/confirm", `{"note":"real"}`).code)
	made := p.do("POST", "/api/v1/alerts/01A/order", "")
	require.Equal(t, http.StatusCreated, made.code, made.body)
	require.Contains(t, made.body, `"state":"reported"`)
	h.people.err = models.Errorf(models.Conflict, "order 7 is there")
	got := p.do("POST", "/api/v1/alerts/01A/order", "")
	require.Equal(t, http.StatusConflict, got.code)
	require.Contains(t, got.body, "order 7")
	require.Equal(t, []string{"confirm 01A operator real", "order 01A operator ", "order 01A operator "}, h.people.calls)
}

func TestPresence(t *testing.T) {
	p := openHall(t).as(models.Operator)
	require.Equal(t, http.StatusNoContent, p.do("POST", "/api/v1/presence", `{"alert":"01A"}`).code)
	require.Equal(t, http.StatusNoContent, p.do("POST", "/api/v1/presence", `{"alert":""}`).code)
	require.Equal(t, http.StatusNotFound, p.do("POST", "/api/v1/presence", `{"alert":"nothing"}`).code)
}
