package main

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMemoryIsPrivate(t *testing.T) {
	dumpable := func() uintptr {
		n, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_GET_DUMPABLE, 0, 0)
		require.Zero(t, errno)
		return n
	}
	before := dumpable()
	require.NoError(t, keepMemoryPrivate())
	require.Zero(t, dumpable())
	_, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_DUMPABLE, before, 0)
	require.Zero(t, errno)
}
