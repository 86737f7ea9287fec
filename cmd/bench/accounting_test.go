package main

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseStat(t *testing.T) {
	u, err := parseStat("42 (a) b (c) S 7 42 42 0 -1 4194560 1 2 3 4 150 50 30 20 20 0 1 0 100 1000 10 18446744073709551615\n")
	require.NoError(t, err)
	require.Equal(t, usage{parent: 7, own: 2 * time.Second, reaped: 500 * time.Millisecond}, u)
	for _, bad := range []string{"", "42 (x)", "42 (x) S 7 1 1", "42 (x) S seven 42 42 0 -1 0 1 2 3 4 1 1 1 1"} {
		_, err := parseStat(bad)
		require.Error(t, err, bad)
	}
}

func TestOwnAccounts(t *testing.T) {
	self := os.Getpid()
	before, err := itself(self)
	require.NoError(t, err)
	for begun := time.Now(); time.Since(begun) < 5*time.Millisecond; { //nolint:revive // work is what is counted
	}
	after, err := itself(self)
	require.NoError(t, err)
	require.Greater(t, after, before, "less than a tick counts, too")
	mb, err := anonymous(self)
	require.NoError(t, err)
	require.Greater(t, mb, 1.0)
	open, err := descriptors(self)
	require.NoError(t, err)
	require.GreaterOrEqual(t, open, 3.0)
	_, err = usageOf(-1)
	require.Error(t, err)
}

func TestChildren(t *testing.T) {
	child := exec.Command("sleep", "60")
	require.NoError(t, child.Start())
	ids, err := children(os.Getpid())
	require.NoError(t, err)
	require.Contains(t, ids, child.Process.Pid)
	_, err = offspring(os.Getpid())
	require.NoError(t, err)
	require.NoError(t, child.Process.Kill())
	require.Error(t, child.Wait())
	ids, err = children(os.Getpid())
	require.NoError(t, err)
	require.NotContains(t, ids, child.Process.Pid)
}

func TestStoppingAProcess(t *testing.T) {
	p, err := start(t.TempDir(), "sleeper", "/bin/sleep", "60")
	require.NoError(t, err)
	require.NoError(t, p.alive())
	used, err := alone(p.pid)
	require.NoError(t, err)
	require.Less(t, used, time.Minute)
	require.NoError(t, p.stop())
	require.NoError(t, p.stop(), "again")
	require.ErrorContains(t, p.alive(), "sleeper has ended early")
	_, err = start(t.TempDir(), "nobody", "/nowhere/program")
	require.ErrorContains(t, err, "nobody does not start")
}
