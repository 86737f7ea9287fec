package onvif

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"

	"zhihui/models"
)

// Reason names why a device does not tell what was asked. Where package rtsp has the same reason, the name is the same.
type Reason string

// The reasons.
const (
	OutOfReach  Reason = "out_of_reach" // the address lies in no network that the settings allow
	UnknownName Reason = "unknown_name" // no such host name
	NoAnswer    Reason = "no_answer"    // nothing answers in time
	Refused     Reason = "refused"      // the host answers, nothing listens on the port
	Unreachable Reason = "unreachable"  // no way to the host
	Untrusted   Reason = "untrusted"    // https: the certificate cannot be verified
	NotONVIF    Reason = "not_onvif"    // something answers, but no ONVIF
	AuthNeeded  Reason = "auth_needed"  // it wants credentials, and none were given
	AuthRefused Reason = "auth_refused" // user name or password are wrong, or the account has no right to it
	NoVideo     Reason = "no_video"     // ONVIF, but no profile with video
	Faulty      Reason = "faulty"       // the device answers with an error of its own
	NoAddress   Reason = "no_address"   // the site does not say where the camera is asked
	NoEvents    Reason = "no_events"    // ONVIF, but no service of events
	NoMetadata  Reason = "no_metadata"  // no address to ask at, and no metadata beside the video
	NoPTZ       Reason = "no_ptz"       // ONVIF, but nothing that turns
	NoPreset    Reason = "no_preset"    // it knows no preset of that token
	PresetsFull Reason = "presets_full" // it can keep no more
	Moving      Reason = "moving"       // it keeps no preset while it moves
	Busy        Reason = "busy"         // something newer was asked of it, or another act waits already
)

// Sentence says the reason to a person and what to do, in Chinese, the language of the hall.
func (r Reason) Sentence() string {
	switch r {
	case OutOfReach:
		return "这个地址不在允许访问的网段内：请检查地址，或在设置 ingest.networks 中加入它的网段"
	case UnknownName:
		return "找不到该主机名：请检查拼写，或改用 IP 地址"
	case NoAnswer:
		return "设备没有应答：请检查供电、网线、IP 地址和防火墙"
	case Refused:
		return "设备拒绝连接：请检查 ONVIF 端口（通常为 80），并在设备设置中开启 ONVIF"
	case Unreachable:
		return "无法连接设备：请检查网络和地址"
	case Untrusted:
		return "设备的证书无法验证：请检查证书，或在设备设置中允许 HTTP"
	case NotONVIF:
		return "对方的应答不是 ONVIF：请检查端口，并在设备设置中开启 ONVIF"
	case AuthNeeded:
		return "设备需要用户名和密码：请填写后重试（部分设备需另建 ONVIF 用户）"
	case AuthRefused:
		return "设备拒绝了用户名或密码：请更正（部分设备需另建 ONVIF 用户；多次出错可能被锁定数分钟）"
	case NoVideo:
		return "设备没有视频配置：请在设备设置中启用视频流"
	case NoAddress:
		return "这台摄像机没有填写 ONVIF 地址：请在摄像机设置中填写，例如 192.0.2.10:80"
	case NoEvents:
		return "设备不提供事件服务：请在设备设置中开启 ONVIF 事件，或清空 ONVIF 地址以改听码流中的元数据"
	case NoMetadata:
		return "这台摄像机的码流没有元数据：请在设备设置中开启，或填写 ONVIF 地址"
	case NoPTZ:
		return "这台摄像机不能转动：设备没有云台；如有云台，请在设备设置中启用，并核对 ONVIF 配置"
	case NoPreset:
		return "摄像机里没有这个预置位，可能已被删除：请刷新后重试"
	case PresetsFull:
		return "摄像机的预置位已满：请先删除不用的预置位"
	case Moving:
		return "云台正在转动，暂时不能保存：请停稳后再试"
	case Busy:
		return "摄像机正在执行上一个操作：请稍后再试"
	}
	return "设备返回错误，无法读取：请检查设备固件或重启设备"
}

// maxDetail bounds the part of a fault's text that comes from outside, in bytes.
const maxDetail = 200

// fault is a Reason, and the cause in English for the log. It never holds credentials.
type fault struct {
	reason Reason
	cause  error
}

func (f *fault) Error() string {
	return fmt.Sprintf("%s: %s", f.reason, cut(fmt.Sprint(f.cause), maxDetail))
}

func (f *fault) Unwrap() error { return f.cause }

// reasonOf returns the Reason behind an error of a call.
func reasonOf(err error) Reason {
	if f, ok := errors.AsType[*fault](err); ok {
		return f.reason
	}
	timeout := net.Error(nil)
	switch {
	case errors.Is(err, models.ErrOutOfReach):
		return OutOfReach
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return NoAnswer
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return UnknownName
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return Untrusted
	}
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
		return Unreachable
	}
	return NotONVIF // what is left is net/http's disgust with what it had to read
}

// cut bounds a text from outside, in bytes, and leaves it valid UTF-8.
func cut(s string, most int) string {
	if s = strings.ToValidUTF8(s, "?"); len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}
