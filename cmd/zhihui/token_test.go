package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestToken(t *testing.T) {
	s := newShell(t)
	code, secret := s.run("", "token", "add", s.config(), "lora")
	require.Zero(t, code, secret)
	require.Regexp(t, `^[A-Z2-7]{26}\n$`, secret)
	code, said := s.run("", "token", "add", s.config(), "lora")
	require.Equal(t, 1, code)
	require.Contains(t, said, "there is a token lora already")
	code, said = s.run("", "token", "list", s.config())
	require.Zero(t, code)
	require.Regexp(t, `(?m)^lora +20.*shell`, said)
	require.NotContains(t, said, secret)
	code, said = s.run("", "token", "remove", s.config(), "lora")
	require.Zero(t, code, said)
	code, said = s.run("", "token", "remove", s.config(), "lora")
	require.Equal(t, 1, code)
	require.Contains(t, said, "lora")
}
