package detect

import (
	"fmt"
	"math"

	"zhihui/models"
)

// conditionZh says what is wrong with a camera that plays; a kind that is none of these stays as it is.
func conditionZh(k models.EventKind, f models.Facts) string {
	held := spanZh(f.ForMs)
	switch k {
	case models.CameraNoKeyframes:
		return fmt.Sprintf("关键帧间隔超过 %s，已持续 %s：请缩短关键帧间隔", spanZh(int64(f.Limit*1000)), held)
	case models.CameraLowRate:
		return fmt.Sprintf("每秒只有 %s 帧，远低于平时，下限 %s 帧，已持续 %s", number(f.Measured), number(f.Limit), held)
	case models.CameraLoss:
		return fmt.Sprintf("%s%% 的画面没有完整收到，限 %s%%，已持续 %s：请检查网络和摄像机负载", number(f.Measured), number(f.Limit), held)
	case models.CameraFrozen:
		return fmt.Sprintf("画面冻结，已 %s没有任何变化：请重启摄像机", spanZh(lasted(f)))
	case models.CameraBlack:
		if f.Reason == "flat" {
			return fmt.Sprintf("画面没有内容，已持续 %s", held)
		}
		return fmt.Sprintf("画面全黑，亮度 %s，限 %s，已持续 %s", number(f.Measured), number(f.Limit), held)
	case models.CameraCovered:
		return fmt.Sprintf("画面 %s%% 被遮挡，限 %s%%，已持续 %s", percent(f.Measured), percent(f.Limit), held)
	case models.CameraBlurred:
		return fmt.Sprintf("清晰度只有平时的 %s%%，限 %s%%，已持续 %s：请清洁镜头或重新对焦", percent(f.Measured), percent(f.Limit), held)
	case models.CameraMoved:
		switch f.Reason {
		case "another_view":
			return fmt.Sprintf("摄像机对着别处，已持续 %s", held)
		case "view_learnt":
			return fmt.Sprintf("摄像机对着别处 %s，今后按新画面判断", held)
		}
		return fmt.Sprintf("画面偏移 %s%%，限 %s%%，已持续 %s", percent(f.Measured), percent(f.Limit), held)
	case models.CameraClockSkew:
		side := "快"
		if f.Measured < 0 {
			side = "慢"
		}
		return fmt.Sprintf("摄像机时钟%s %s 秒，限 %s 秒，已持续 %s：请设置校时", side, number(math.Abs(f.Measured)), number(math.Abs(f.Limit)), held)
	}
	return string(k)
}

// conditionEn says the same in English.
func conditionEn(k models.EventKind, f models.Facts) string {
	held := spanEn(f.ForMs)
	switch k {
	case models.CameraNoKeyframes:
		return fmt.Sprintf("more than %s between the camera's keyframes, for %s: shorten its keyframe interval", spanEn(int64(f.Limit*1000)), held)
	case models.CameraLowRate:
		return fmt.Sprintf("only %s pictures a second, far fewer than usual, the limit is %s, for %s", number(f.Measured), number(f.Limit), held)
	case models.CameraLoss:
		return fmt.Sprintf("%s%% of the pictures did not arrive whole, the limit is %s%%, for %s: check the network and the camera's load", number(f.Measured), number(f.Limit), held)
	case models.CameraFrozen:
		return fmt.Sprintf("the picture is frozen, nothing at all has changed for %s: restart the camera", spanEn(lasted(f)))
	case models.CameraBlack:
		if f.Reason == "flat" {
			return fmt.Sprintf("nothing to be seen in the picture for %s", held)
		}
		return fmt.Sprintf("the picture is black, brightness %s, the limit is %s, for %s", number(f.Measured), number(f.Limit), held)
	case models.CameraCovered:
		return fmt.Sprintf("%s%% of the picture is covered, the limit is %s%%, for %s", percent(f.Measured), percent(f.Limit), held)
	case models.CameraBlurred:
		return fmt.Sprintf("only %s%% as sharp as usual, the limit is %s%%, for %s: clean the lens or focus it", percent(f.Measured), percent(f.Limit), held)
	case models.CameraMoved:
		switch f.Reason {
		case "another_view":
			return fmt.Sprintf("the camera looks elsewhere for %s", held)
		case "view_learnt":
			return fmt.Sprintf("the camera looked elsewhere for %s, which counts as usual from now on", held)
		}
		return fmt.Sprintf("the picture has moved by %s%%, the limit is %s%%, for %s", percent(f.Measured), percent(f.Limit), held)
	case models.CameraClockSkew:
		side := "fast"
		if f.Measured < 0 {
			side = "slow"
		}
		return fmt.Sprintf("the camera's clock is %s s %s, the limit is %s s, for %s: set its time server", number(math.Abs(f.Measured)), side, number(math.Abs(f.Limit)), held)
	}
	return string(k)
}

// lasted is how long something has lasted whose limit is a time in seconds: the limit had passed when the event began.
func lasted(f models.Facts) int64 { return f.ForMs + int64(f.Limit*1000) }

// percent writes a share 0…1 in whole percent.
func percent(share float64) string { return number(math.Round(share * 100)) }
