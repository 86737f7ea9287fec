package models

// CameraView is a camera as the API and the pages show it.
type CameraView struct {
	Camera
	State  CameraState `json:"state"`
	Code   string      `json:"code"`   // the reason's name, as in CameraStatus
	Reason string      `json:"reason"` // a sentence for a person; "" like Code
	Since  Time        `json:"since"`  // of the state
}

// SensorView is a sensor as the API and the pages show it.
type SensorView struct {
	Sensor
	State       SensorState `json:"state"`
	Since       Time        `json:"since"` // of the state
	Value       *float64    `json:"value"` // newest reading; nil before the first
	At          Time        `json:"at"`    // of the newest reading
	BadPayloads int64       `json:"bad_payloads"`
	LastFault   string      `json:"last_fault"`
}

// Overview is what the cockpit shows in figures, all of it counted from the store.
type Overview struct {
	At            Time                `json:"at"`
	Site          string              `json:"site"`
	OrdersByState map[OrderState]int  `json:"orders_by_state"` // orders not done
	OrdersByLamp  map[Lamp]int        `json:"orders_by_lamp"`  // orders not done
	OrdersOpened  int                 `json:"orders_opened"`   // since midnight in the site's time zone
	OrdersDone    int                 `json:"orders_done"`     // closed since midnight
	OnTime        *float64            `json:"on_time"`         // share 0…1 of those closed by their deadline; nil when none was closed
	ResponseMs    *int64              `json:"response_ms"`     // mean from an alert to its acknowledgement, since midnight; nil when none
	Alerts        map[Severity]int    `json:"alerts"`          // live alerts
	AlertsUnacked int                 `json:"alerts_unacked"`
	AlertsToday   int                 `json:"alerts_today"`
	AlertsPer10m  int                 `json:"alerts_per_10m"` // opened in the last 10 minutes
	Cameras       map[CameraState]int `json:"cameras"`
	Analysed      int                 `json:"analysed"` // cameras that are AI points
	Sensors       map[SensorState]int `json:"sensors"`
	Areas         []AreaLoad          `json:"areas"`
	Hours         []HourLoad          `json:"hours"` // the last 24 hours, oldest first, the running hour last
}

// AreaLoad is what weighs on one area itself, without the areas below it.
type AreaLoad struct {
	Area        string           `json:"area"`
	Alerts      map[Severity]int `json:"alerts"` // live alerts
	Orders      int              `json:"orders"` // not done
	Overdue     int              `json:"overdue"`
	CamerasDown int              `json:"cameras_down"` // neither online nor disabled
	Cameras     int              `json:"cameras"`

	CamerasOn      int `json:"cameras_on"`      // not disabled: what the two shares below are of
	CamerasPlaying int `json:"cameras_playing"` // of those, units come (在线)
	CamerasSound   int `json:"cameras_sound"`   // of those, online and without an open condition (完好)
}

// HourLoad counts one hour.
type HourLoad struct {
	From         Time             `json:"from"`
	Alerts       map[Severity]int `json:"alerts"` // opened
	OrdersOpened int              `json:"orders_opened"`
	OrdersDone   int              `json:"orders_done"`
}
