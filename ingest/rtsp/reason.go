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

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"

	"zhihui/models"
)

// Reason names why a camera gives no picture.
type Reason string

// The reasons.
const (
	BadAddress  Reason = "bad_address"  // the camera's URL cannot be used
	OutOfReach  Reason = "out_of_reach" // the address lies in no network that the settings allow
	Refused     Reason = "refused"      // the host answers, nothing listens on the port
	UnknownName Reason = "unknown_name" // no such host name
	NoAnswer    Reason = "no_answer"    // nothing answers the dial in time
	Unreachable Reason = "unreachable"  // no way to the host
	AuthRefused Reason = "auth_refused" // user name or password are missing or wrong
	NotFound    Reason = "not_found"    // the camera has no stream of that path
	Rejected    Reason = "rejected"     // the camera answers with another error status
	Untrusted   Reason = "untrusted"    // rtsps: the certificate cannot be verified
	Garbage     Reason = "garbage"      // what answers does not speak RTSP
	NoVideo     Reason = "no_video"     // RTSP, but no video at all
	WrongCodec  Reason = "wrong_codec"  // video, but neither H.264 nor H.265
	Silent      Reason = "silent"       // connected, and nothing comes
	Changed     Reason = "changed"      // the camera goes on with another coding than it described
	Ended       Reason = "ended"        // the camera closed the connection
)

// Sentence says the reason to a person and what to do, in Chinese, the language of the hall.
func (r Reason) Sentence() string {
	switch r {
	case BadAddress:
		return "摄像机地址无效：应为 rtsp://主机:端口/路径，且不含用户名和密码"
	case OutOfReach:
		return "这个地址不在允许访问的网段内：请检查地址，或在设置 ingest.networks 中加入它的网段"
	case Refused:
		return "摄像机拒绝连接：请检查端口以及摄像机的 RTSP 服务是否开启"
	case UnknownName:
		return "找不到该主机名：请检查拼写，或改用 IP 地址"
	case NoAnswer:
		return "摄像机没有应答：请检查供电、网线、IP 地址和防火墙"
	case Unreachable:
		return "无法连接摄像机：请检查网络和地址"
	case AuthRefused:
		return "摄像机拒绝了用户名或密码：请在摄像机设置中更正，更正后立即重试"
	case NotFound:
		return "摄像机上没有这一路视频：请检查地址中的路径"
	case Rejected:
		return "摄像机拒绝播放：可能已达到最大连接数，请检查摄像机"
	case Untrusted:
		return "摄像机的证书无法验证：请检查证书或改用 rtsp 地址"
	case Garbage:
		return "对方的应答不是 RTSP：请检查地址和端口"
	case NoVideo:
		return "这一路没有视频：请检查地址中的路径"
	case WrongCodec:
		return "视频编码不受支持：请在摄像机设置中改为 H.264 或 H.265"
	case Silent:
		return "已连接但收不到画面：请检查摄像机和网络"
	case Changed:
		return "摄像机更改了视频编码，正在重新连接"
	case Ended:
		return "摄像机中断了连接：请稍后再试，若总是如此请重启摄像机"
	}
	return "无法取得画面"
}

// maxDetail bounds the part of a Fault's text that comes from outside, in bytes.
const maxDetail = 200

// Fault is the end of a stream: a Reason, and the cause in English for the log. It never holds credentials.
type Fault struct {
	Reason Reason
	Cause  error
}

func (f *Fault) Error() string {
	if f.Cause == nil {
		return string(f.Reason)
	}
	detail := f.Cause.Error()
	if len(detail) > maxDetail {
		detail = strings.ToValidUTF8(detail[:maxDetail], "") + "…"
	}
	return fmt.Sprintf("%s: %s", f.Reason, detail)
}

func (f *Fault) Unwrap() error { return f.Cause }

// ReasonOf returns the Reason of the first Fault in err's tree, or Ended when there is none.
func ReasonOf(err error) Reason {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Reason
	}
	return Ended
}

var (
	errNoVideo    = errors.New("the description holds no video")
	errWrongCodec = errors.New("the description holds video, but neither H.264 nor H.265")
	errRedirect   = errors.New("the camera sends us to another host")
)

// classify finds the Reason behind an error of gortsplib or of the dial. heard tells whether the other side has sent any
// byte at all: one that talks but never answers is no RTSP server.
func classify(err error, heard bool) Reason {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Reason
	}
	if status, ok := errors.AsType[liberrors.ErrClientBadStatusCode](err); ok {
		return classifyStatus(status.Code)
	}
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
		return classifyDial(dial)
	}
	switch {
	case errors.Is(err, errNoVideo):
		return NoVideo
	case errors.Is(err, errWrongCodec):
		return WrongCodec
	case errors.Is(err, errRedirect):
		return Rejected
	case is[*tls.CertificateVerificationError](err):
		return Untrusted
	case is[liberrors.ErrClientAuthSetup](err):
		return AuthRefused
	case is[liberrors.ErrClientRequestTimedOut](err):
		if heard {
			return Garbage
		}
		return Silent
	case is[liberrors.ErrClientTCPTimeout](err), is[liberrors.ErrClientUDPTimeout](err), errors.Is(err, os.ErrDeadlineExceeded):
		return Silent
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), is[*net.OpError](err), is[liberrors.ErrClientTerminated](err):
		return Ended
	}
	return Garbage // what is left is gortsplib's disgust with what it had to parse
}

func classifyStatus(code base.StatusCode) Reason {
	switch code {
	case base.StatusUnauthorized, base.StatusForbidden:
		return AuthRefused
	case base.StatusNotFound:
		return NotFound
	}
	return Rejected
}

func classifyDial(err error) Reason {
	switch {
	case errors.Is(err, models.ErrOutOfReach):
		return OutOfReach
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case is[*net.DNSError](err):
		return UnknownName
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT):
		return NoAnswer
	}
	return Unreachable
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
