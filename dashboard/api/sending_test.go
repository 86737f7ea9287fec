package api

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// What takes hours to go out ends with the session of who takes it.
func TestAFilmEndsWithItsSession(t *testing.T) {
	over := errors.New("logged out")
	ctx, end := context.WithCancelCause(t.Context())
	answer := httptest.NewRecorder()
	w := patient{ctx, answer}
	_, err := w.Write([]byte("a"))
	require.NoError(t, err)
	end(over)
	_, err = w.Write([]byte("b"))
	require.ErrorIs(t, err, over)
	require.Equal(t, "a", answer.Body.String())
}

func TestOnePersonGetsSoMuchAtATime(t *testing.T) {
	var r readers
	first, err := r.begin("anna", 2)
	require.NoError(t, err)
	second, err := r.begin("anna", 2)
	require.NoError(t, err)
	_, err = r.begin("anna", 2)
	require.Error(t, err)
	other, err := r.begin("boris", 2)
	require.NoError(t, err)
	first()
	_, err = r.begin("anna", 2)
	require.NoError(t, err)
	second()
	other()
	require.Equal(t, map[string]int{"anna": 1}, r.of, "nobody stays who is done")
}
