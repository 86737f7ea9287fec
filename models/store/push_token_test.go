package store

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestPushTokens(t *testing.T) {
	s, ctx := open(t), t.Context()
	_, err := s.PushSource(ctx, "")
	require.Equal(t, models.Unauthenticated, models.CodeOf(err))
	require.NoError(t, s.CreatePushToken(ctx, "lora", "secret-of-lora", "shell:li"))
	require.NoError(t, s.CreatePushToken(ctx, "county", "secret-of-county", "shell:li"))
	require.Equal(t, models.Conflict, models.CodeOf(s.CreatePushToken(ctx, "lora", "x", "li")))
	require.Equal(t, models.Invalid, models.CodeOf(s.CreatePushToken(ctx, "a b", "x", "li")))

	name, err := s.PushSource(ctx, "secret-of-lora")
	require.NoError(t, err)
	require.Equal(t, "lora", name)
	for _, wrong := range []string{"", "lora", "secret-of-lor", hashToken("secret-of-lora")} {
		_, err := s.PushSource(ctx, wrong)
		require.Equal(t, models.Unauthenticated, models.CodeOf(err), wrong)
	}
	all, err := s.PushTokens(ctx)
	require.NoError(t, err)
	require.Equal(t, []string{"county", "lora"}, []string{all[0].Name, all[1].Name})

	require.NoError(t, s.RevokePushToken(ctx, "lora", "shell:li"))
	require.Equal(t, models.NotFound, models.CodeOf(s.RevokePushToken(ctx, "lora", "shell:li")))
	_, err = s.PushSource(ctx, "secret-of-lora")
	require.Equal(t, models.Unauthenticated, models.CodeOf(err))
	for i := range maxPushTokens - 1 {
		require.NoError(t, s.CreatePushToken(ctx, fmt.Sprint("t", i), fmt.Sprint(i), "li"))
	}
	require.Equal(t, models.Conflict, models.CodeOf(s.CreatePushToken(ctx, "more", "x", "li")))
}
