package main

import (
	"cmp"
	"fmt"
	"math"

	"zhihui/ingest/rtsp"
	"zhihui/models"
)

// told is what a probe found, a line a fact.
func told(p models.Probe, english bool) (lines []string) {
	in := func(zh, en string) string {
		if english {
			return en
		}
		return zh
	}
	say := func(zh, en string, args ...any) { lines = append(lines, fmt.Sprintf(in(zh, en), args...)) }
	if !p.OK {
		say("✕ %s", "✕ %s", in(p.Reason, inEnglish(p)))
	} else {
		say("✓ 画面正常：%.1f 秒内收到 %d 幅", "✓ it works: in %.1f s came %d pictures", seconds(p.TookMs-p.FirstMs), p.Units)
	}
	if p.Units > 0 {
		say("丢失：%d 幅", "lost: %d pictures", p.Lost)
	}
	if !p.OK {
		return lines
	}
	say("编码：%s，%d×%d", "codec: %s, %d×%d", p.Codec, p.Width, p.Height)
	say("帧率：%.1f", "pictures a second: %.1f", p.FPS)
	say("码率：%.0f kbit/s", "bit rate: %.0f kbit/s", float64(p.BitRate)/1000)
	rhythm, offset := in("未见第二个", "no second one came"), in("摄像机未告知", "not told by the camera")
	if p.GOPMs > 0 {
		rhythm = fmt.Sprintf("%.1f s", seconds(p.GOPMs))
	}
	if p.OffsetMs != nil {
		offset = fmt.Sprintf("%+.1f s", seconds(*p.OffsetMs))
	}
	say("关键帧间隔：%s", "key pictures every: %s", rhythm)
	say("首幅：%.1f 秒后", "first picture after: %.1f s", seconds(p.FirstMs))
	say("传输：%s", "comes by: %s", p.Transport)
	heard := cmp.Or(p.Audio, in("无", "none"))
	if p.Audio != "" && !p.AudioKept {
		heard += in("，录像中不保存", ", not kept in recordings")
	}
	say("声音：%s", "sound: %s", heard)
	say("时钟偏差：%s", "clock offset: %s", offset)
	for _, s := range p.Streams {
		say("另有码流：%s 第 %d 路，%s", "other stream: %s, video %d, %s", s.URL, s.Track, s.Codec+sized(s))
	}
	return append(lines, advice(p, english)...)
}

// sized is the size of a stream, where the camera says it before it plays.
func sized(s models.ProbeStream) string {
	if s.Width == 0 {
		return ""
	}
	return fmt.Sprintf(" %d×%d", s.Width, s.Height)
}

func seconds(ms int64) float64 { return float64(ms) / 1000 }

// What is worth to be changed in a camera that works: the figures are those of the page and of the hall's own rules.
const (
	offsetMost = 5000 // ms
	gopMost    = 5000 // ms
	lossyShare = 20   // one picture in so many
	wideMost   = 1280 // pixels that a wall of tiles makes use of
)

// advice is what to change in a camera that works.
func advice(p models.Probe, english bool) (lines []string) {
	for _, a := range []struct {
		due    bool
		zh, en string
	}{
		{p.Lost*lossyShare > p.Units, "丢失较多：请检查网线、交换机和摄像机负载", "much is lost: check cables, switches and the camera's load"},
		{p.OffsetMs != nil && math.Abs(float64(*p.OffsetMs)) > offsetMost, "时钟偏差超过 5 秒：请在摄像机里设置 NTP", "the clock is more than 5 s off: set NTP in the camera"},
		{p.GOPMs > gopMost, "关键帧间隔超过 5 秒，打开画面会慢：建议设为 2 秒", "more than 5 s between key pictures, opening it will be slow: 2 s is a good setting"},
		{p.Width > wideMost && len(p.Streams) > 0, "这是大码流：上墙与分析建议改用小码流", "this is the large stream: take the small one for wall and analysis"},
	} {
		if line := a.zh; a.due {
			if english {
				line = a.en
			}
			lines = append(lines, "▲ "+line)
		}
	}
	return lines
}

// inEnglish is the reason and what to do, as Reason says it in Chinese.
func inEnglish(p models.Probe) string {
	switch rtsp.Reason(p.Code) {
	case rtsp.BadAddress:
		return "the address cannot be used: write rtsp://host:port/path, and the credentials with --username and --password-stdin, not into the address"
	case rtsp.OutOfReach:
		return "the address lies in no allowed network: check it, or add its network to ingest.networks of the settings"
	case rtsp.Refused:
		return "the host is there, but nothing listens: check the port (usually 554) and switch RTSP on in the camera"
	case rtsp.UnknownName:
		return "there is no such host name: check the spelling, or use its IP address"
	case rtsp.NoAnswer:
		return "no answer in time: check power, cable and IP address, and whether a firewall lets the port through"
	case rtsp.Unreachable:
		return "there is no way to the camera: check cable, routes and gateway"
	case rtsp.AuthRefused:
		return "the camera refuses username or password: check both; several wrong ones may lock you out for minutes"
	case rtsp.NotFound:
		return "the camera has no such stream: check the path; common ones are /Streaming/Channels/102 and /cam/realmonitor?channel=1&subtype=1"
	case rtsp.Rejected:
		return "the camera refuses to play: perhaps it has too many clients, disconnect others or restart it"
	case rtsp.Untrusted:
		return "the camera's certificate is not trusted: give it one that is, or use an rtsp:// address"
	case rtsp.Garbage:
		return "what answers is not RTSP, perhaps a web page: check the port, RTSP is usually 554"
	case rtsp.NoVideo:
		return "there is no video in this stream: check the path, or switch video on in the camera"
	case rtsp.WrongCodec:
		return "the video codec is not supported: set the camera to H.264 (best) or H.265"
	case rtsp.Silent:
		return "connected, but no picture comes: restart the camera, or check its encoder"
	case rtsp.Ended:
		return "the camera hung up: try again, and restart it if it does so every time"
	case "no_key_units":
		return "data comes, but no key picture: set the key picture interval to 2 s"
	}
	return p.Code + ": " + p.Reason // newer than this table
}
