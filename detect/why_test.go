package detect

import (
	"math"
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
		"stale": {models.SensorWentStale, models.Facts{Label: "rain", ForMs: 3_725_000},
			"雨量传感器已 1 小时 2 分没有读数", "no reading of the rain sensor for 1h2m5s"},
		"unknown kind": {"comet", models.Facts{}, "comet", "comet"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.zh, Why(c.kind, c.facts))
			require.Equal(t, c.en, WhyEnglish(c.kind, c.facts))
		})
	}
	require.Equal(t, "+Inf", number(math.Inf(1)))
}
