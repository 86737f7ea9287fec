package rtsp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"
	"github.com/stretchr/testify/require"
)

func TestClassify(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Err: err} }
	tests := []struct {
		err   error
		heard bool
		want  Reason
	}{
		{dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), false, Refused},
		{dial(syscall.EHOSTUNREACH), false, Unreachable},
		{dial(os.ErrDeadlineExceeded), false, NoAnswer},
		{dial(&net.DNSError{IsNotFound: true}), false, UnknownName},
		{&net.OpError{Op: "read", Err: syscall.ECONNRESET}, true, Ended},
		{io.EOF, true, Ended},
		{io.ErrUnexpectedEOF, true, Ended},
		{liberrors.ErrClientRequestTimedOut{}, false, Silent},
		{liberrors.ErrClientRequestTimedOut{}, true, Garbage},
		{liberrors.ErrClientTCPTimeout{}, true, Silent},
		{liberrors.ErrClientBadStatusCode{Code: 401}, true, AuthRefused},
		{liberrors.ErrClientBadStatusCode{Code: 403}, true, AuthRefused},
		{liberrors.ErrClientBadStatusCode{Code: 404}, true, NotFound},
		{fmt.Errorf("play: %w", liberrors.ErrClientBadStatusCode{Code: 453}), true, Rejected},
		{liberrors.ErrClientAuthSetup{Err: errors.New("no method")}, true, AuthRefused},
		{liberrors.ErrClientSDPInvalid{Err: errors.New("x")}, true, Garbage},
		{&tls.CertificateVerificationError{Err: errors.New("x")}, true, Untrusted},
		{errNoVideo, true, NoVideo},
		{errWrongCodec, true, WrongCodec},
		{errRedirect, true, Rejected},
		{errors.New("invalid protocol"), true, Garbage},
		{&Fault{Reason: Silent}, true, Silent},
	}
	for _, test := range tests {
		require.Equal(t, test.want, classify(test.err, test.heard), "%v", test.err)
	}
}

func TestEveryReasonHasItsSentence(t *testing.T) {
	seen := map[string]bool{Reason("").Sentence(): true}
	for _, r := range []Reason{
		BadAddress, Refused, UnknownName, NoAnswer, Unreachable, AuthRefused, NotFound, Rejected, Untrusted, Garbage, NoVideo,
		WrongCodec, Silent, Ended,
	} {
		require.False(t, seen[r.Sentence()], r)
		seen[r.Sentence()] = true
	}
}

func TestFaultIsBounded(t *testing.T) {
	f := &Fault{Reason: Garbage, Cause: errors.New(strings.Repeat("乱码", 1000))}
	require.LessOrEqual(t, len(f.Error()), maxDetail+40)
	require.True(t, utf8.ValidString(f.Error()))
	require.Equal(t, "silent", (&Fault{Reason: Silent}).Error())
	require.ErrorIs(t, &Fault{Reason: Ended, Cause: io.EOF}, io.EOF)
	require.Equal(t, Garbage, ReasonOf(fmt.Errorf("wrapped: %w", f)))
	require.Equal(t, Ended, ReasonOf(context.Canceled))
}
