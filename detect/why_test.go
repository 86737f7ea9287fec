package detect

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestWhy(t *testing.T) {
	for name, c := range map[string]struct {
		kind   models.EventKind
		facts  models.Facts
		zh, en string
	}{
		"intrusion": {models.Intrusion, models.Facts{Zone: "gate", Count: 2, ForMs: 2345},
			"区域「gate」内有 2 人，已停留 2.3 秒", `2 people in zone "gate" for 2.3s`},
		"a line, as the camera says": {models.LineCrossing, models.Facts{By: "camera", Zone: "kerb", Label: "vehicle", ForMs: 2000},
			"摄像机自行报告：车辆越线（规则「kerb」）", `reported by the camera itself: vehicle crossed a line (rule "kerb")`},
		"an intrusion, as the camera says": {models.Intrusion, models.Facts{By: "camera", ForMs: 5000},
			"摄像机自行报告：目标闯入，已持续 5 秒", "reported by the camera itself: something intruded, for 5s"},
		"loitering, as the camera says": {models.Loitering, models.Facts{By: "camera", Zone: "门", Label: "person", ForMs: 65_000},
			"摄像机自行报告：人员徘徊（规则「门」），已持续 1 分 5 秒", `reported by the camera itself: person loiters (rule "门"), for 1m5s`},
		"crowd": {models.Crowd, models.Facts{Count: 6, Measured: 6, Limit: 5, ForMs: 65_400},
			"画面内聚集 6 人，达到 5 人的上限，已持续 1 分 5 秒", "6 people in the picture, the limit is 5, for 1m5s"},
		"car": {models.VehicleInZone, models.Facts{Zone: "lane", Label: "car", ForMs: 500},
			"区域「lane」内有小汽车，已停留 0.5 秒", `car in zone "lane" for 500ms`},
		"something large": {models.VehicleInZone, models.Facts{Label: "motion", ForMs: 500},
			"画面内有车辆大小的移动物体，已停留 0.5 秒", "a moving thing as large as a vehicle in the picture for 500ms"},
		"offline": {models.CameraWentOffline, models.Facts{ForMs: 3000, Reason: "连接被拒绝"},
			"摄像机已离线 3 秒：连接被拒绝", "camera offline for 3s: 连接被拒绝"},
		"auth": {models.CameraAuth, models.Facts{}, "摄像机拒绝了用户名或密码", "the camera refused the user name or password"},
		"water": {models.SensorThreshold, models.Facts{Label: "water_level", Measured: 2.3104, Limit: 2, Unit: "m", Reason: "above", ForMs: 5000},
			"水位 2.31 m，达到上限 2 m，已持续 5 秒", "water level 2.31 m reached the upper limit 2 m, for 5s"},
		"power": {models.SensorThreshold, models.Facts{Label: "power", Measured: 180, Limit: 198, Unit: "V", Reason: "below"},
			"电力 180 V，达到下限 198 V，已持续 0 秒", "power 180 V reached the lower limit 198 V, for 0s"},
		"water between limit and clear": {models.SensorThreshold, models.Facts{Label: "water_level", Measured: 0.285, Limit: 0.3, Unit: "m", Reason: "above", ForMs: 69000},
			"水位 0.285 m，曾达到上限 0.3 m，尚未解除，已持续 1 分 9 秒", "water level 0.285 m has reached the upper limit 0.3 m and is not clear yet, for 1m9s"},
		"power between limit and clear": {models.SensorThreshold, models.Facts{Label: "power", Measured: 7, Limit: 5, Reason: "below"},
			"电力 7，曾达到下限 5，尚未解除，已持续 0 秒", "power 7 has reached the lower limit 5 and is not clear yet, for 0s"},
		"crowd, one less": {models.Crowd, models.Facts{Count: 4, Measured: 4, Limit: 5, ForMs: 1000},
			"画面内聚集 4 人，曾达到 5 人的上限，已持续 1 秒", "4 people in the picture, the limit is 5, for 1s"},
		"warm": {models.SensorThreshold, models.Facts{Label: "temperature", Measured: 36, Limit: 35, Unit: "°C", Reason: "above"},
			"气温 36 °C，达到上限 35 °C，已持续 0 秒", "temperature 36 °C reached the upper limit 35 °C, for 0s"},
		"unknown kind of sensor": {models.SensorThreshold, models.Facts{Label: "radon", Measured: 1, Limit: 1},
			"radon 1，达到上限 1，已持续 0 秒", "radon 1 reached the upper limit 1, for 0s"},
		"rises": {models.SensorRate, models.Facts{Label: "water_level", Measured: 0.25, Limit: 0.2, Unit: "m", Reason: "above", WindowMs: 600_000, ForMs: 5000},
			"水位 10 分钟内上升 0.25 m，达到上升 0.2 m 的限值，已持续 5 秒", "water level rose by 0.25 m in 10 min, the limit is a rise of 0.2 m, for 5s"},
		"falls": {models.SensorRate, models.Facts{Label: "power", Measured: -3, Limit: -2, Unit: "kW", Reason: "below", WindowMs: 3_600_000},
			"电力 1 小时内下降 3 kW，达到下降 2 kW 的限值，已持续 0 秒", "power fell by 3 kW in 1 h, the limit is a fall of 2 kW, for 0s"},
		"rises less, not clear": {models.SensorRate, models.Facts{Label: "water_level", Measured: 0.15, Limit: 0.2, Unit: "m", Reason: "above", WindowMs: 90_000},
			"水位 1 分 30 秒内上升 0.15 m，曾达到上升 0.2 m 的限值，已持续 0 秒", "water level rose by 0.15 m in 1m30s, after a rise of 0.2 m or more, and is not clear yet, for 0s"},
		"expression": {models.SensorExpression, models.Facts{Expr: `value("w") > 1`, Inputs: map[string]float64{"w": 1.25, "r": 3}, ForMs: 5000},
			`条件成立：value("w") > 1（r 3，w 1.25），已持续 5 秒`, `value("w") > 1 is true (r 3, w 1.25), for 5s`},
		"stale": {models.SensorWentStale, models.Facts{Label: "rain", ForMs: 3_725_000},
			"雨量传感器已 1 小时 2 分没有读数", "no reading of the rain sensor for 1h2m5s"},
		"no keys": {models.CameraNoKeyframes, models.Facts{Measured: 31, Limit: 30, Unit: "s", ForMs: 5000},
			"关键帧间隔超过 30 秒，已持续 5 秒：请缩短关键帧间隔", "more than 30s between the camera's keyframes, for 5s: shorten its keyframe interval"},
		"low rate": {models.CameraLowRate, models.Facts{Measured: 3.3, Limit: 5, Unit: "fps", Reason: "below", ForMs: 3000},
			"每秒只有 3.3 帧，远低于平时，下限 5 帧，已持续 3 秒", "only 3.3 pictures a second, far fewer than usual, the limit is 5, for 3s"},
		"loss": {models.CameraLoss, models.Facts{Measured: 12, Limit: 5, Unit: "%", ForMs: 1000},
			"12% 的画面没有完整收到，限 5%，已持续 1 秒：请检查网络和摄像机负载", "12% of the pictures did not arrive whole, the limit is 5%, for 1s: check the network and the camera's load"},
		"frozen": {models.CameraFrozen, models.Facts{Measured: 7, Limit: 7, Unit: "s", ForMs: 65_000},
			"画面冻结，已 1 分 12 秒没有任何变化：请重启摄像机", "the picture is frozen, nothing at all has changed for 1m12s: restart the camera"},
		"black": {models.CameraBlack, models.Facts{Measured: 6.25, Limit: 20, Reason: "black", ForMs: 30_000},
			"画面全黑，亮度 6.25，限 20，已持续 30 秒", "the picture is black, brightness 6.25, the limit is 20, for 30s"},
		"flat": {models.CameraBlack, models.Facts{Measured: 128, Limit: 20, Reason: "flat", ForMs: 30_000},
			"画面没有内容，已持续 30 秒", "nothing to be seen in the picture for 30s"},
		"covered": {models.CameraCovered, models.Facts{Measured: 0.613, Limit: 0.4, ForMs: 30_000},
			"画面 61% 被遮挡，限 40%，已持续 30 秒", "61% of the picture is covered, the limit is 40%, for 30s"},
		"blurred": {models.CameraBlurred, models.Facts{Measured: 0.3, Limit: 0.5, ForMs: 30_000},
			"清晰度只有平时的 30%，限 50%，已持续 30 秒：请清洁镜头或重新对焦", "only 30% as sharp as usual, the limit is 50%, for 30s: clean the lens or focus it"},
		"shifted": {models.CameraMoved, models.Facts{Measured: 0.124, Limit: 0.05, Reason: "shifted", ForMs: 30_000},
			"画面偏移 12%，限 5%，已持续 30 秒", "the picture has moved by 12%, the limit is 5%, for 30s"},
		"another view": {models.CameraMoved, models.Facts{Measured: 1, Limit: 0.05, Reason: "another_view", ForMs: 60_000},
			"摄像机对着别处，已持续 1 分 0 秒", "the camera looks elsewhere for 1m0s"},
		"learnt": {models.CameraMoved, models.Facts{Measured: 1, Limit: 0.05, Reason: "view_learnt", ForMs: 600_000},
			"摄像机对着别处 10 分 0 秒，今后按新画面判断", "the camera looked elsewhere for 10m0s, which counts as usual from now on"},
		"fast": {models.CameraClockSkew, models.Facts{Measured: 30, Limit: 5, Unit: "s", ForMs: 60_000},
			"摄像机时钟快 30 秒，限 5 秒，已持续 1 分 0 秒：请设置校时", "the camera's clock is 30 s fast, the limit is 5 s, for 1m0s: set its time server"},
		"slow": {models.CameraClockSkew, models.Facts{Measured: -12, Limit: -5, Unit: "s", ForMs: 60_000},
			"摄像机时钟慢 12 秒，限 5 秒，已持续 1 分 0 秒：请设置校时", "the camera's clock is 12 s slow, the limit is 5 s, for 1m0s: set its time server"},
		"unknown kind": {"comet", models.Facts{}, "comet", "comet"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.zh, Why(c.kind, c.facts))
			require.Equal(t, c.en, WhyEnglish(c.kind, c.facts))
		})
	}
	require.Equal(t, "+Inf", number(math.Inf(1)))
}

// However long an expression and its sensors' names are, alerting takes the sentence.
func TestTheWhyOfAnExpressionHasABound(t *testing.T) {
	f := models.Facts{Expr: strings.Repeat("x", 500), Inputs: map[string]float64{}, ForMs: math.MaxInt32}
	for i := range 16 {
		f.Inputs[strings.Repeat("n", 62)+string(rune('a'+i))] = -math.MaxFloat64
	}
	require.LessOrEqual(t, len(Why(models.SensorExpression, f)), 2000)
	require.LessOrEqual(t, len(WhyEnglish(models.SensorExpression, f)), 2000)
}
